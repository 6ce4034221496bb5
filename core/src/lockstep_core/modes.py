"""Modes of a copier and of both its accounts: the strictest of them counts."""

from lockstep_core.settings.mode import CopierMode
from lockstep_core.skips import Skip, SkipCode

_ORDER = (CopierMode.ON, CopierMode.DRY_RUN, CopierMode.CLOSE_ONLY, CopierMode.OFF)


def stricter(a: CopierMode, b: CopierMode) -> CopierMode:
    """The mode that lets less happen."""
    return a if _ORDER.index(a) >= _ORDER.index(b) else b


def mode_skip(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> Skip | None:
    """Why nothing is opened at all; None in the modes that look at openings."""
    if copier is CopierMode.ON and slave is CopierMode.ON and master is CopierMode.ON:
        return None
    if copier is CopierMode.OFF:
        return Skip(SkipCode.COPIER_OFF, "mode", "This copier is off.")
    if CopierMode.OFF in (slave, master):
        whose = "slave" if slave is CopierMode.OFF else "master"
        return Skip(SkipCode.ACCOUNT_OFF, "", f"Copying is switched off for the {whose}'s account.")
    return _closes_only(copier, slave, master)


def is_off(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> bool:
    """Whether nothing is to be done at all."""
    return CopierMode.OFF in (copier, slave, master)


def is_trial(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> bool:
    """Whether openings are only told."""
    return CopierMode.DRY_RUN in (copier, slave, master)


def _closes_only(copier: CopierMode, slave: CopierMode, master: CopierMode) -> Skip | None:
    if copier is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "mode", "This copier only closes what it has open.")
    if slave is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "", "The slave's account only closes what it has open.")
    if master is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "", "What is copied from the master's account is only closed.")
    return None
