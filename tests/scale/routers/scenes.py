"""What is measured of a router, scene by scene. Each has processes of its own."""

import time
from collections.abc import Callable, Iterator

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import Tick
from tests.scale.figures import Figure, figure, once
from tests.scale.routers.crowd import Crowd, Group, crowd, groups_of
from tests.scale.routers.native import Driver
from tests.scale.routers.recovery import recovered_s
from tests.scale.routers.rivals import plain_libzmq, rest, zmq_asyncio

US, MS = 1e3, 1e6
WARM_UP = 20
BLOCK = 10
"""So many rounds of one program come before the next one's turn: a machine whose speed drifts slows all of them alike."""
TICKS_A_SECOND = 100_000
TICKS_IN_MESSAGE = 50
TICKING = 100
SILENCE_S = 60
AT_ONCE = 50
"""So many positions a master opens at once where thousands are to be open."""


def last(times: list[int], unit: float = US) -> float:
    """The slowest of a round."""
    return max(times) / unit


def side_by_side(driver: Driver, slaves: int, rounds: int) -> Iterator[Figure]:
    """One trade for so many slaves: plain libzmq in C, zmq.asyncio and the router by turns."""
    with plain_libzmq(slaves) as plain, zmq_asyncio(slaves) as asyncio, crowd(driver, groups_of(1, slaves)) as made:
        group = made.groups[0]
        programs: dict[str, Callable[[], list[int]]] = {
            "plain": lambda: plain.round(driver),
            "asyncio": lambda: asyncio.round(driver),
            "outside": lambda: made.round(group),
        }
        for program in programs.values():
            for _ in range(WARM_UP):
                program()
        made.told.router_us.clear()
        taken = by_turns(programs, made, rounds)
        made.settle(1.2)
        found = {name: figure(f"{name}_{slaves}", "us", times) for name, times in taken.items()}
        yield from found.values()
        for rival, name in (("plain", "libzmq"), ("asyncio", "asyncio")):
            yield once(f"outside_{slaves}_vs_{name}", "x", found["outside"].p50 / found[rival].p50)
        yield figure(f"in_out_{slaves}", "us", made.told.router_us)


def by_turns(programs: dict[str, Callable[[], list[int]]], made: Crowd, rounds: int) -> dict[str, list[float]]:
    """The time to the last slave, by program."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds // BLOCK):
        for name, program in programs.items():
            for _ in range(BLOCK):
                taken[name].append(last(program()))
                made.beat()
                rest()
    return taken


def fanout_1000(driver: Driver, rounds: int) -> Iterator[Figure]:
    """One trade for a thousand slaves."""
    with crowd(driver, groups_of(1, 1000)) as made:
        group = made.groups[0]
        for _ in range(5):
            made.round(group)
        yield figure("fanout_1000_last", "ms", [last(made.round(group), MS) for _ in range(rounds)])
        yield once("router_rss_1001", "MB", made.rss_mb())


def commands_a_second(driver: Driver, rounds: int) -> Iterator[Figure]:
    """Fifty trades at once for a hundred slaves each."""
    with crowd(driver, groups_of(1, 100)) as made:
        group, taken = made.groups[0], []
        for _ in range(rounds + 1):
            times = made.round(group, AT_ONCE)
            taken.append(len(times) / (max(times) / 1e9))
        yield figure("commands", "1/s", taken[1:])


def bursts_of_500(driver: Driver, rounds: int) -> Iterator[Figure]:
    """Five hundred trades at once of one master for one slave: to the last of them."""
    with crowd(driver, groups_of(1, 1)) as made:
        group = made.groups[0]
        made.round(group, 500)
        yield figure("burst_500_last", "ms", [last(made.round(group, 500), MS) for _ in range(rounds)])


def among_accounts(driver: Driver, counts: list[int], rounds: int) -> Iterator[Figure]:
    """One trade for one slave among ever more accounts that are there and beat once a second."""
    with crowd(driver, groups_of(max(counts) // 2, 1), joined=False) as made:
        joined = 0
        for count in counts:
            made.join([login for group in made.groups[joined // 2 : count // 2] for login in group.logins])
            joined = count
            yield figure(f"outside_1_of_{count}_accounts", "us", beaten_rounds(made, made.groups[0], rounds))
        yield once(f"router_rss_{joined}", "MB", made.rss_mb())


def beaten_rounds(made: Crowd, group: Group, rounds: int) -> list[float]:
    """Rounds of one group, while all accounts beat."""
    for _ in range(WARM_UP):
        made.round(group)
    found = []
    for _ in range(rounds):
        found.append(last(made.round(group)))
        rest()
    return found


def beside_links(driver: Driver, counts: list[int], rounds: int) -> Iterator[Figure]:
    """One trade for one slave while others hold ever more copies open: ten slaves the first few, a hundred the rest."""
    one, ten, hundred = Group(1, range(2, 3)), Group(3, range(4, 14)), Group(14, range(15, 115))
    with crowd(driver, [one, ten, hundred]) as made:
        links = 0
        for count in counts:
            links = open_links(made, links, count, ten if count < len(hundred.slaves) else hundred)
            made.settle(2)
            yield figure(f"outside_1_of_{count}_links", "us", beaten_rounds(made, one, rounds))
        yield once(f"router_rss_{count}_links", "MB", made.rss_mb())


def open_links(made: Crowd, links: int, count: int, group: Group) -> int:
    """Has a group open copies until there are so many; how many there are."""
    slaves = len(group.slaves)
    while links < count:
        each = max(1, min(AT_ONCE, (count - links) // slaves))
        made.filled(group, made.opened(group, each)[1])
        links += each * slaves
    return links


def beside_ticks(driver: Driver, rounds: int) -> Iterator[Figure]:
    """One trade for one slave while a hundred terminals tell a hundred thousand quotes a second."""
    body = b"".join(encode(Tick(1.1, 1.2, 0, 0, f"SYMBOL{n}")) for n in range(TICKS_IN_MESSAGE))
    others = [login for group in groups_of(1 + TICKING // 2, 1)[1:] for login in group.logins]
    with crowd(driver, groups_of(1 + TICKING // 2, 1)) as made:
        with made.ticking(body, TICKS_IN_MESSAGE, TICKS_A_SECOND, others) as sent:
            started = time.monotonic()
            made.settle(1)
            times = beaten_rounds(made, made.groups[0], rounds)
            took = time.monotonic() - started
        made.settle(1.5)
        yield figure("outside_1_beside_ticks", "us", times)
        yield once("ticks_sent", "1/s", sent[0] / took)
        yield once("ticks_taken", "1/s", (made.told.last.ticks if made.told.last else 0) / took)


def after_silence(driver: Driver, times: int) -> Iterator[Figure]:
    """The first trade after a minute in which terminals only beat."""
    with crowd(driver, groups_of(1, 1)) as made:
        group, taken = made.groups[0], []
        for _ in range(WARM_UP):
            made.round(group)
        for _ in range(times):
            made.settle(SILENCE_S)
            taken.append(last(made.round(group)))
        yield figure("first_after_60s", "us", taken)


def recovery(driver: Driver, times: int) -> Iterator[Figure]:
    """The process dies with 200 peers: until a new trade of the master has reached all slaves."""
    with crowd(driver, groups_of(1, 199), joined=False) as made:
        yield figure("recovery_200_peers", "s", recovered_s(made, times))
