"""Settings out of the environment."""

import pytest

from lockstep_api.settings import ApiSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.settings import read_settings

GOOD = {"LOCKSTEP_SUPABASE_URL": "http://supabase:54321", "LOCKSTEP_SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x"}


def test_the_two_variables_that_are_needed_are_enough() -> None:
    assert read_settings(ApiSettings, GOOD | {"PATH": "/bin"}).port == 8080


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        read_settings(ApiSettings, {key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("given", "platforms"), [(None, ("MT5",)), ("MT5", ("MT5",)), ("MT4,MT5", ("MT4", "MT5")), ("", ())]
)
def test_the_platforms_are_those_that_the_chart_has_images_of(given: str | None, platforms: tuple[str, ...]) -> None:
    more = {} if given is None else {"LOCKSTEP_PLATFORMS": given}
    assert read_settings(ApiSettings, GOOD | more).platforms == platforms


def test_a_platform_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_PLATFORMS"):
        read_settings(ApiSettings, GOOD | {"LOCKSTEP_PLATFORMS": "MT6"})


def test_a_bad_value_is_not_repeated() -> None:
    with pytest.raises(InvalidSettings) as raised:
        read_settings(ApiSettings, GOOD | {"LOCKSTEP_SUPABASE_URL": "ftp://user:hunter2@host"})
    assert "hunter2" not in str(raised.value)
