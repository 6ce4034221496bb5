"""The keyring starts only if it is given a pace of logins for demo and one for live accounts."""

import json

import pytest

from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_keyring.settings import KeyringSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.settings import read_settings

PACE = {"perMinute": 6, "burst": 2, "refusals": 3}


def test_each_environment_has_a_pace_of_its_own() -> None:
    both = {"Demo": PACE, "Live": {**PACE, "burst": 1}}
    read = read_settings(KeyringSettings, {"LOCKSTEP_LOGINS": json.dumps(both)})
    assert [read.logins[each].pace().burst for each in SpecEnvironment] == [2, 1]


@pytest.mark.parametrize("logins", [{"Demo": PACE}, {"Demo": PACE, "Live": {}}, {"Demo": PACE, "Paper": PACE}])
def test_what_lacks_one_is_refused(logins: dict[str, dict[str, int]]) -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_LOGINS"):
        read_settings(KeyringSettings, {"LOCKSTEP_LOGINS": json.dumps(logins)})
