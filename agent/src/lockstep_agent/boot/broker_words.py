"""What a broker's words mean when it refuses a login. The words themselves are passed on unchanged."""

import re

from lockstep_core.resources.reasons import Reason

CREDENTIAL_REFUSALS = frozenset(("", "invalid account", "invalid password", "account disabled"))
"""Words that say that login or password is wrong. The whole text must match, so that nobody is asked because of another
fault.
"""
_PASSING = re.compile(r"\b(tls|ssl|handshake|verify|verification)\b")
"""Faults of the connection that mention a certificate or a password, but do not mean the account's own."""
_OF_THE_OWNER: tuple[tuple[re.Pattern[str], Reason], ...] = (
    (re.compile(r"\b(otp|one[- ]time|two[- ]factor|2fa)\b"), Reason.OTP_REQUIRED),
    (re.compile(r"\bcertificate\b"), Reason.CERTIFICATE_REQUIRED),
    (re.compile(r"\bchang\w*\b.*\bpassword\b|\bpassword\b.*\b(chang\w*|expired)\b"), Reason.PASSWORD_CHANGE_FORCED),
    (re.compile(r"\b(demo|account)\b.*\bexpired\b"), Reason.DEMO_EXPIRED),
)
_OLD_TERMINAL = re.compile(r"\bold\b.*\b(version|build)\b")


def reason_of_passing(words: str) -> Reason:
    """The reason while a refusal with these words may still pass. A terminal that is too old may be updating itself."""
    return Reason.TERMINAL_OUTDATED if _OLD_TERMINAL.search(words.lower()) else Reason.BROKER_MAINTENANCE


def meaning_of(words: str) -> Reason | None:
    """The reason on which the account's owner must act, None where the refusal may pass."""
    said = words.strip().lower()
    if said in CREDENTIAL_REFUSALS:
        return Reason.INVALID_CREDENTIALS
    if _PASSING.search(said):
        return None
    return next((reason for pattern, reason in _OF_THE_OWNER if pattern.search(said)), None)
