"""A person's own templates: kept, used, renamed and deleted without touching any copier."""

from typing import Any

import pytest

from webapp_api.tests.cluster.people import FIXED, Person, added, as_owner, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster

RULES = {"sizing": {"mode": "equity", "factor": "0.5"}, "limits": {"max_open_positions": 10}}


def test_rules_are_kept_under_a_name_and_changed_and_deleted(alice: Person) -> None:
    made = alice.api.post("/v1/templates", json={"name": "careful", "settings": RULES})
    assert made.status_code == 201, made.text
    template = made.json()
    assert template["settings"]["sizing"] == {"mode": "equity", "factor": "0.5", "without_credit": False}
    alice.api.post("/v1/templates", json={"name": "bold", "settings": FIXED})
    assert [one["name"] for one in alice.api.get("/v1/templates").json()["items"]] == ["bold", "careful"]
    renamed = alice.api.patch(f"/v1/templates/{template['id']}", json={"name": "very careful"}).json()
    assert (renamed["name"], renamed["settings"]) == ("very careful", template["settings"])
    changed = alice.api.patch(f"/v1/templates/{template['id']}", json={"settings": FIXED}).json()
    assert (changed["name"], changed["settings"]["sizing"]["mode"]) == ("very careful", "fixed")
    assert alice.api.delete(f"/v1/templates/{template['id']}").status_code == 204
    assert refusal(alice.api.delete(f"/v1/templates/{template['id']}")) == (404, "template_not_found")
    assert [one["name"] for one in alice.api.get("/v1/templates").json()["items"]] == ["bold"]


def test_a_name_is_taken_once_and_rules_are_checked_as_a_copiers_are(alice: Person) -> None:
    assert alice.api.post("/v1/templates", json={"name": "careful", "settings": RULES}).status_code == 201
    other = alice.api.post("/v1/templates", json={"name": "other", "settings": FIXED}).json()["id"]
    again = alice.api.post("/v1/templates", json={"name": "careful", "settings": FIXED})
    assert refusal(again) == (409, "template_exists")
    assert refusal(alice.api.patch(f"/v1/templates/{other}", json={"name": "careful"})) == (409, "template_exists")
    for wrong in (
        {"name": "x", "settings": {"sizing": {"mode": "guess"}}},
        {"name": " x", "settings": FIXED},
        {"name": "x"},
    ):
        assert refusal(alice.api.post("/v1/templates", json=wrong))[0] == 422
    assert refusal(alice.api.patch(f"/v1/templates/{other}", json={}))[0] == 422


def test_a_copier_that_began_with_a_template_keeps_its_rules_when_the_template_goes(alice: Person, new_account: Any) -> None:
    template = alice.api.post("/v1/templates", json={"name": "careful", "settings": RULES}).json()
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    body = {"master_id": master, "slave_id": slave, "settings": template["settings"]}
    copier = alice.api.post("/v1/copiers", json=body).json()
    alice.api.patch(f"/v1/templates/{template['id']}", json={"settings": FIXED})
    alice.api.delete(f"/v1/templates/{template['id']}")
    assert alice.api.get(f"/v1/copiers/{copier['id']}").json()["settings"] == copier["settings"]


async def test_one_template_more_than_allowed_is_refused_with_what_to_do(alice: Person, backend: Supabase) -> None:
    allow = "insert into private.limits_of_people (user_id, what, most) values ($1, $2, $3)"
    await as_owner(backend, allow, alice.user, "templates", 1)
    assert alice.api.post("/v1/templates", json={"name": "one", "settings": FIXED}).status_code == 201
    answer = alice.api.post("/v1/templates", json={"name": "two", "settings": FIXED})
    assert refusal(answer) == (409, "template_limit_reached")
    assert "Delete one" in answer.json()["detail"]


def test_templates_leave_with_their_owner(alice: Person) -> None:
    alice.api.post("/v1/templates", json={"name": "careful", "settings": RULES})
    assert [one["name"] for one in alice.api.get("/v1/export").json()["templates"]] == ["careful"]
