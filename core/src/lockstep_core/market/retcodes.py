"""What a broker's return code means for the refused order."""

from enum import StrEnum


class Verdict(StrEnum):
    """`RETRY`: the same order may pass in a moment. `UNKNOWN`: it may have been carried out. `FINAL`: it will never pass."""

    RETRY = "retry"
    UNKNOWN = "unknown"
    FINAL = "final"


NO_CONNECTION = 10031
"""The terminal has no connection to its broker; the order was never sent."""

_RETRY = frozenset(
    {
        10004,  # requote
        10020,  # prices changed
        10021,  # no quotes
        10024,  # too many requests
        10028,  # locked for processing
        NO_CONNECTION,
    }
)
_UNKNOWN = frozenset(
    {
        10011,  # request processing error
        10012,  # cancelled by timeout
    }
)


def verdict(retcode: int) -> Verdict:
    """The verdict on an MQL5 trade server return code."""
    if retcode in _RETRY:
        return Verdict.RETRY
    return Verdict.UNKNOWN if retcode in _UNKNOWN else Verdict.FINAL


_THESE_STOPS = frozenset(
    {
        10013,  # invalid request
        10015,  # invalid price
        10016,  # invalid stops
        10025,  # nothing would change
    }
)


def refuses_these_stops(retcode: int) -> bool:
    """Whether a broker will never take these very stops; after any other refusal it may take them later."""
    return retcode in _THESE_STOPS
