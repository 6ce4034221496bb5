"""Answers that may be of something else, or of nothing: what they must not be taken for."""

from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest

from lockstep_core.market.retcodes import NO_CONNECTION
from lockstep_core.wire.codec import decode_all
from lockstep_core.wire.envelope import ENVELOPE, Kind, decode_envelope
from lockstep_core.wire.frames import Action, Command, Entry, Result, Stage

from .terminals import LOT, Terminal
from .worlds import SLAVE, World, copier


class Silent(World):
    """The slave does nothing by itself; `commands` is what it was told."""

    def __init__(self, *copiers: object) -> None:
        self.commands: list[Command] = []
        super().__init__(*copiers)  # type: ignore[arg-type]
        self.to_terminal = self._keep

    def _keep(self, terminal: Terminal, message: bytes) -> bool:
        if terminal is not self.slave or decode_envelope(message).kind != Kind.COMMANDS:
            return True
        self.commands += [frame for frame in decode_all(message, ENVELOPE.size) if isinstance(frame, Command)]
        return False

    def answer(self, command: Command, stage: Stage, retcode: int = 0, number: int | None = None) -> None:
        said = command.command if number is None else number
        now_ns = self.now_ns
        head = (said, command.link, 0, 0, 0, 0, -1, 0.0, now_ns, now_ns, now_ns)
        self.slave.tell(Result(*head, stage, command.action, retcode, 0, ""))
        self.run()

    def actions(self) -> list[int]:
        return [command.action for command in self.commands]


def slow() -> object:
    return copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 600_000})


def test_a_question_that_a_terminal_without_its_broker_cannot_answer_is_asked_again() -> None:
    world = Silent(slow())
    world.master.open(LOT)
    world.run()
    world.answer(world.commands[-1], Stage.PLACED)
    world.pass_ms(2500)
    assert world.actions() == [Action.OPEN, Action.QUERY]
    world.answer(world.commands[-1], Stage.REJECTED, NO_CONNECTION)
    world.pass_ms(12_000)
    assert set(world.actions()[1:]) == {Action.QUERY}


def test_a_repeated_opening_refused_for_want_of_a_broker_may_have_been_carried_out_the_first_time() -> None:
    world = Silent(slow())
    world.master.open(LOT)
    world.run()
    world.pass_ms(2500)
    assert world.actions() == [Action.OPEN, Action.OPEN]
    world.answer(world.commands[-1], Stage.REJECTED, NO_CONNECTION)
    world.pass_ms(12_000)
    assert set(world.actions()[2:]) == {Action.QUERY}


def test_an_opening_that_never_left_for_want_of_a_broker_is_tried_while_it_is_fresh() -> None:
    world = World()
    world.slave.reject = [NO_CONNECTION] * 4
    world.master.open(LOT)
    world.run()
    world.pass_ms(4500)
    assert world.statuses() == [("open", None)]


def test_an_opening_that_found_no_broker_in_time_is_skipped_and_not_blamed_on_the_broker() -> None:
    world = World()
    world.slave.reject = [NO_CONNECTION] * 100
    world.master.open(LOT)
    world.run()
    world.pass_ms(8000)
    assert world.statuses() == [("skipped", "slave_offline")]


@pytest.mark.parametrize("wait_ms", [0, 20_000])
def test_an_opening_refused_in_passing_ends_with_its_masters_position(wait_ms: int) -> None:
    world = Silent(slow())
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(wait_ms or 100)
    for command in world.commands:
        world.answer(command, Stage.IN_FLIGHT)
    world.master.close(ticket)
    world.run()
    world.answer(world.commands[0], Stage.REJECTED, 10021, number=0)
    world.pass_ms(1000)
    assert world.statuses() == [("rejected", "broker_10021")]
    assert world.engine.followed == 0


def test_an_outcome_of_earlier_stops_is_not_taken_for_that_of_newer_ones() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    commands = list(stops_under_way(world, ticket))
    held = next(iter(world.slave.held.values()))
    first = msgspec.structs.replace(commands[0], command=0)
    world.to_terminal = lambda _terminal, _message: True
    world.slave._answer(first, Stage.DONE, held)
    world.run()
    world.pass_ms(1000)
    assert (held.sl, held.tp) == (1.02, 0.0)


def test_a_refusal_of_earlier_stops_does_not_end_newer_ones() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    commands = list(stops_under_way(world, ticket))
    held = next(iter(world.slave.held.values()))
    first = msgspec.structs.replace(commands[0], command=0)
    world.to_terminal = lambda _terminal, _message: True
    world.slave._answer(first, Stage.REJECTED, held, 10016)
    world.run()
    world.pass_ms(1000)
    assert (held.sl, held.tp) == (1.02, 0.0)


def stops_under_way(world: World, ticket: int) -> Iterator[Command]:
    """Two changes of stops: the first is made and seen before it is answered, the second is not carried out yet."""
    kept: list[Command] = []

    def keep(terminal: Terminal, message: bytes) -> bool:
        if terminal.account == SLAVE and decode_envelope(message).kind == Kind.COMMANDS:
            kept.extend(frame for frame in decode_all(message, ENVELOPE.size) if isinstance(frame, Command))
            return False
        return True

    world.to_terminal = keep
    world.master.set_stops(ticket, 1.01, 0.0)
    world.run()
    world.slave.set_stops(next(iter(world.slave.held)), 1.01, 0.0)
    world.master.set_stops(ticket, 1.02, 0.0)
    world.run()
    yield from kept


