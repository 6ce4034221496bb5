"""MT4 slaves: whose an order is, though no field of it has room for a link (ADR 30)."""

import msgspec
import pytest

from lockstep_core.books.links import link_id
from lockstep_core.books.mt4 import magic_of
from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import DealMoney, Result
from lockstep_router.execution.reasons import of_refusal
from lockstep_router.journal.records import CopyRow, DealMoneyRow
from tests.simulation.broker_data import AccountKind
from tests.simulation.database import known_link
from tests.simulation.mt4_orders import LinkFile
from tests.simulation.twins import twin_tickets

from .engine_harness import COPIER, SLAVE, EngineHarness
from .terminals import LOT


def harness_of() -> EngineHarness:
    return EngineHarness(kinds={SLAVE: AccountKind.MT4})


def lose_file(harness: EngineHarness) -> None:
    """The slave gets another pod, whose program knows nothing; its snapshot tells no links."""
    harness.slave.process.host.link_file = LinkFile()
    harness.slave.incarnation += 1
    harness.epochs[SLAVE] += 1
    harness.connect(harness.slave)
    harness.pass_ms(1_500, 100)


def rows(harness: EngineHarness) -> dict[int, CopyRow]:
    """The newest row of each link."""
    return {row.link: row for row in harness.journal if isinstance(row, CopyRow)}


def twins(harness: EngineHarness) -> tuple[int, int]:
    """Two trades of the master whose links have one magic number; returns their tickets."""
    tickets = twin_tickets(COPIER, 1_500_000)
    assert tickets is not None
    harness.master.broker.next_tickets.extend(tickets)
    return tickets


def test_the_broker_sees_31_bits_and_the_router_the_link() -> None:
    harness = harness_of()
    ticket = harness.master.open(LOT)
    harness.run()
    link = link_id(COPIER, ticket)
    shown = [position.magic for position in harness.slave.process.positions.values()]
    assert shown == [magic_of(link)]
    assert rows(harness)[link].status == "open"
    harness.master.close(ticket)
    harness.run()
    assert harness.slave.positions == {}


