"""The checks of positions. Each takes a bench (a terminal that is connected, seen from the relay) and unused links.

They hold for any terminal on a hedging demo account with EURUSD: nothing here knows of the test terminal or its broker.
"""

from conformance.bench import LOT, SYMBOL, UNFINISHED, Bench
from conformance.relay import drain
from lockstep_core.wire.frames import AccountFrame, Action, Capability, DealEntry, PositionFrame, Stage, Symbol


def a_snapshot_is_whole_and_names_account_and_symbols(bench: Bench) -> None:
    """Begin, account, symbols, positions, end, with the counts that both ends say."""
    link = bench.opened()
    begin, frames, end = bench.snapshot()
    account = next(f for f in frames if isinstance(f, AccountFrame))
    positions = [f for f in frames if isinstance(f, PositionFrame) and not f.allocation]
    assert account.login > 0
    assert account.currency
    assert account.connected == 1
    assert account.capabilities == Capability.ORDERS
    assert (begin.positions, begin.symbols) == (end.positions, end.symbols)
    assert len(positions) == end.positions
    assert SYMBOL in [f.symbol for f in frames if isinstance(f, Symbol)]
    assert [p.volume for p in positions if p.magic == link] == [LOT // 10]


def opening_a_link_again_and_again_makes_one_position(bench: Bench) -> None:
    """At once, while the order is under way, and after it was filled."""
    link = bench.new_link()
    stages = [Stage(bench.tell(Action.OPEN, link, volume=LOT // 10).stage) for _ in range(5)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN}
    done = bench.outcome(link)
    assert (done.stage, done.volume) == (Stage.DONE, LOT // 10)
    again = bench.tell(Action.OPEN, link, volume=LOT // 10)
    assert (again.stage, again.position, again.volume) == (Stage.ALREADY_OPEN, done.position, LOT // 10)
    assert bench.deals(link, DealEntry.IN) == []


def setting_a_volume_again_and_again_closes_the_difference_once(bench: Bench) -> None:
    """0.10 lots down to 0.04: one deal of 0.06."""
    link = bench.opened()
    drain(bench.relay.events)
    for _ in range(5):
        answer = bench.tell(Action.SET_VOLUME, link, volume=4 * LOT // 100)
        assert answer.stage in (*UNFINISHED, Stage.DONE)
    assert [t.volume for t in bench.deals(link, DealEntry.OUT)] == [6 * LOT // 100]
    settled = bench.tell(Action.SET_VOLUME, link, volume=4 * LOT // 100)
    assert (settled.stage, settled.volume) == (Stage.DONE, 4 * LOT // 100)
    assert bench.tell(Action.SET_VOLUME, link, volume=9 * LOT // 100).stage == Stage.DONE


def setting_stops_that_hold_already_sends_nothing(bench: Bench) -> None:
    """The first is sent, the second is done."""
    link = bench.opened()
    price = bench.tell(Action.QUERY, link).price
    stops = {"sl": round(price - 0.01, 5), "tp": round(price + 0.01, 5)}
    assert bench.tell(Action.SET_STOPS, link, **stops).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.SET_STOPS, link, **stops).stage == Stage.DONE


def closing_again_and_again_closes_once_and_the_link_stays_used(bench: Bench) -> None:
    """A closed link is never opened again."""
    link = bench.opened()
    drain(bench.relay.events)
    answers = [Stage(bench.tell(Action.CLOSE, link).stage) for _ in range(4)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_CLOSED}
    assert [t.volume for t in bench.deals(link, DealEntry.OUT)] == [LOT // 10]
    assert bench.tell(Action.CLOSE, link).stage == Stage.ALREADY_CLOSED
    assert bench.tell(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_CLOSED


def a_link_that_never_was_has_nothing_to_close_or_to_query(bench: Bench) -> None:
    """Nothing is sent."""
    link = bench.new_link()
    assert bench.tell(Action.CLOSE, link).stage == Stage.NOTHING
    assert bench.tell(Action.SET_STOPS, link, sl=1.0).stage == Stage.NOTHING
    assert bench.tell(Action.QUERY, link).stage == Stage.NOTHING


def a_refused_open_leaves_the_link_free(bench: Bench) -> None:
    """A volume below every minimum is refused by the broker; the right one then opens."""
    link = bench.new_link()
    first = bench.tell(Action.OPEN, link, volume=LOT // 100_000)
    if first.stage == Stage.PLACED:
        first = bench.outcome(link)
    assert (first.stage, first.retcode) == (Stage.REJECTED, 10014)
    assert bench.tell(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def a_hedging_account_has_no_net_to_be_set(bench: Bench) -> None:
    """Refused, and nothing is sent."""
    link = bench.new_link()
    refused = bench.tell(Action.SET_NET, link, volume=LOT // 10)
    assert (refused.stage, refused.retcode) == (Stage.REJECTED, 0)
    assert bench.tell(Action.QUERY, link).stage == Stage.NOTHING


CHECKS = (
    a_snapshot_is_whole_and_names_account_and_symbols,
    opening_a_link_again_and_again_makes_one_position,
    setting_a_volume_again_and_again_closes_the_difference_once,
    setting_stops_that_hold_already_sends_nothing,
    closing_again_and_again_closes_once_and_the_link_stays_used,
    a_link_that_never_was_has_nothing_to_close_or_to_query,
    a_refused_open_leaves_the_link_free,
    a_hedging_account_has_no_net_to_be_set,
)