def test_a_copy_keeps_its_share_of_what_its_master_had_when_it_was_sized() -> None:
    world = World(connect=False)
    world.connect(world.master)
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket, LOT // 2)
    world.run()
    world.connect(world.slave)
    world.pass_ms(1000)
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]
    assert [row.master_lots for row in world.rows().values()] == [LOT // 2]
    world.master.close(ticket, LOT // 4)
    world.run()
    assert [held.volume for held in world.slave.held.values()] == [LOT // 4]


def test_what_is_found_of_an_unanswered_opening_is_what_is_left_of_the_whole() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    before = [msgspec.structs.replace(link, status="sent", open_lots=0) for link in world.known()]
    world.master.close(ticket, LOT // 2)
    world.run()
    world.start_router(*before)
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]


def test_an_order_of_ours_that_nobody_expected_any_more_is_closed() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    copy = next(iter(world.slave.held.values()))
    magic, tag = copy.magic, copy.comment
    world.master.close(ticket)
    world.run()
    assert world.slave.held == {}
    world.slave.open(LOT, magic=magic, tag=tag)
    world.run()
    assert world.slave.held == {}


def test_a_copy_that_is_filled_in_two_deals_keeps_its_share_of_the_whole() -> None:
    world = Silent()
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket, LOT // 2)
    world.run()
    opening = world.commands[0]
    copy = world.slave.open(LOT // 4, magic=opening.link, tag=opening.comment)
    world.run()
    assert world.actions() == [Action.OPEN]
    held = world.slave.held[copy]
    held.volume += LOT * 3 // 4
    world.slave.tell(world.slave._deal(held, Entry.IN, LOT * 3 // 4))
    world.run()
    assert [(c.action, c.volume) for c in world.commands[1:]] == [(Action.SET_VOLUME, LOT // 2)]


def test_an_opening_tried_again_with_fewer_lots_counts_with_those() -> None:
    world = Silent(slow())
    ticket = world.master.open(LOT)
    world.run()
    world.start_router(*world.known())
    world.to_terminal = lambda _terminal, _message: True
    world.master.close(ticket, LOT // 2)
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(8000)
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]
    assert [row.wished_lots for row in world.rows().values()] == [LOT // 2]


@pytest.mark.timeout(10)
def test_a_copy_about_whose_slave_nothing_is_known_now_is_not_looked_at_for_ever() -> None:
    world = World()
    world.master.open(LOT)
    world.run()
    world.pass_ms(6000)
    world.engine.minds[SLAVE].forget()
    world.change_plan(copier(number=UUID(int=7)))
    world.change_plan(copier())
    world.act(world.engine.on_clock(world.now_ns))
    world.slave.snapshot()
    world.run()
    assert world.statuses() == [("open", None)]


def test_what_one_pod_was_told_is_not_told_another_before_it_would_show() -> None:
    world = Silent(slow())
    world.master.open(LOT)
    world.run()
    assert world.actions() == [Action.OPEN]
    world.slave.incarnation += 1
    world.connect(world.slave, epoch=2)
    world.pass_ms(2500)
    assert world.actions() == [Action.OPEN]
    world.pass_ms(1000)
    assert world.actions() == [Action.OPEN, Action.QUERY]


def first_deal_of_two(world: Silent) -> int:
    """A fifth of the copy is open, and the rest of its order on its way."""
    world.master.open(LOT)
    world.run()
    (command,) = world.commands
    ticket = world.slave.open(LOT // 5, magic=command.link, tag=command.comment)
    world.run()
    return ticket


def limited(lots: str) -> object:
    return copier({"sizing": {"mode": "multiplier", "factor": 1}, "limits": {"max_total_lots": lots}})


def test_what_an_order_still_fills_counts_for_the_limit_of_all_lots() -> None:
    world = Silent(limited("1.2"))
    ticket = first_deal_of_two(world)
    world.master.open(LOT)
    world.run()
    assert world.actions() == [Action.OPEN]
    assert ("skipped", "too_many_lots") in world.statuses()
    world.slave.add(ticket, LOT * 4 // 5)
    world.run()
    assert ("open", None) in world.statuses()


def test_what_was_never_filled_counts_no_more_after_a_while() -> None:
    world = Silent(limited("1.2"))
    first_deal_of_two(world)
    world.pass_ms(11_000)
    world.master.open(LOT)
    world.run()
    assert world.actions() == [Action.OPEN, Action.OPEN]


def test_what_was_reduced_meanwhile_counts_as_it_is() -> None:
    world = Silent(limited("1.2"))
    ticket = first_deal_of_two(world)
    world.slave.close(ticket, LOT // 10)
    world.run()
    world.master.open(LOT)
    world.run()
    assert world.actions() == [Action.OPEN, Action.OPEN]
