"""What a copier or an account may do."""

from enum import StrEnum


class CopierMode(StrEnum):
    """What a copier or account may do. `off` does nothing at all; `close_only` and `dry_run` open nothing but still follow
    what is open; `dry_run` says of each opening what it would have been.
    """

    ON = "on"
    CLOSE_ONLY = "close_only"
    OFF = "off"
    DRY_RUN = "dry_run"
