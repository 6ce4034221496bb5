"""A person's accounts move to another router while their master trades, and no terminal restarts."""

from collections.abc import Callable, Iterator

import pytest

from tests.stack.broker import Broker
from tests.stack.doors import Doors
from tests.stack.kube import TERMINALS, items
from tests.stack.scene import Scene, raise_scene
from tests.stack.second_router import second_router, sql
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

TRADES = 20
FIRST = "demo-1"


@pytest.fixture(scope="module")
def scene(public: tuple[Doors, Broker]) -> Iterator[Scene]:
    """The scene of this module. Openings stay fresh for longer than a move may take on a busy machine."""
    with raise_scene(*public, max_signal_age_ms=60_000) as scene:
        yield scene


@pytest.fixture
def second() -> Iterator[str]:
    with second_router() as shard:
        yield shard


def places(scene: Scene) -> set[str]:
    """The shards of the scene's accounts, and the shards that they are moving to."""
    query = "select concat_ws(' ', shard, moving_to) from public.trading_accounts where id in (:'master', :'slave')"
    return set(sql(query, master=scene.master.id, slave=scene.slave.id).split("\n"))


def move(scene: Scene, shard: str) -> None:
    """Starts a move of both accounts to a shard."""
    sql("select private.move_group(:'account', :'shard')", account=scene.slave.id, shard=shard)


def there(scene: Scene, shard: str) -> None:
    """Waits until both accounts are on a shard."""
    wait_for(f"both accounts on {shard}", lambda: places(scene) == {shard} or None, 60)


def pods(scene: Scene) -> set[str]:
    """The uids of the scene's terminal pods."""
    names = (scene.master.resource, scene.slave.resource)
    found = (pod["metadata"] for pod in items("pod", TERMINALS))
    return {pod["uid"] for pod in found if pod["name"].startswith(names)}


def copied(scene: Scene) -> tuple[int, int]:
    """How many copies the scene's copier has, and how many of them failed."""
    query = "select count(*) || ' ' || count(*) filter (where status not in ('open', 'closed')) from public.copies"
    row = sql(query + " where copier_id = :'copier'", copier=scene.copier)
    total, other = row.split()
    return int(total), int(other)


def longest_ms(scene: Scene) -> int:
    """The longest latency of an opening, from the master's event to the slave's order."""
    query = "select coalesce(max((spans ->> 'event_to_order_us')::bigint), 0) / 1000 from public.copies"
    return int(sql(query + " where copier_id = :'copier'", copier=scene.copier))


def test_accounts_that_change_their_router_under_trades_lose_and_double_nothing(
    scene: Scene, second: str, record_property: Callable[[str, object], None]
) -> None:
    before, running = copied(scene), pods(scene)
    orders = scene.broker.orders_received(scene.slave.login.login)
    for shard in (second, FIRST):
        tickets = []
        for n in range(TRADES):
            tickets.append(scene.open("0.20"))
            if n == TRADES // 2:
                move(scene, shard)
        there(scene, shard)
        scene.see_all("every trade once", *[("buy", "0.10")] * TRADES, seconds=120)
        for ticket in tickets:
            scene.close(ticket)
        wait_for("all copies closed", lambda: not scene.copies() or None, 60)
    wait_for("every row", lambda: copied(scene) == (before[0] + 2 * TRADES, before[1]) or None, 60)
    assert scene.broker.orders_received(scene.slave.login.login) == orders + 4 * TRADES
    assert pods(scene) == running
    record_property("longest_ms", longest_ms(scene))
