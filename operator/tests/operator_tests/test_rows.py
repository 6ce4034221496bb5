"""Rows of the database as objects of the cluster."""

import base64
from dataclasses import replace
from uuid import UUID

import pytest

from lockstep_core.resources.copier_account import CopierAccountSpec, SpecEnvironment
from lockstep_core.resources.reasons import Reason
from lockstep_operator.database import changed_account
from lockstep_operator.database_cache import DatabaseCache, choose_shard
from lockstep_operator.facts import Shard
from lockstep_operator.observe import obstacle_in
from lockstep_operator.rows import (
    TradingAccountRow,
    custom_resource,
    desired_objects,
    must_hold,
    orphans,
    router_state,
    secret,
    spec_of,
)
from lockstep_operator.shard_store import shards_from_text, shards_to_text

from .conftest import ROW

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
USER = UUID("0b1c2d3e-0000-4000-8000-0000000000ff")


def test_a_row_becomes_a_copier_account() -> None:
    resource = custom_resource(spec_of(ROW))
    assert resource["metadata"]["name"] == f"account-{ACCOUNT}"
    assert resource["spec"] == {
        "accountId": str(ACCOUNT),
        "userId": str(USER),
        "platform": "MT5",
        "environment": "Live",
        "login": "12345",
        "server": "Broker-Live",
        "role": "Both",
        "operatingMode": "Suspended",
        "credentials": {"secretName": f"account-{ACCOUNT}", "version": 3},
        "shard": "live-2",
    }


@pytest.mark.parametrize(
    "row",
    [
        replace(ROW, platform="MT6"),
        replace(ROW, server=""),
        replace(ROW, credentials_version=None),
        replace(ROW, login=-1),
        replace(ROW, shard="Live 2"),
    ],
)
def test_a_row_that_breaks_the_schema_is_refused(row: TradingAccountRow) -> None:
    with pytest.raises(ValueError, match=r".+"):
        spec_of(row)


def test_the_secret_holds_ciphertext_and_goes_with_the_copier_account() -> None:
    made = secret(ROW, "cr-uid")
    data = {name: base64.b64decode(value) for name, value in made["data"].items()}
    assert data == {"sealed": b"ciphertext", "key_id": b"0" * 16, "version": b"3"}
    assert made["metadata"]["ownerReferences"][0]["uid"] == "cr-uid"


def test_only_what_came_from_a_row_is_an_orphan() -> None:
    ours = custom_resource(spec_of(ROW))
    by_hand = {"metadata": {"labels": {"lockstep.dev/account": str(ACCOUNT)}}}
    assert orphans([], [ours, by_hand, {"metadata": {}}]) == (ACCOUNT,)
    assert orphans([ROW], [ours, by_hand]) == ()


def test_before_the_router_has_spoken_there_is_no_state() -> None:
    assert router_state(ROW) is None
    spoken = router_state(
        replace(ROW, state="failed", state_reason="InvalidCredentials", state_message="a\nb", state_epoch=7)
    )
    assert spoken is not None
    assert (spoken.reason, spoken.message, spoken.epoch) == (Reason.INVALID_CREDENTIALS, "a b", 7)


def test_a_reason_of_another_version_is_shown_with_the_routers_message() -> None:
    spoken = router_state(replace(ROW, state="failed", state_reason="FromTomorrow", state_message="Why.", state_epoch=7))
    assert spoken is not None
    assert (spoken.reason, spoken.message) == (None, "FromTomorrow: Why.")


def shard(name: str, environment: SpecEnvironment = SpecEnvironment.DEMO) -> Shard:
    return Shard(name, environment)


def test_demo_and_live_never_share_a_router(spec: CopierAccountSpec) -> None:
    live = {"live-1": shard("live-1", SpecEnvironment.LIVE)}
    assert choose_shard(spec, live) is None
    assert choose_shard(spec.model_copy(update={"shard": "live-1"}), live) is None


def test_an_account_goes_to_the_router_of_its_shard_or_to_none(spec: CopierAccountSpec) -> None:
    shards = {name: shard(name) for name in ("demo-1", "demo-2")}
    for name in ("demo-1", "demo-2", "demo-3"):
        assert choose_shard(spec.model_copy(update={"shard": name}), shards) is shards.get(name)


def test_an_account_that_was_applied_without_a_shard_goes_to_the_first_router(spec: CopierAccountSpec) -> None:
    shards = {name: shard(name) for name in ("demo-2", "demo-1")}
    assert spec.shard is None
    assert choose_shard(spec, shards) is shards["demo-1"]


def test_a_router_that_is_no_longer_listed_is_not_forgotten(spec: CopierAccountSpec) -> None:
    cache = DatabaseCache()
    assert cache.update_shards([shard("demo-1")])
    assert not cache.update_shards([])
    assert cache.shard_for(spec) == shard("demo-1")


@pytest.mark.parametrize("payload", ["", "[]", "{}", '{"id": null}', '{"id": "x"}', "null"])
def test_an_odd_notification_is_ignored(payload: str) -> None:
    assert changed_account(payload) is None


def test_a_notification_names_its_account() -> None:
    assert changed_account(f'{{"op": "UPDATE", "id": "{ACCOUNT}", "user_id": "{USER}"}}') == ACCOUNT


@pytest.mark.parametrize(
    ("unexplained", "rows", "held"),
    [
        (0, 0, False),
        (0, 5, False),
        (1, 5, False),
        (10, 5, False),
        (11, 5, True),
        (1, 0, True),
        (11, 550, False),
        (12, 550, True),
        (100, 5000, False),
        (101, 5000, True),
    ],
)
def test_a_database_that_looks_lost_deletes_nothing(unexplained: int, rows: int, held: bool) -> None:
    assert must_hold(unexplained, rows, limit=10) is held


def test_an_edited_object_is_not_what_the_row_wants() -> None:
    desired, resource, made = desired_objects(ROW), custom_resource(spec_of(ROW)), secret(ROW, "cr-uid")
    assert desired.has_spec(resource)
    assert desired.has_secret(made)
    assert not desired.has_spec({**resource, "spec": {**resource["spec"], "shard": "live-3"}})
    assert not desired.has_spec(None)
    assert not desired.has_secret({**made, "data": {**made["data"], "sealed": base64.b64encode(b"other").decode()}})
    assert not desired.has_secret({**made, "data": {}})
    assert not desired.has_secret({"metadata": {}})
    assert not desired.has_secret(None)


def test_a_pod_starts_with_the_password_of_the_row_alone() -> None:
    made = secret(ROW, "cr-uid")
    edited = {**made, "data": {**made["data"], "sealed": base64.b64encode(b"other").decode()}}
    assert obstacle_in(made, 3, desired_objects(ROW)) is None
    assert obstacle_in(made, 3, None) is None
    for present, version in ((None, 3), (made, 4), (edited, 3), ({**made, "data": {"version": "no base64"}}, 3)):
        obstacle = obstacle_in(present, version, desired_objects(ROW))
        assert obstacle is not None
        assert obstacle[0] is Reason.CREDENTIALS_MISSING


def test_routers_are_remembered() -> None:
    known = (shard("demo-1"), shard("live-1", SpecEnvironment.LIVE))
    assert shards_from_text(shards_to_text(known)) == known


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"name": "x"}]', '[{"environment": "Test"}]'])
def test_a_memory_of_another_version_is_no_memory(text: str) -> None:
    assert shards_from_text(text) == ()
