"""Text that other processes wrote, made fit to be shown: one printable line of bounded length. Pure."""

import json

from lockstep_core.resources.reasons import Reason, parse_reason

MAX_MESSAGE = 400


def parse_termination(text: str) -> tuple[Reason | None, str] | None:
    """The reason and message in an agent's termination message, None if the text is not one."""
    try:
        reported = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(reported, dict):
        return None
    word = reported.get("reason")
    return reported_reason(word, str(reported.get("message", ""))) if isinstance(word, str) and word else None


def reported_reason(word: str | None, message: str) -> tuple[Reason | None, str]:
    """(reason, message) that another process reported. An unknown reason becomes None, and the message names it."""
    # The other process may be of another version and know reasons that this one does not.
    reason = parse_reason(word)
    unknown = word if reason is None else None
    return reason, clean(": ".join(filter(None, (unknown, message))))


def clean(text: str) -> str:
    """Text of another process as one printable line of bounded length."""
    return "".join(char if char.isprintable() else " " for char in text)[:MAX_MESSAGE].strip()
