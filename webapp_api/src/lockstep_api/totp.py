"""Time-based one-time codes (RFC 6238: SHA-1, six digits, 30 s) and backup codes. Pure."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
BACKUP_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> bytes:
    """A secret of 160 bits."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, unix_s: float, last_step: int) -> int | None:
    """The time step of a code: the present one or a neighbour, later than the last used one. None if the code is wrong."""
    now = int(unix_s) // STEP_S
    # Every step is compared, so that the time this takes tells neither which step a code belongs to nor that it was used.
    fitting = [s for s in (now, now - 1, now + 1) if hmac.compare_digest(code_at(secret, s).encode(), code.encode())]
    return next((step for step in fitting if step > last_step), None)


def secret_text(secret: bytes) -> str:
    """The secret as people type it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def otpauth_uri(secret: bytes, email: str) -> str:
    """The content of the QR code."""
    return f"otpauth://totp/Lockstep:{quote(email)}?secret={secret_text(secret)}&issuer=Lockstep&digits={DIGITS}"


def new_backup_codes() -> tuple[str, ...]:
    """Ten codes of about 50 bits each, for a lost device."""
    return tuple("-".join(_letters(5) for _ in range(2)) for _ in range(BACKUP_CODES))


def backup_hash(user: str, code: str) -> bytes:
    """The hash of a backup code, which is stored instead of it. Dashes and capitals make no difference."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.scrypt(plain.encode(), salt=user.encode(), n=2**12, r=8, p=1, dklen=32)


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