@pytest.mark.parametrize("restarted", [False, True], ids=["the router goes on", "the router is new"])
def test_a_copy_is_followed_when_its_program_has_lost_its_file(restarted: bool) -> None:
    harness = harness_of()
    ticket = harness.master.open(LOT)
    harness.run()
    if restarted:
        harness.start_router(*[known_link(row) for row in rows(harness).values()])
        harness.connect(harness.master)
    lose_file(harness)
    harness.master.close(ticket, LOT // 2)
    harness.pass_ms(1_500, 100)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    harness.master.close(ticket)
    harness.pass_ms(1_500, 100)
    assert harness.slave.positions == {}


def test_a_copy_without_row_and_file_is_found_by_its_number() -> None:
    harness = harness_of()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.start_router()
    harness.connect(harness.master)
    lose_file(harness)
    assert rows(harness)[link_id(COPIER, ticket)].status == "open"
    assert len(harness.slave.positions) == 1
    harness.master.close(ticket)
    harness.pass_ms(1_500, 100)
    assert harness.slave.positions == {}


def test_copies_that_cannot_be_told_apart_are_left_to_their_owner() -> None:
    harness = harness_of()
    links = [link_id(COPIER, ticket) for ticket in twins(harness)]
    tickets = [harness.master.open(LOT) for _ in links]
    harness.run()
    assert len(harness.slave.positions) == 2
    harness.start_router()
    harness.connect(harness.master)
    lose_file(harness)
    harness.master.close(tickets[0])
    harness.pass_ms(30_000, 500)
    assert len(harness.slave.positions) == 2
    told = rows(harness)
    assert {(told[link].status, told[link].reason) for link in links} == {("unresolved", "identity_unknown")}
    assert told[links[0]].params == {"symbol": "EURUSD", "magic": str(magic_of(links[0]))}


def test_a_ticket_tells_copies_apart_whose_numbers_are_the_same() -> None:
    harness = harness_of()
    links = [link_id(COPIER, ticket) for ticket in twins(harness)]
    tickets = [harness.master.open(LOT) for _ in links]
    harness.run()
    copies = {row.link: row.slave_position for row in rows(harness).values()}
    harness.start_router(*[known_link(row) for row in rows(harness).values()])
    harness.connect(harness.master)
    lose_file(harness)
    harness.master.close(tickets[0])
    harness.pass_ms(1_500, 100)
    assert list(harness.slave.positions) == [copies[links[1]]]


def test_an_opening_that_a_new_pod_knows_nothing_of_is_not_sent_again() -> None:
    harness = harness_of()
    harness.slave.broker.holds = True
    ticket = harness.master.open(LOT)
    harness.run()
    lose_file(harness)
    harness.slave.process.claims = type(harness.slave.process.claims)()
    harness.pass_ms(12_000, 200)
    harness.slave.broker.holds = False
    harness.slave.broker.release()
    harness.pass_ms(1_500, 100)
    assert [command.action for command in harness.slave.received].count(Action.OPEN) == 1
    assert len(harness.slave.positions) == 1
    assert rows(harness)[link_id(COPIER, ticket)].status == "open"


def begin_unseen(harness: EngineHarness) -> int:
    """The broker works on an opening of which a new pod knows nothing, and the master closes meanwhile; returns the link.
    The broker keeps no comments, so the order will say nothing but its number.
    """
    broker = harness.slave.broker
    broker.spec = msgspec.structs.replace(broker.spec, comment_length=0)
    broker.holds = True
    ticket = harness.master.open(LOT)
    harness.run()
    lose_file(harness)
    harness.slave.process.claims = type(harness.slave.process.claims)()
    harness.master.close(ticket)
    return link_id(COPIER, ticket)


def test_an_opening_that_comes_after_its_master_has_closed_is_closed_too() -> None:
    harness = harness_of()
    link = begin_unseen(harness)
    harness.pass_ms(40_000, 200)
    harness.slave.broker.holds = False
    harness.slave.broker.release()
    harness.pass_ms(1_500, 100)
    assert [deal.entry for deal in harness.slave.broker.deals] == [DealEntry.IN, DealEntry.OUT]
    assert harness.slave.positions == {}
    assert rows(harness)[link].status == "closed"


def test_an_opening_of_which_nothing_shows_for_a_minute_is_given_up() -> None:
    harness = harness_of()
    link = begin_unseen(harness)
    harness.pass_ms(55_000, 200)
    assert rows(harness)[link].status == "unresolved"
    harness.pass_ms(15_000, 200)
    assert (rows(harness)[link].status, rows(harness)[link].reason) == ("skipped", "out_of_sync")


def test_what_a_refusal_was_is_told_by_mt4s_own_number() -> None:
    head = (1, 7, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, Stage.REJECTED, Action.OPEN)
    refusal = Result(*head, 10004, 138, "")
    assert of_refusal(refusal, is_mt4=True).params["retcode"] == "MT4:138"
    assert of_refusal(refusal, is_mt4=False).params["retcode"] == "10004"
    assert of_refusal(refusal, is_mt4=True).reason == "broker_10004"


@pytest.mark.parametrize("told", [True, False], ids=["its program tells whose it is", "nobody tells"])
def test_money_is_its_copys(told: bool) -> None:
    harness = harness_of()
    ticket = harness.master.open(LOT)
    harness.run()
    link = link_id(COPIER, ticket)
    position = next(iter(harness.slave.positions))
    ids = (900, position, position, 0, magic_of(link), link if told else 0, 0)
    harness.slave.report(DealMoney(*ids, 1.0, 0.0, 0.0, 0.0, 1, 0, "EURUSD"))
    harness.run()
    money = [row.link for row in harness.journal if isinstance(row, DealMoneyRow)]
    assert money == [link]
