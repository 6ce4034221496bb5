"""Of several operators one works at a time."""

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.json_object import Json
from lockstep_operator.errors import KubernetesUnavailable, ObjectConflict
from lockstep_operator.leading import DURATION_S, RENEW_S, SURE_S, Leadership, SeenLease, lease, may_take, seen_lease

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


class Time:
    """The seconds that have passed, for all operators alike."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Store:
    """Keeps one Lease as the API server does: a write that names an old version is refused.

    `late_s`: how late an answer comes after its request; `away`: nothing answers.
    """

    def __init__(self, time: Time) -> None:
        self._time = time
        self._versions = count(1)
        self._kept: Json | None = None
        self.late_s = 0.0
        self.away = False

    async def get(self, _plural: str, _name: str, /) -> Json | None:
        self._answer()
        return self._kept

    async def create(self, _plural: str, body: Json, /) -> Json:
        if self._kept is not None:
            raise ObjectConflict("It exists.")
        return self._write(body)

    async def apply(self, _plural: str, body: Json, /) -> Json:
        if self._kept is None or body["metadata"]["resourceVersion"] != self._kept["metadata"]["resourceVersion"]:
            raise ObjectConflict("It changed.")
        return self._write(body)

    def now(self) -> datetime:
        return NOW

    def _write(self, body: Json) -> Json:
        self._answer()
        self._kept = {**body, "metadata": {**body["metadata"], "resourceVersion": str(next(self._versions))}}
        return self._kept

    def _answer(self) -> None:
        if self.away:
            raise KubernetesUnavailable("No answer.")
        self._time.now_s += self.late_s


@pytest.mark.parametrize(
    ("holder", "unchanged_s", "may"),
    [("", 0, True), ("a", 0, True), ("b", 0, False), ("b", DURATION_S - 0.1, False), ("b", DURATION_S, True)],
)
def test_a_lease_is_taken_from_nobody_but_who_is_silent(holder: str, unchanged_s: float, may: bool) -> None:
    assert may_take(SeenLease(holder, "7", 1000.0, 0), "a", 1000.0 + unchanged_s) is may


def test_a_lease_that_does_not_exist_may_be_taken() -> None:
    assert may_take(None, "a", 0.0)


def test_a_lease_is_as_old_as_its_version_was_seen_and_not_as_its_clock_says() -> None:
    found = {"metadata": {"resourceVersion": "7"}, "spec": {"holderIdentity": "b", "renewTime": "1999-01-01T00:00:00Z"}}
    first = seen_lease(found, None, 50.0)
    assert first.since_s == seen_lease(found, first, 58.0).since_s == 50.0
    assert seen_lease({**found, "metadata": {"resourceVersion": "8"}}, first, 58.0).since_s == 58.0


def test_a_lease_counts_its_changes_of_holder() -> None:
    seen = SeenLease("a", "7", 0.0, 3)
    assert [lease(name, seen, NOW)["spec"]["leaseTransitions"] for name in ("a", "b")] == [3, 4]


def test_an_operator_is_sure_for_less_time_than_others_wait() -> None:
    assert RENEW_S < SURE_S < DURATION_S


async def test_a_lease_that_is_given_back_is_taken_at_once() -> None:
    time = Time()
    store = Store(time)
    first, second = Leadership(store, "a", time), Leadership(store, "b", time)
    assert await first.take()
    assert not await second.take()
    await first.release()
    assert not first.is_sure
    assert await second.take()


async def test_an_operator_that_was_silent_for_too_long_is_not_sure_any_more() -> None:
    time = Time()
    store = Store(time)
    first, second = Leadership(store, "a", time), Leadership(store, "b", time)
    assert await first.take()
    assert not await second.take()
    time.now_s += DURATION_S
    assert not first.is_sure
    assert await second.take()
    assert not await first.take()


STEPS = st.tuples(
    st.sampled_from(["take", "take", "take", "release"]),
    st.sampled_from([0, 1, 2]),
    st.sampled_from([0.0, 1.0, RENEW_S, SURE_S - 0.5, SURE_S, DURATION_S - 0.5, DURATION_S, 60.0]),
    st.sampled_from([0.0, 0.0, 1.0, SURE_S, DURATION_S]),
    st.booleans(),
)


@given(st.lists(STEPS, max_size=40))
async def test_two_operators_are_never_sure_at_once(steps: list[tuple[str, int, float, float, bool]]) -> None:
    time = Time()
    store = Store(time)
    operators = [Leadership(store, name, time) for name in "abc"]
    for what, which, pause_s, store.late_s, store.away in steps:
        time.now_s += pause_s
        if what == "release":
            await operators[which].release()
        else:
            try:
                await operators[which].take()
            except KubernetesUnavailable:
                continue
        assert sum(operator.is_sure for operator in operators) <= 1
