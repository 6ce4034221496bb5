"""What `make install` does with an earlier checkout's cluster, and what it says when a release does not become ready."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import continuity, unready
from tests.stack.shell import ROOT

NOW = {"supabase/migrations/1.sql": "a", "supabase/migrations/2.sql": "b", "keys.py": "k"}


@pytest.mark.parametrize(
    ("recorded", "named"),
    [
        (NOW, ""),
        ({"supabase/migrations/1.sql": "a", "keys.py": "k"}, ""),
        ({**NOW, "supabase/migrations/1.sql": "edited"}, "1.sql has changed"),
        ({**NOW, "supabase/migrations/3.sql": "c"}, "3.sql is gone"),
        ({**NOW, "keys.py": "other"}, "keys.py has changed"),
        (None, "no record"),
    ],
    ids=["the same", "one came", "one was edited", "one went", "the keys' form", "nothing is known"],
)
def test_a_state_is_continued_only_if_every_file_that_made_it_is_unchanged(
    recorded: dict[str, str] | None, named: str
) -> None:
    found = " ".join(continuity.differences(recorded, NOW))
    assert (named in found) if named else not found


def test_the_checksums_cover_the_migrations_and_the_form_of_the_keys() -> None:
    names = set(continuity.checksums(ROOT))
    assert set(continuity.UNCHANGED) < names
    assert {name for name in names if name.endswith(".sql")} == {
        str(file.relative_to(ROOT)) for file in (ROOT / "supabase" / "migrations").iterdir()
    }


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cluster that is down, with objects and a database. `cluster.sh` finds it by its variables, in a short path."""
    with tempfile.TemporaryDirectory(dir="/tmp") as cache:
        monkeypatch.setenv("LOCKSTEP_CLUSTER_DIR", f"{cache}/c")
        monkeypatch.setenv("LOCKSTEP_INSTANCE", "tcontin")
        monkeypatch.setenv("XDG_CACHE_HOME", cache)
        monkeypatch.delenv("KUBE_CONTEXT", raising=False)
        yield _filled(Path(cache) / "c")


def _filled(state: Path) -> Path:
    for name in ("etcd", "postgres", "containerd"):
        (state / name).mkdir(parents=True)
    (state / "postgres" / "PG_VERSION").write_text("15")
    return state


def test_a_cluster_of_an_earlier_checkout_begins_anew_and_keeps_its_images_and_its_former_database(state: Path) -> None:
    continuity.continue_or_begin_anew()
    assert not (state / "etcd").exists()
    assert (state / "containerd").is_dir()
    assert (state / "postgres.before" / "PG_VERSION").read_text() == "15"
    assert json.loads((state / continuity.RECORD).read_text()) == continuity.checksums(ROOT)


def test_a_cluster_of_this_checkout_is_left_as_it_is(state: Path) -> None:
    (state / continuity.RECORD).write_text(json.dumps(continuity.checksums(ROOT)))
    continuity.continue_or_begin_anew()
    assert (state / "etcd").is_dir()
    assert (state / "postgres").is_dir()


def test_a_cluster_of_the_users_own_is_never_touched(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBE_CONTEXT", "theirs")
    continuity.continue_or_begin_anew()
    assert (state / "etcd").is_dir()
    assert not (state / continuity.RECORD).exists()


def test_a_container_that_keeps_ending_badly_is_named_and_one_that_is_still_starting_is_not() -> None:
    pod = {
        "status": {
            "initContainerStatuses": [
                {"name": "own-the-data", "state": {"terminated": {"exitCode": 0}}},
                {"name": "migrate", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
                {"name": "once", "state": {"terminated": {"exitCode": 3}}},
            ],
            "containerStatuses": [{"name": "supabase", "state": {"waiting": {"reason": "PodInitializing"}}}],
        }
    }
    assert unready.failing(pod) == {"migrate": "CrashLoopBackOff", "once": "ended with 3"}


def test_the_folder_is_printed_although_no_cluster_runs(state: Path) -> None:
    done = subprocess.run([str(ROOT / "devcluster" / "cluster.sh"), "folder"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(state)
