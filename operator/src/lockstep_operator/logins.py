"""Which terminal pod uses which login, as lists and events of pods have shown.

A person may remove an account and add the same login again at once. The removed account's terminal then still runs for the
grace period of its pod, and the new account's terminal must wait for its end.
"""

from collections.abc import Iterable

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_operator.podspec import literal

_FINISHED = {"Succeeded", "Failed"}
Login = tuple[str, str, str]
"""Platform, server and login, as a pod's variables have them."""


class LoginIndex:
    """The names of living pods by login. It may still name a pod that is gone, but it misses none that it was told of."""

    def __init__(self) -> None:
        self.is_complete = False
        self._logins: dict[str, Login] = {}

    def fill(self, pods: Iterable[Json]) -> None:
        """Adds all pods there are. Before that, nothing is known of pods that started earlier."""
        for pod in pods:
            self.seen(pod)
        self.is_complete = True

    def seen(self, pod: Json) -> None:
        """Notes a pod that was made or has changed."""
        name, login = pod["metadata"]["name"], login_of(pod)
        if login is None or pod.get("status", {}).get("phase") in _FINISHED:
            self.gone(name)
        else:
            self._logins[name] = login

    def gone(self, pod: str) -> None:
        """Notes that a pod is gone."""
        self._logins.pop(pod, None)

    def pods_of(self, spec: CopierAccountSpec) -> tuple[str, ...]:
        """The pods that use the account's login, also those of other accounts."""
        wanted = (spec.platform.value, literal(spec.server), spec.login)
        return tuple(sorted(name for name, login in self._logins.items() if login == wanted))


def login_of(pod: Json) -> Login | None:
    """The login in a pod's variables, which nobody can change. None if the pod is no terminal."""
    containers = pod.get("spec", {}).get("containers", ())
    variables = {each["name"]: each.get("value", "") for container in containers for each in container.get("env", ())}
    try:
        return variables["LOCKSTEP_PLATFORM"], variables["LOCKSTEP_SERVER"], variables["LOCKSTEP_LOGIN"]
    except KeyError:
        return None
