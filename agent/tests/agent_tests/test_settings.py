"""Settings are checked once, and the first wrong one is named."""

import pytest

from lockstep_agent.settings import read_settings
from lockstep_service.errors import InvalidSettings


def test_defaults_are_those_of_a_pod(environment: dict[str, str]) -> None:
    bare = {name: value for name, value in environment.items() if not name.endswith(("_DIR", "_LOG"))}
    settings = read_settings(bare)
    assert (settings.login_timeout_s, settings.chart_symbol) == (240, "EURUSD")
    assert str(settings.paths.start_file) == "/run/lockstep/start.ini"
    assert str(settings.paths.prefix) == "/home/trader/.wine"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCOUNT_ID", "x"),
        ("EPOCH", "0"),
        ("EPOCH", "-1"),
        ("PLATFORM", "MT6"),
        ("ENVIRONMENT", "Demo"),
        ("LOGIN", "1001; rm"),
        ("LOGIN", "1" * 16),
        ("LOGIN", "0"),
        ("SERVER", "a\nb"),
        ("SERVER", "s" * 64),
        ("SERVER", " Broker"),
        ("KEYRING_URL", "http://plain"),
        ("LOGIN_TIMEOUT_S", "soon"),
        ("CHART_SYMBOL", "A=B"),
        ("PROVEN", "true"),
        ("HEALTH_PORT", "70000"),
    ],
)
def test_a_wrong_value_is_named(environment: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=f"LOCKSTEP_{name} "):
        read_settings({**environment, f"LOCKSTEP_{name}": value})


def test_a_missing_value_is_named(environment: dict[str, str]) -> None:
    del environment["LOCKSTEP_SERVER"]
    with pytest.raises(InvalidSettings, match="LOCKSTEP_SERVER is not set"):
        read_settings(environment)
