"""Modes of a copier and of both its accounts: the strictest of them counts."""

from lockstep_core.settings.mode import CopierMode
from lockstep_core.skips import Skip, SkipCode

_ON, _OFF, _TRIAL = CopierMode.ON, CopierMode.OFF, CopierMode.DRY_RUN


def mode_skip(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> Skip | None:
    """Why nothing is opened at all; None in the modes that look at openings."""
    if copier is _ON and slave is _ON and master is _ON:
        return None
    if copier is CopierMode.OFF:
        return Skip(SkipCode.COPIER_OFF, "mode", {"left": "nothing"})
    if CopierMode.OFF in (slave, master):
        whose = "slave" if slave is CopierMode.OFF else "master"
        return Skip(SkipCode.ACCOUNT_OFF, "", {"account": whose})
    return _closes_only(copier, slave, master)


def is_off(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> bool:
    """Whether nothing is to be done at all."""
    return copier is _OFF or slave is _OFF or master is _OFF


def is_trial(copier: CopierMode, slave: CopierMode, master: CopierMode = CopierMode.ON) -> bool:
    """Whether openings are only reported."""
    return copier is _TRIAL or slave is _TRIAL or master is _TRIAL


def _closes_only(copier: CopierMode, slave: CopierMode, master: CopierMode) -> Skip | None:
    if copier is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "mode", {"closing": "copier"})
    if slave is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "", {"closing": "slave"})
    if master is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "", {"closing": "master"})
    return None
