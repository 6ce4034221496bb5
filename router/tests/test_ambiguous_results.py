"""Answers that may belong to an earlier order, or to none: what must not be concluded from them."""

from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest

from lockstep_core.market.retcodes import NO_CONNECTION
from lockstep_core.wire.codec import decode_all
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.envelope import ENVELOPE, Kind, decode_envelope
from lockstep_core.wire.frames import Command, Result

from .engine_harness import SLAVE, EngineHarness, copier
from .terminals import LOT, InstantTerminal


class SilentSlaveHarness(EngineHarness):
    """The slave's terminal carries out nothing; `commands` are those that it was sent."""

    def __init__(self, *copiers: object) -> None:
        self.commands: list[Command] = []
        super().__init__(*copiers)  # type: ignore[arg-type]
        self.to_terminal = self._keep

    def _keep(self, terminal: InstantTerminal, message: bytes) -> bool:
        if terminal is not self.slave or decode_envelope(message).kind != Kind.COMMANDS:
            return True
        self.commands += [frame for frame in decode_all(message, ENVELOPE.size) if isinstance(frame, Command)]
        return False

    def answer(self, command: Command, stage: Stage, retcode: int = 0, number: int | None = None) -> None:
        said = command.command if number is None else number
        now_ns = self.now_ns
        head = (said, command.link, 0, 0, 0, 0, -1, 0.0, now_ns, now_ns, now_ns)
        self.slave.report(Result(*head, stage, command.action, retcode, 0, ""))
        self.run()

    def actions(self) -> list[int]:
        return [command.action for command in self.commands]


def slow() -> object:
    return copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 600_000})


def test_a_question_that_a_terminal_without_its_broker_cannot_answer_is_asked_again() -> None:
    harness = SilentSlaveHarness(slow())
    harness.master.open(LOT)
    harness.run()
    harness.answer(harness.commands[-1], Stage.PLACED)
    harness.pass_ms(2500)
    assert harness.actions() == [Action.OPEN, Action.QUERY]
    harness.answer(harness.commands[-1], Stage.REJECTED, NO_CONNECTION)
    harness.pass_ms(12_000)
    assert set(harness.actions()[1:]) == {Action.QUERY}


def test_a_repeated_opening_refused_for_want_of_a_broker_may_have_been_carried_out_the_first_time() -> None:
    harness = SilentSlaveHarness(slow())
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(2500)
    assert harness.actions() == [Action.OPEN, Action.OPEN]
    harness.answer(harness.commands[-1], Stage.REJECTED, NO_CONNECTION)
    harness.pass_ms(12_000)
    assert set(harness.actions()[2:]) == {Action.QUERY}


def test_an_opening_that_never_left_for_want_of_a_broker_is_tried_while_it_is_fresh() -> None:
    harness = EngineHarness()
    harness.slave.refusals = [NO_CONNECTION] * 4
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(4500)
    assert harness.statuses() == [("open", None)]


def test_an_opening_that_found_no_broker_in_time_is_skipped_and_not_blamed_on_the_broker() -> None:
    harness = EngineHarness()
    harness.slave.refusals = [NO_CONNECTION] * 100
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(8000)
    assert harness.statuses() == [("skipped", "slave_offline")]


@pytest.mark.parametrize("wait_ms", [0, 20_000])
def test_an_opening_refused_in_passing_ends_with_its_masters_position(wait_ms: int) -> None:
    harness = SilentSlaveHarness(slow())
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(wait_ms or 100)
    for command in harness.commands:
        harness.answer(command, Stage.IN_FLIGHT)
    harness.master.close(ticket)
    harness.run()
    harness.answer(harness.commands[0], Stage.REJECTED, 10021, number=0)
    harness.pass_ms(1000)
    assert harness.statuses() == [("rejected", "broker_10021")]
    assert harness.engine.followed == 0


def test_an_outcome_of_earlier_stops_is_not_taken_for_that_of_newer_ones() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    commands = list(stops_under_way(harness, ticket))
    first = msgspec.structs.replace(commands[0], command=0)
    harness.to_terminal = lambda _terminal, _message: True
    harness.slave.answer(first, Stage.DONE)
    harness.run()
    harness.pass_ms(1000)
    (position,) = harness.slave.positions.values()
    assert (position.sl, position.tp) == (1.02, 0.0)


def test_a_refusal_of_earlier_stops_does_not_end_newer_ones() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    commands = list(stops_under_way(harness, ticket))
    first = msgspec.structs.replace(commands[0], command=0)
    harness.to_terminal = lambda _terminal, _message: True
    harness.slave.answer(first, Stage.REJECTED, 10016)
    harness.run()
    harness.pass_ms(1000)
    (position,) = harness.slave.positions.values()
    assert (position.sl, position.tp) == (1.02, 0.0)


def stops_under_way(harness: EngineHarness, ticket: int) -> Iterator[Command]:
    """Commands of two changes of stops: the first was made and reported but not answered, the second not carried out yet."""
    kept: list[Command] = []

    def keep(terminal: InstantTerminal, message: bytes) -> bool:
        if terminal.account == SLAVE and decode_envelope(message).kind == Kind.COMMANDS:
            kept.extend(frame for frame in decode_all(message, ENVELOPE.size) if isinstance(frame, Command))
            return False
        return True

    harness.to_terminal = keep
    harness.master.set_stops(ticket, 1.01, 0.0)
    harness.run()
    harness.slave.set_stops(next(iter(harness.slave.positions)), 1.01, 0.0)
    harness.master.set_stops(ticket, 1.02, 0.0)
    harness.run()
    yield from kept


