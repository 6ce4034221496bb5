"""Changes reach whom they belong to, in order, once, or the browser is told to reload."""

import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack

from lockstep_api.hub import MOST_STREAMS, QUEUE_CHANGES, RELOAD, Hub
from lockstep_api.routes.stream import BEGUN, ENDED, EXPIRED, RESUMED, lines_until


def publish(hub: Hub, user: str, name: str) -> None:
    """A change of a copy."""
    hub.publish("copy_changes", json.dumps({"op": "INSERT", "id": name, "user_id": user}))


def ids(text: str) -> list[str]:
    """The ids of events."""
    return [line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: ")]


def names(text: str) -> list[str]:
    """What changed."""
    return [json.loads(line.removeprefix("data: "))["id"] for line in text.splitlines() if line.startswith("data: ")]


async def test_a_person_is_told_of_their_own_changes_only() -> None:
    hub = Hub()
    with hub.watching("alice", None) as alice, hub.watching("bob", None) as bob:
        publish(hub, "alice", "1")
        publish(hub, "bob", "2")
        publish(hub, "alice", "3")
        assert names(await alice.take()) == ["1", "3"]
        assert names(await bob.take()) == ["2"]
    assert hub.watches == 0


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice() -> None:
    hub = Hub()
    with hub.watching("alice", None) as first:
        publish(hub, "alice", "1")
        last = ids(await first.take())[-1]
    publish(hub, "bob", "x")
    publish(hub, "alice", "2")
    with hub.watching("alice", last) as again:
        assert names(await again.take()) == ["2"]


async def test_what_cannot_be_resumed_is_a_reload() -> None:
    hub = Hub(kept=2)
    for number in range(5):
        publish(hub, "alice", str(number))
    boot = hub._boot
    for last in (f"{boot}-1", f"{boot}-99", f"{boot}-x", "other-3", "", "1"):
        with hub.watching("alice", last) as watch:
            assert await watch.take() == RELOAD, last
    with hub.watching("alice", f"{boot}-3") as watch:
        assert names(await watch.take()) == ["3", "4"]


async def test_one_that_reads_too_slowly_reloads() -> None:
    hub = Hub()
    with hub.watching("alice", None) as slow:
        for number in range(QUEUE_CHANGES + 2):
            publish(hub, "alice", str(number))
        text = await slow.take()
    assert text.startswith(RELOAD)
    assert names(text.removeprefix(RELOAD)) == [str(QUEUE_CHANGES + 1)]


async def test_what_comes_every_second_is_told_once_has_no_id_and_pushes_nothing_out() -> None:
    hub = Hub(kept=2)
    with hub.watching("alice", None) as watch:
        publish(hub, "alice", "1")
        for _ in range(2 * QUEUE_CHANGES):
            for account in ("a", "b"):
                hub.publish("live_changes", json.dumps({"op": "UPDATE", "id": account, "user_id": "alice"}))
        text = await watch.take()
        assert (names(text), len(ids(text))) == (["1", "a", "b"], 1)
        publish(hub, "alice", "2")
        assert names(await watch.take()) == ["2"]
    with hub.watching("alice", ids(text)[-1]) as again:
        assert names(await again.take()) == ["2"]


async def test_a_lost_database_is_a_reload_for_all() -> None:
    hub = Hub()
    with hub.watching("alice", None) as watch:
        publish(hub, "alice", "1")
        last = ids(await watch.take())[-1]
        hub.lost()
        assert await watch.take() == RELOAD
    with hub.watching("alice", last) as again:
        assert await again.take() == RELOAD


async def test_a_stream_ends_with_its_token_and_is_watched_no_more() -> None:
    async def welcome() -> bool:
        return True

    hub = Hub()
    told = [text async for text in lines_until(hub, "alice", None, time.time() + 0.05, welcome)]
    assert (told[0], told[-1]) == (BEGUN, EXPIRED)
    assert hub.watches == 0


async def test_who_is_no_longer_welcome_is_sent_away() -> None:
    async def welcome() -> bool:
        return False

    told = [text async for text in lines_until(Hub(), "alice", None, time.time() + 600, welcome, recheck_s=0)]
    assert told == [BEGUN, EXPIRED]


def welcome_once() -> Callable[[], Awaitable[bool]]:
    """Yes, and then no: with it a stream that is rechecked at once brings one text and ends, by no clock."""
    answers = iter((True, False))

    async def welcome() -> bool:
        return next(answers)

    return welcome


async def test_one_who_begins_after_a_position_is_told_what_came_since_and_need_not_read_all_again() -> None:
    async def told() -> list[str]:
        lines = lines_until(hub, "alice", position, time.time() + 600, welcome_once(), recheck_s=0)
        return [text async for text in lines]

    hub = Hub()
    publish(hub, "alice", "before")
    position = hub.position
    publish(hub, "alice", "since")
    begun, changes, ended = await told()
    assert (begun, names(changes), ended) == (RESUMED, ["since"], EXPIRED)
    hub.lost()
    assert await told() == [RESUMED, RELOAD, EXPIRED]


async def test_a_sixth_stream_of_a_person_ends_the_oldest_with_its_reason() -> None:
    hub = Hub()

    def stream(user: str) -> AsyncGenerator[str]:
        return lines_until(hub, user, None, time.time() + 60, let_in)

    async def let_in() -> bool:
        return True

    first, *others = [stream("alice") for _ in range(MOST_STREAMS)]
    bob = stream("bob")
    for lines in (first, *others, bob):
        assert await anext(lines) == BEGUN
    sixth = stream("alice")
    assert await anext(sixth) == BEGUN
    assert [line async for line in first] == [ENDED], "the reason, and not that its token has expired"
    publish(hub, "alice", "1")
    for lines in (*others, sixth):
        assert names(await anext(lines)) == ["1"]
    assert hub.watches == MOST_STREAMS + 1
    for lines in (*others, sixth, bob):
        await lines.aclose()
    assert hub.watches == 0


async def test_a_stream_that_was_ended_takes_no_newer_one_along() -> None:
    hub = Hub()
    with ExitStack() as ended:
        ended.enter_context(hub.watching("alice", None))
        with ExitStack() as others:
            for _ in range(MOST_STREAMS):
                others.enter_context(hub.watching("alice", None))
        with hub.watching("alice", None) as newer:
            ended.close()
            publish(hub, "alice", "1")
            assert names(await newer.take()) == ["1"]
