"""Gives terminals the time of a real installation to log in: the tests' few seconds are too short for a full node."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack.install import LOGIN_TIMEOUT_S
from tests.stack.kube import SYSTEM, kubectl

PATIENT_S = 600
_OPERATOR = "deployment/lockstep-operator"


@contextmanager
def patient() -> Iterator[None]:
    """The operator gives its pods this time, and at the end that of the tests again."""
    _set(PATIENT_S)
    try:
        yield
    finally:
        _set(LOGIN_TIMEOUT_S)


def _set(seconds: int) -> None:
    kubectl("-n", SYSTEM, "set", "env", _OPERATOR, f"LOCKSTEP_LOGIN_TIMEOUT_S={seconds}")
    kubectl("-n", SYSTEM, "rollout", "status", _OPERATOR, "--timeout=300s")