def test_a_copy_keeps_the_copy_ratio_that_it_was_sized_with() -> None:
    harness = EngineHarness(connect=False)
    harness.connect(harness.master)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket, LOT // 2)
    harness.run()
    harness.connect(harness.slave)
    harness.pass_ms(1000)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    assert [row.master_lots for row in harness.rows().values()] == [LOT // 2]
    harness.master.close(ticket, LOT // 4)
    harness.run()
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 4]


def test_what_is_found_of_an_unanswered_opening_is_what_is_left_of_the_whole() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    before = [msgspec.structs.replace(link, status="sent", open_lots=0) for link in harness.known()]
    harness.master.close(ticket, LOT // 2)
    harness.run()
    harness.start_router(*before)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3000)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]


def test_an_order_of_ours_that_nobody_expected_any_more_is_closed() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    copy = next(iter(harness.slave.positions.values()))
    magic, comment = copy.magic, copy.comment
    harness.master.close(ticket)
    harness.run()
    assert harness.slave.positions == {}
    harness.slave.open(LOT, magic=magic, comment=comment)
    harness.run()
    assert harness.slave.positions == {}


def test_a_copy_that_is_filled_in_two_deals_keeps_its_copy_ratio() -> None:
    harness = SilentSlaveHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket, LOT // 2)
    harness.run()
    opening = harness.commands[0]
    copy = harness.slave.open(LOT // 4, magic=opening.link, comment=opening.comment)
    harness.run()
    assert harness.actions() == [Action.OPEN]
    harness.slave.add(copy, LOT * 3 // 4)
    harness.run()
    assert [(c.action, c.volume) for c in harness.commands[1:]] == [(Action.SET_VOLUME, LOT // 2)]


def test_an_opening_tried_again_with_fewer_lots_counts_with_those() -> None:
    harness = SilentSlaveHarness(slow())
    ticket = harness.master.open(LOT)
    harness.run()
    harness.start_router(*harness.known())
    harness.to_terminal = lambda _terminal, _message: True
    harness.master.close(ticket, LOT // 2)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(8000)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    assert [row.target_lots for row in harness.rows().values()] == [LOT // 2]


@pytest.mark.timeout(10)
def test_a_copy_about_whose_slave_nothing_is_known_now_is_not_looked_at_for_ever() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(6000)
    harness.engine.accounts[SLAVE].forget()
    harness.to_router = lambda terminal, _message: terminal is not harness.slave
    harness.change_plan(copier(number=UUID(int=7)))
    harness.change_plan(copier())
    harness.act(harness.engine.on_clock(harness.now_ns))
    harness.to_router = lambda _terminal, _message: True
    harness.slave.snapshot()
    harness.run()
    assert harness.statuses() == [("open", None)]


def test_a_command_that_one_pod_got_is_not_sent_to_the_next_before_its_effect_would_show() -> None:
    harness = SilentSlaveHarness(slow())
    harness.master.open(LOT)
    harness.run()
    assert harness.actions() == [Action.OPEN]
    harness.slave.incarnation += 1
    harness.connect(harness.slave, epoch=2)
    harness.pass_ms(2500)
    assert harness.actions() == [Action.OPEN]
    harness.pass_ms(1000)
    assert harness.actions() == [Action.OPEN, Action.QUERY]


def first_deal_of_two(harness: SilentSlaveHarness) -> int:
    """A fifth of the copy is open, and the rest of its order is not filled yet."""
    harness.master.open(LOT)
    harness.run()
    (command,) = harness.commands
    ticket = harness.slave.open(LOT // 5, magic=command.link, comment=command.comment)
    harness.run()
    return ticket


def limited(lots: str) -> object:
    return copier({"sizing": {"mode": "multiplier", "factor": 1}, "limits": {"max_total_lots": lots}})


def test_what_an_order_still_fills_counts_for_the_limit_of_all_lots() -> None:
    harness = SilentSlaveHarness(limited("1.2"))
    ticket = first_deal_of_two(harness)
    harness.master.open(LOT)
    harness.run()
    assert harness.actions() == [Action.OPEN]
    assert ("waiting", "too_many_lots") in harness.statuses()
    harness.slave.add(ticket, LOT * 4 // 5)
    harness.run()
    assert ("open", None) in harness.statuses()


def test_what_was_never_filled_counts_no_more_after_a_while() -> None:
    harness = SilentSlaveHarness(limited("1.2"))
    first_deal_of_two(harness)
    harness.pass_ms(11_000)
    harness.master.open(LOT)
    harness.run()
    assert harness.actions() == [Action.OPEN, Action.OPEN]


def test_what_was_reduced_meanwhile_counts_as_it_is() -> None:
    harness = SilentSlaveHarness(limited("1.2"))
    ticket = first_deal_of_two(harness)
    harness.slave.close(ticket, LOT // 10)
    harness.run()
    harness.master.open(LOT)
    harness.run()
    assert harness.actions() == [Action.OPEN, Action.OPEN]
