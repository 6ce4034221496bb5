"""Real tickets for tests, signed by a key made here."""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lockstep_core.wire.ticket import Ticket, signed_part, ticket_body

KEY_ID = b"k" * 8


class Issuer:
    """Signs tickets as a keyring does."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()

    @property
    def keys(self) -> dict[bytes, Ed25519PublicKey]:
        return {KEY_ID: self.private.public_key()}

    def ticket(self, account: UUID, epoch: int, curve_key: bytes, expires_s: int) -> bytes:
        body = ticket_body(Ticket(account, epoch, curve_key, expires_s, KEY_ID))
        return body + self.private.sign(signed_part(body))
