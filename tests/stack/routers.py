"""What end-to-end tests do to the router."""

from tests.stack.kube import SYSTEM, items, kubectl
from tests.stack.shell import wait_for

KILL_ALL = "import os, signal; os.kill(-1, signal.SIGKILL)"


def kill_router() -> None:
    """SIGKILL to every process of the router at once, and back when its container has started again."""
    before = _restarts()
    kubectl("-n", SYSTEM, "exec", "deploy/lockstep-router", "--", "python3", "-c", KILL_ALL, check=False)
    wait_for("the router's container started again", lambda: _restarts() > before or None, 60)


def _restarts() -> int:
    pods = items("pod", SYSTEM, "app.kubernetes.io/component=router")
    statuses = [c for pod in pods for c in pod["status"].get("containerStatuses", [])]
    return sum(c["restartCount"] for c in statuses if c["state"].get("running"))
