"""A slip: a booked turn as text that its terminal keeps. It is signed, so that no pod can make one for an earlier time.

So the cluster stores no booked turns, and every replica of the keyring can check a slip.
"""

import hmac
from hashlib import sha256

from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys

_PURPOSE = b"lockstep login turn v1"


def write_slip(keys: PrivateKeys, granted: Grant, at_s: float) -> str:
    """The slip of this pod for that time (Unix time)."""
    at_ms = round(at_s * 1000)
    return f"{at_ms}.{_proof(keys, granted, at_ms)}"


def read_slip(keys: PrivateKeys, granted: Grant, slip: str) -> float | None:
    """The time in a slip, None if this keyring did not write it for this pod."""
    digits, _, proof = slip.partition(".")
    if not digits.isascii() or not digits.isdigit():
        return None
    at_ms = int(digits)
    return at_ms / 1000 if hmac.compare_digest(proof.encode(), _proof(keys, granted, at_ms).encode()) else None


def _proof(keys: PrivateKeys, granted: Grant, at_ms: int) -> str:
    # After a change of keys older slips are worth nothing: those terminals book again.
    secret = hmac.digest(keys.sealing[0].private.private_bytes_raw(), _PURPOSE, sha256)
    return hmac.digest(secret, f"{granted.pod_name}|{at_ms}".encode(), sha256).hex()
