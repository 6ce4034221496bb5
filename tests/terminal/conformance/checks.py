"""The checks of positions, for any terminal on a hedging demo account with EURUSD.

Nothing here knows the test terminal or its broker. Each check gets a client and uses new links.
"""

from conformance.client import LOT, SYMBOL, UNFINISHED, BridgeClient, link_of
from conformance.relay import drain
from lockstep_core.wire.enums import Action, Capability, DealEntry, Stage
from lockstep_core.wire.frames import AccountFrame, PositionFrame, Symbol


def a_snapshot_is_whole_and_names_account_and_symbols(client: BridgeClient) -> None:
    """Begin, account, symbols, positions and end. Begin and end both count positions and symbols."""
    link = client.opened()
    begin, frames, end = client.snapshot()
    account = next(f for f in frames if isinstance(f, AccountFrame))
    positions = [f for f in frames if isinstance(f, PositionFrame) and not f.allocation]
    assert account.login > 0
    assert account.currency
    assert account.connected == 1
    assert account.capabilities == Capability.ORDERS | Capability.QUOTES
    assert (begin.positions, begin.symbols) == (end.positions, end.symbols)
    assert len(positions) == end.positions
    assert SYMBOL in [f.symbol for f in frames if isinstance(f, Symbol)]
    assert [p.volume for p in positions if link_of(p) == link] == [LOT // 10]


def opening_a_link_again_and_again_makes_one_position(client: BridgeClient) -> None:
    """Repeated at once, while the order is in flight, and after it was filled."""
    link = client.new_link()
    stages = [Stage(client.command(Action.OPEN, link, volume=LOT // 10).stage) for _ in range(5)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN}
    done = client.outcome(link)
    assert (done.stage, done.volume) == (Stage.DONE, LOT // 10)
    again = client.command(Action.OPEN, link, volume=LOT // 10)
    assert (again.stage, again.position, again.volume) == (Stage.ALREADY_OPEN, done.position, LOT // 10)
    assert client.deals(link, DealEntry.IN) == []


def setting_a_volume_again_and_again_closes_the_difference_once(client: BridgeClient) -> None:
    """From 0.10 lots down to 0.04: one deal of 0.06."""
    link = client.opened()
    drain(client.relay.events)
    for _ in range(5):
        answer = client.command(Action.SET_VOLUME, link, volume=4 * LOT // 100)
        assert answer.stage in (*UNFINISHED, Stage.DONE)
    assert [t.volume for t in client.deals(link, DealEntry.OUT)] == [6 * LOT // 100]
    settled = client.command(Action.SET_VOLUME, link, volume=4 * LOT // 100)
    assert (settled.stage, settled.volume) == (Stage.DONE, 4 * LOT // 100)
    assert client.command(Action.SET_VOLUME, link, volume=9 * LOT // 100).stage == Stage.DONE


def setting_stops_that_hold_already_sends_nothing(client: BridgeClient) -> None:
    """The first command is sent, the second is answered DONE at once."""
    link = client.opened()
    price = client.command(Action.QUERY, link).price
    stops = {"sl": round(price - 0.01, 5), "tp": round(price + 0.01, 5)}
    assert client.command(Action.SET_STOPS, link, **stops).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.SET_STOPS, link, **stops).stage == Stage.DONE


def closing_again_and_again_closes_once_and_the_link_stays_used(client: BridgeClient) -> None:
    """A closed link is never opened again."""
    link = client.opened()
    drain(client.relay.events)
    answers = [Stage(client.command(Action.CLOSE, link).stage) for _ in range(4)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_CLOSED}
    assert [t.volume for t in client.deals(link, DealEntry.OUT)] == [LOT // 10]
    assert client.command(Action.CLOSE, link).stage == Stage.ALREADY_CLOSED
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_CLOSED


def a_link_that_never_was_has_nothing_to_close_or_to_query(client: BridgeClient) -> None:
    """Nothing is sent to the broker."""
    link = client.new_link()
    assert client.command(Action.CLOSE, link).stage == Stage.NOTHING
    assert client.command(Action.SET_STOPS, link, sl=1.0).stage == Stage.NOTHING
    assert client.command(Action.QUERY, link).stage == Stage.NOTHING


def a_refused_open_leaves_the_link_free(client: BridgeClient) -> None:
    """The broker refuses a volume below every minimum. A good volume then opens the link."""
    link = client.new_link()
    first = client.command(Action.OPEN, link, volume=LOT // 100_000)
    if first.stage == Stage.PLACED:
        first = client.outcome(link)
    assert (first.stage, first.retcode) == (Stage.REJECTED, 10014)
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def a_hedging_account_has_no_net_to_be_set(client: BridgeClient) -> None:
    """SET_NET is refused, and nothing is sent."""
    link = client.new_link()
    refused = client.command(Action.SET_NET, link, volume=LOT // 10)
    assert (refused.stage, refused.retcode) == (Stage.REJECTED, 0)
    assert client.command(Action.QUERY, link).stage == Stage.NOTHING


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
