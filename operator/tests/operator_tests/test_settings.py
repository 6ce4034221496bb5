"""Settings: what is wrong is named, what is secret is not."""

import pytest

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_operator.settings import OperatorSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.settings import read_settings

URL = "postgresql://lockstep_operator:hunter2@host/db"


def test_the_environment_is_read() -> None:
    settings = read_settings(
        OperatorSettings,
        {
            "LOCKSTEP_DATABASE_URL": URL,
            "LOCKSTEP_TERMINAL_IMAGE_MT5": "image",
            "LOCKSTEP_TERMINAL_NODE_SELECTORS": '{"Live": {"pool": "live"}}',
            "LOCKSTEP_UNKNOWN": "ignored",
        },
    )
    template = settings.pod_template()
    assert template.images == {Platform.MT5: "image"}
    assert template.node_selectors == {SpecEnvironment.LIVE: {"pool": "live"}}
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "LOCKSTEP_DATABASE_URL"),
        ({"LOCKSTEP_DATABASE_URL": URL, "LOCKSTEP_WORKERS": "many"}, "LOCKSTEP_WORKERS"),
        ({"LOCKSTEP_DATABASE_URL": URL, "LOCKSTEP_TERMINAL_NODE_SELECTORS": "{"}, "LOCKSTEP_TERMINAL_NODE_SELECTORS"),
    ],
)
def test_what_is_wrong_is_named_without_secrets(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidSettings, match=named) as caught:
        read_settings(OperatorSettings, wrong)
    assert "hunter2" not in str(caught.value)
