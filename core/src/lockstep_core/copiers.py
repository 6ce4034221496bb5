"""The settings of one copier under the names that the rooms use."""

from lockstep_core.settings.copier import CopierMode, CopierSettings, parse_settings, stored_settings
from lockstep_core.settings.findings import BadSettings, Finding
from lockstep_core.settings.parts import SettingsPart
from lockstep_core.settings.sizing import FixedLots, Multiplier, Sizing

__all__ = [
    "BadSettings",
    "CopierMode",
    "CopierSettings",
    "Finding",
    "FixedLots",
    "Multiplier",
    "SettingsPart",
    "Sizing",
    "parse_settings",
    "stored_settings",
]
