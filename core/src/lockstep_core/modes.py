"""Modes of copiers and accounts: the stricter of the two counts."""

from lockstep_core.settings.copier import CopierMode
from lockstep_core.skips import Skip, SkipCode

_ORDER = (CopierMode.ON, CopierMode.DRY_RUN, CopierMode.CLOSE_ONLY, CopierMode.OFF)


def stricter(a: CopierMode, b: CopierMode) -> CopierMode:
    """The mode that lets less happen."""
    return a if _ORDER.index(a) >= _ORDER.index(b) else b


def mode_skip(copier: CopierMode, account: CopierMode) -> Skip | None:
    """Why nothing is opened at all; None in the modes that look at openings."""
    if copier is CopierMode.ON and account is CopierMode.ON:
        return None
    if copier is CopierMode.OFF:
        return Skip(SkipCode.COPIER_OFF, "mode", "This copier is off.")
    if account is CopierMode.OFF:
        return Skip(SkipCode.ACCOUNT_OFF, "", "Copying is switched off for the slave's account.")
    if stricter(copier, account) is CopierMode.CLOSE_ONLY:
        whose = "This copier" if copier is CopierMode.CLOSE_ONLY else "The slave's account"
        return Skip(SkipCode.CLOSE_ONLY, "mode", f"{whose} only closes what it has open.")
    return None


def is_off(copier: CopierMode, account: CopierMode) -> bool:
    """Whether nothing is to be done at all."""
    return CopierMode.OFF in (copier, account)


def is_trial(copier: CopierMode, account: CopierMode) -> bool:
    """Whether openings are only told."""
    return CopierMode.DRY_RUN in (copier, account)
