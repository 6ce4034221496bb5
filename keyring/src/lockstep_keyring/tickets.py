"""Signs the tickets with which a relay proves to the router which account it speaks for."""

from lockstep_core.wire.ticket import Ticket, signed_part, ticket_body
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys

LIFETIME_S = 12 * 3600


def issue_ticket(keys: PrivateKeys, granted: Grant, curve_key: bytes, now_s: int) -> tuple[bytes, int]:
    """(ticket, its end as Unix time in s). It binds the relay's CURVE public key (32 bytes) to the epoch of the account."""
    signer = keys.tickets[granted.spec.environment][0]
    expires_s = now_s + LIFETIME_S
    body = ticket_body(Ticket(granted.account, granted.epoch, curve_key, expires_s, bytes.fromhex(signer.key_id)))
    return body + signer.private.sign(signed_part(body)), expires_s
