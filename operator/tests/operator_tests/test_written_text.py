"""Text of people and of other processes, on its way into the cluster: no text, whatever it holds, stops anything."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import ConditionType, CopierAccount, CopierAccountStatus
from lockstep_core.resources.reasons import Reason
from lockstep_core.text_limits import SERVER_CHARACTERS, is_server
from lockstep_operator.actions import in_plain_words
from lockstep_operator.desired import desired_state
from lockstep_operator.events import event_of
from lockstep_operator.facts import Observed, PodFacts, RouterState, pod_facts
from lockstep_operator.foreign_text import MAX_MESSAGE, clean, reported_reason
from lockstep_operator.podspec import literal
from lockstep_operator.rows import TradingAccountRow, custom_resource, spec_of
from lockstep_operator.starting import refused
from lockstep_service.kubernetes_api import apply_body

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
REVISION = "account.template"
MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]
# Every code point, also NUL, controls, characters beyond U+FFFF and halves of surrogate pairs.
anything = st.text(st.characters(), max_size=600)
any_text = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def stays_itself(written: Json) -> bool:
    """Whether the API server reads a server-side apply of this as it was meant."""
    body = apply_body(written).encode()
    return bool(yaml.safe_load(body) == json.loads(body) == written)


def texts_of(status: CopierAccountStatus) -> Json:
    dumped: Json = status.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dumped


@any_text
@given(text=anything)
def test_foreign_text_is_one_printable_line_of_bounded_length(text: str) -> None:
    line = clean(text)
    assert len(line) <= MAX_MESSAGE
    assert line.isprintable()
    assert line.encode().decode() == line
    assert stays_itself({"message": line})


@any_text
@given(message=anything, word=st.one_of(anything, st.sampled_from([reason.value for reason in Reason])))
def test_a_failed_pod_is_replaced_and_not_ready_whatever_it_said(
    make_account: MakeAccount, make_pod: MakePod, message: str, word: str
) -> None:
    told = desired_state(make_account(epoch=100), Observed((make_pod(100, ready=True),), None, REVISION), NOW).status
    assert told is not None
    account = make_account(**dict(told))
    facts = pod_facts(failed_pod(json.dumps({"reason": word, "message": message})))
    assert facts is not None
    actions = desired_state(account, Observed((facts,), None, None), NOW)
    assert actions.delete == (facts.name,)
    assert actions.status is not None
    assert actions.status.reason != Reason.READY
    (ready,) = (each for each in actions.status.conditions if each.type is ConditionType.READY)
    assert ready.status.value == "False"
    assert stays_itself(texts_of(actions.status))
    assert CopierAccountStatus.model_validate(texts_of(actions.status)) == actions.status


def failed_pod(termination: str) -> Json:
    ended = {
        "exitCode": 1,
        "message": termination,
        "startedAt": "2026-03-02T11:00:00Z",
        "finishedAt": "2026-03-02T11:00:30Z",
    }
    metadata = {"name": f"account-{ACCOUNT}-100", "uid": "uid-100", "ownerReferences": [{"uid": "cr-uid"}]}
    status: Json = {"phase": "Failed", "containerStatuses": [{"state": {"terminated": ended}}]}
    return {"metadata": metadata, "status": status}


@any_text
@given(text=st.one_of(anything, st.just("[" * 4096), st.just('{"a":' * 800)))
def test_every_termination_message_gives_an_end(text: str) -> None:
    facts = pod_facts(failed_pod(text))
    assert facts is not None
    assert facts.end is not None
    assert facts.end.reason is not Reason.READY
    assert stays_itself({"message": facts.end.message})


@any_text
@given(text=anything)
def test_a_refusal_is_told_whatever_its_words(make_account: MakeAccount, text: str) -> None:
    account = make_account(epoch=100)
    status = refused(account, text, NOW).status
    assert status is not None
    event = event_of(account, status, NOW)
    assert event is not None
    assert stays_itself(texts_of(status))
    assert stays_itself(event)


@any_text
@given(text=anything, word=anything)
def test_the_routers_words_are_told(make_account: MakeAccount, make_pod: MakePod, text: str, word: str) -> None:
    router = RouterState("failed", *reported_reason(word, text), 100)
    status = desired_state(make_account(epoch=100), Observed((make_pod(100),), router, REVISION), NOW).status
    assert status is not None
    assert stays_itself(texts_of(status))


@any_text
@given(text=anything)
def test_in_plain_words_nothing_foreign_is_left(make_account: MakeAccount, text: str) -> None:
    status = refused(make_account(epoch=100), f"x{text}", NOW).status
    assert status is not None
    assert in_plain_words(status).message == Reason.POD_REFUSED.meaning
    assert {each.message for each in in_plain_words(status).conditions} == {""}
    assert in_plain_words(status).failures == status.failures


# What the database takes as a server's name.
server_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=SERVER_CHARACTERS).filter(
    is_server
)


@any_text
@given(name=server_names)
def test_a_server_is_written_as_its_person_wrote_it(row: TradingAccountRow, name: str) -> None:
    resource = custom_resource(spec_of(replace_server(row, name)))
    assert resource["spec"]["server"] == name
    assert stays_itself(resource)
    assert expanded(literal(name), {"LOGIN": "12345"}) == name


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "\x7f", "", " a", "a\xa0", "a\u200bb"])
def test_a_server_that_no_start_file_can_hold_is_refused(row: TradingAccountRow, name: str) -> None:
    with pytest.raises(ValueError, match="server"):
        spec_of(replace_server(row, name))


def replace_server(row: TradingAccountRow, name: str) -> TradingAccountRow:
    fields: dict[str, Any] = {each: getattr(row, each) for each in TradingAccountRow.__slots__}
    return TradingAccountRow(**{**fields, "server": name})


def expanded(value: str, variables: dict[str, str]) -> str:
    """A container's variable as Kubernetes expands it: `$$` is a dollar, `$(NAME)` another variable."""

    def meaning(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else variables.get(found[1], found[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", meaning, value)


def test_a_variable_of_the_pod_is_not_put_into_a_servers_name() -> None:
    assert expanded(literal("a$(LOGIN)b$$c"), {"LOGIN": "12345"}) == "a$(LOGIN)b$$c"
    assert expanded("a$(LOGIN)b$$c", {"LOGIN": "12345"}) == "a12345b$c"
