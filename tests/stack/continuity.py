"""Whether this checkout can go on with the state that an earlier one left in the development cluster.

Until the first release, migrations are edited in place, and the keys' Secrets change their form. `migrate` and the keys
job then refuse what an earlier checkout made, rightly: elsewhere that is somebody's data. The development cluster
begins anew instead, with its images kept, and its former database is set aside for whoever wants to look at it.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.stack.shell import ROOT, run, say

CLUSTER = ROOT / "devcluster" / "cluster.sh"
RECORD = "made-by.json"
KEPT_WITH_THE_CLUSTER = "etcd"

APPENDED = "supabase/migrations/*.sql"
"""Files of which new ones may come. A database made by some of them is continued; one made by other texts is not."""

UNCHANGED = ("keyring/src/lockstep_keyring/new_secrets.py", "keyring/src/lockstep_keyring/keys.py")
"""Files that define the form of the keys' Secrets."""


def continue_or_begin_anew() -> None:
    """Called before the cluster is started. Does nothing for a cluster of the user's own, which is never begun anew."""
    state = state_folder()
    if state is None:
        return
    now = checksums(ROOT)
    if (state / KEPT_WITH_THE_CLUSTER).is_dir():
        changed = differences(_recorded(state), now)
        if changed:
            say(f"the cluster's state is of an earlier checkout: {', '.join(changed)}; it begins anew")
            begin_anew(state)
    state.mkdir(parents=True, exist_ok=True)
    (state / RECORD).write_text(json.dumps(now, indent=1))


def differences(recorded: Mapping[str, str] | None, now: Mapping[str, str]) -> list[str]:
    """Why `now` cannot continue the recorded state, for a progress line. New files are no reason."""
    if recorded is None:
        return ["it has no record of what made it"]
    gone = [f"{name} is gone" for name in recorded if name not in now]
    return gone + [f"{name} has changed" for name, text in recorded.items() if name in now and now[name] != text]


def checksums(root: Path) -> dict[str, str]:
    """SHA-256 of every file that shapes lasting state, by its path in the checkout."""
    files = [*sorted(root.glob(APPENDED)), *(root / name for name in UNCHANGED)]
    return {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def begin_anew(state: Path) -> None:
    """Stops the cluster and forgets its objects. The database moves to `postgres.before`, replacing an older one there."""
    run(str(CLUSTER), "reset")
    former = state / "postgres"
    if former.is_dir():
        before = state / "postgres.before"
        shutil.rmtree(before, ignore_errors=True)
        former.rename(before)
        say(f"its former database is in {before}")


def state_folder() -> Path | None:
    """Where the development cluster of this checkout keeps its state; None where `KUBE_CONTEXT` names another cluster."""
    folder = run(str(ROOT / "devcluster" / "context.sh"), "--folder").strip()
    return Path(folder) if folder else None


def _recorded(state: Path) -> dict[str, str] | None:
    try:
        found = json.loads((state / RECORD).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
