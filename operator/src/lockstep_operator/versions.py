"""Which objects of a kind there are, and the newest version of each that a watch, a list or the answer to a write has shown.

They overtake each other: an answer comes before the event of the same write, and a list is older than the events that came
while it was read. The API server's versions grow, so what is older than what is known changes nothing.
"""

from collections.abc import Iterable, Mapping

from lockstep_core.json_object import Json


class Versions:
    """For one event loop, not thread-safe."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._gone: dict[str, int] = {}

    def is_news(self, raw: Json) -> bool:
        """Notes an object that an event or an answer shows. False if a newer version of it was seen, or its end."""
        name, version = raw["metadata"]["name"], version_of(raw)
        if version < self._known.get(name, 0) or 0 < version <= self._gone.get(name, 0):
            return False
        self._known[name] = version
        return True

    def is_end(self, name: str, version: int) -> bool:
        """Notes the end of an object. False if this is the end of an earlier object of that name."""
        known = self._known.get(name, 0)
        if 0 < version < known:
            return False
        self._gone[name] = max(version, known)
        self._known.pop(name, None)
        return True

    def begin_list(self) -> dict[str, int]:
        """What is known before all objects are listed; for `compare`."""
        self._gone.clear()
        return dict(self._known)

    def compare(self, before: Mapping[str, int], listed: Iterable[Json]) -> tuple[list[str], list[Json]]:
        """The names that are gone by this list, and the objects in it that are news.

        What an event has shown or ended since `before` is newer than the list.
        """
        found = {raw["metadata"]["name"]: raw for raw in listed}
        missing = [name for name, version in before.items() if name not in found and self._known.get(name) == version]
        news = [raw for name, raw in found.items() if self._is_listed_news(before, name, version_of(raw))]
        for name in missing:
            del self._known[name]
        self._known.update({raw["metadata"]["name"]: version_of(raw) for raw in news})
        return missing, news

    def _is_listed_news(self, before: Mapping[str, int], name: str, version: int) -> bool:
        if name not in self._known:
            return name not in self._gone
        return self._known[name] == before.get(name) != version


def version_of(raw: Json) -> int:
    """An object's version as a number, 0 without one."""
    version = str(raw["metadata"].get("resourceVersion", ""))
    return int(version) if version.isdecimal() else 0
