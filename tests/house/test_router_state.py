"""What the chart gives each router of its own: a volume, and a canary if one is named."""

from typing import Any

import pytest
import yaml

from tests.house.test_chart import SHARDS, helm, of_kind, pods, template, values

__all__ = ["helm"]
CANARY = "11111111-2222-3333-4444-555555555555"
WHERE = "/var/lib/lockstep/router"


def rendered(helm: str, **router: Any) -> list[dict[str, Any]]:
    done = template(helm, "lockstep", values(router={"shards": SHARDS, **router}))
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def state_of(pod: dict[str, Any]) -> dict[str, Any]:
    """The volume that is mounted where the router is told to keep its state."""
    (container,) = pod["containers"]
    told = {each["name"]: each.get("value") for each in container["env"]}
    (mount,) = (each for each in container["volumeMounts"] if each["mountPath"] == told["LOCKSTEP_STATE_DIR"] == WHERE)
    (volume,) = (each for each in pod["volumes"] if each["name"] == mount["name"])
    return dict(volume)


def test_each_router_has_a_claim_of_its_own(helm: str) -> None:
    objects = rendered(helm, state={"size": "2Gi", "storageClass": "quick"})
    claims = {each["metadata"]["name"]: each["spec"] for each in of_kind(objects, "PersistentVolumeClaim")}
    named = [state_of(dict(pods(objects))[shard["serviceName"]])["persistentVolumeClaim"]["claimName"] for shard in SHARDS]
    assert sorted(named) == sorted(claims)
    assert len(set(named)) == len(SHARDS)
    assert {(each["storageClassName"], each["resources"]["requests"]["storage"]) for each in claims.values()} == {
        ("quick", "2Gi")
    }


def test_without_claims_it_has_an_empty_directory(helm: str) -> None:
    objects = rendered(helm, state={"claim": False})
    assert list(of_kind(objects, "PersistentVolumeClaim")) == []
    assert "emptyDir" in state_of(dict(pods(objects))[SHARDS[0]["serviceName"]])


def test_a_canary_is_the_routers_of_its_shard_alone(helm: str) -> None:
    objects = rendered(helm, shards=[{**SHARDS[0], "canary": CANARY}, *SHARDS[1:]])
    told = {
        name: {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}.get("LOCKSTEP_CANARY_MASTER")
        for name, pod in pods(objects)
        if name in {shard["serviceName"] for shard in SHARDS}
    }
    assert told == {"router-a": CANARY, "router-b": None, "router-c": None}


@pytest.mark.parametrize(
    ("router", "sentence"),
    [
        ({"shards": [*SHARDS[:2], {**SHARDS[2], "canary": CANARY}]}, "A canary trades"),
        ({"shards": [{**SHARDS[0], "canary": "mine"}]}, "It is the id"),
        ({"shards": SHARDS, "state": {"size": "much"}}, "The size of a volume"),
    ],
    ids=["live", "no id", "no size"],
)
def test_what_cannot_be_is_refused_in_a_sentence(helm: str, router: dict[str, Any], sentence: str) -> None:
    done = template(helm, "lockstep", values(router=router))
    assert done.returncode != 0
    assert sentence in done.stderr
