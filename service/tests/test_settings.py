"""Settings out of the environment: what is wrong is named, what is secret is not repeated."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr

from lockstep_service.errors import InvalidSettings
from lockstep_service.settings import read_settings
from lockstep_service.variables import Variables, matching, port, positive


class Settings(BaseModel):
    database_url: SecretStr
    workers: int = Field(16, ge=1)
    keys_dir: Path = Path("/keys")
    mode: str = Field("safe", pattern="^(safe|fast)$")


def test_a_field_is_the_variable_of_its_name_and_other_variables_are_ignored() -> None:
    given = {"LOCKSTEP_DATABASE_URL": "postgresql://x", "LOCKSTEP_WORKERS": "3", "WORKERS": "4", "LOCKSTEP_OTHER": "5"}
    settings = read_settings(Settings, given)
    assert (settings.workers, settings.keys_dir) == (3, Path("/keys"))
    assert settings.database_url.get_secret_value() == "postgresql://x"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "LOCKSTEP_DATABASE_URL"),
        ({"LOCKSTEP_DATABASE_URL": "hunter2", "LOCKSTEP_WORKERS": "0"}, "LOCKSTEP_WORKERS"),
        ({"LOCKSTEP_DATABASE_URL": "hunter2", "LOCKSTEP_MODE": "hunter2"}, "LOCKSTEP_MODE"),
    ],
)
def test_what_is_wrong_is_named_and_no_value_is_repeated(given: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidSettings, match=named) as caught:
        read_settings(Settings, given)
    assert "hunter2" not in str(caught.value)


def test_a_variable_is_converted_and_a_missing_one_has_its_default() -> None:
    variables = Variables({"LOCKSTEP_PORT": "7400"})
    assert (variables.take("PORT", port), variables.take("TICKS_PORT", port, "7401")) == (7400, 7401)


def test_a_missing_variable_without_a_default_is_named() -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_PORT is not set"):
        Variables({"PORT": "1"}).take("PORT", port)


@pytest.mark.parametrize("text", ["", "-1", "65536", "8080 ", "1e3", "٣"])
def test_a_port_is_a_whole_number_up_to_65535(text: str) -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_PORT must be a port number"):
        Variables({"LOCKSTEP_PORT": text}).take("PORT", port)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "٣"])
def test_a_positive_number_is_whole_and_at_least_one(text: str) -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_EPOCH must be a positive whole number"):
        Variables({"LOCKSTEP_EPOCH": text}).take("EPOCH", positive)


def test_text_that_does_not_match_as_a_whole_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidSettings, match="LOCKSTEP_LOGIN must be digits") as caught:
        Variables({"LOCKSTEP_LOGIN": "1001\nhunter2"}).take("LOGIN", matching("[0-9]+", "must be digits"))
    assert "hunter2" not in str(caught.value)
