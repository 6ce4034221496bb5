"""An exception that nobody foresaw shuts out the account that it came with, for longer each time, and nobody else."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.accounts import AccountState
from lockstep_core.market.money import Prices, Quote
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.envelope import Kind, Refusal, decode_envelope
from lockstep_core.wire.frames import StopsFrame
from lockstep_router.accounts.quarantine import FIRST_PAUSE_NS, FORGIVEN_NS, LONGEST_PAUSE_NS, Quarantine
from lockstep_router.journal.records import (
    AccountStateRow,
    CopyRow,
    HistoryEvent,
    KnownGuard,
    ManualRequest,
    ManualRequestResult,
)

from .engine_harness import COPIER, MASTER, MS, SLAVE, EngineHarness, copier, curve_key
from .terminals import LOT

OTHER_SLAVE = UUID(int=3)
OTHER_COPIER = UUID("bbbbbbbb-0000-0000-0000-000000000001")
SPREAD = {"sizing": {"mode": "none"}, "max_spread_points": 30}
QUOTES: dict[str, Quote] = {"EURUSD": Prices(1.1, 1.1001)}


class BrokenQuotes(dict[str, Quote]):
    """Quotes that raise where the engine reads them, as a fault of our own would."""

    def get(self, *_: Any) -> Any:
        raise ZeroDivisionError("typed by a stranger")


def a_pair_of_slaves() -> EngineHarness:
    """Two slaves of one master; the first has quotes that cannot be read."""
    harness = EngineHarness(copier(SPREAD), copier(SPREAD, slave=OTHER_SLAVE, number=OTHER_COPIER))
    for slave in (SLAVE, OTHER_SLAVE):
        harness.terminals[slave].process.market = QUOTES
    harness.engine.accounts[SLAVE].quotes = BrokenQuotes()
    harness.engine.accounts[OTHER_SLAVE].quotes = QUOTES
    return harness


def without_session(harness: EngineHarness) -> list[UUID]:
    return [account for account, tracked in harness.engine.accounts.items() if tracked.session is None]


def states(harness: EngineHarness, account: UUID) -> list[tuple[str, str]]:
    rows = [row for row in harness.journal if isinstance(row, AccountStateRow) and row.account == account]
    return [(row.state, row.reason) for row in rows]


def test_a_fault_with_one_slaves_copy_shuts_out_that_slave_and_the_others_are_served() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    harness.run()
    assert harness.engine.faults == 1
    assert without_session(harness) == [SLAVE]
    assert harness.engine.quarantined(harness.now_ns) == 1
    assert states(harness, SLAVE)[-1] == (AccountState.DISCONNECTED, Reason.QUARANTINED)
    assert len(harness.terminals[OTHER_SLAVE].positions) == 1


def test_a_fault_is_written_down_without_its_text() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    harness.run()
    fault = next(record for record in harness.journal if isinstance(record, HistoryEvent) and record.kind == "fault")
    assert (fault.account, fault.data["error"]) == (SLAVE, "ZeroDivisionError")
    assert "stranger" not in str(fault.data)


def test_who_is_shut_out_is_refused_until_the_pause_is_over_and_then_copied_again() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    harness.run()
    harness.engine.accounts[SLAVE].quotes = QUOTES
    harness.connect(harness.slave)
    assert without_session(harness) == [SLAVE]
    harness.pass_ms(FIRST_PAUSE_NS // MS + 100)
    harness.connect(harness.slave)
    assert without_session(harness) == []
    harness.pass_ms(1500)
    harness.master.open(LOT)
    harness.pass_ms(500)
    assert len(harness.slave.positions) == 1


def test_a_fault_that_comes_back_keeps_the_account_out_for_longer_and_costs_nothing_meanwhile() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    harness.run()
    for _ in range(3):
        harness.master.open(LOT)
        harness.pass_ms(1000)
    assert harness.engine.faults == 1
    harness.pass_ms(FIRST_PAUSE_NS // MS)
    harness.connect(harness.slave)
    harness.pass_ms(1500)
    harness.master.open(LOT)
    harness.pass_ms(100)
    assert harness.engine.faults == 2
    harness.pass_ms(FIRST_PAUSE_NS // MS + 100)
    harness.connect(harness.slave)
    assert without_session(harness) == [SLAVE]


def test_what_is_open_on_an_account_that_is_shut_out_says_so_until_it_is_back() -> None:
    harness = EngineHarness(copier(SPREAD))
    harness.engine.accounts[SLAVE].quotes = harness.slave.process.market = dict(QUOTES)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.engine.accounts[SLAVE].index.crosses = None  # type: ignore[assignment]
    harness.engine.accounts[SLAVE].quotes = BrokenQuotes()
    harness.master.open(LOT)
    harness.run()
    rows = {row.master_position: row for row in harness.rows().values()}
    assert (rows[ticket].status, rows[ticket].reason) == ("open", "account_quarantined")
    harness.engine.accounts[SLAVE].quotes = QUOTES
    harness.pass_ms(FIRST_PAUSE_NS // MS + 100)
    harness.connect(harness.slave)
    harness.pass_ms(1500)
    rows = {row.master_position: row for row in harness.rows().values()}
    assert (rows[ticket].status, rows[ticket].reason) == ("open", None)


def test_a_fault_in_a_timer_shuts_out_its_slave_and_the_clock_goes_on() -> None:
    harness = EngineHarness(
        copier({**SPREAD, "signal_delay": {"min_ms": 300, "max_ms": 400}}),
        copier(SPREAD, slave=OTHER_SLAVE, number=OTHER_COPIER),
    )
    harness.engine.accounts[OTHER_SLAVE].quotes = harness.engine.accounts[SLAVE].quotes = QUOTES
    harness.master.open(LOT)
    harness.run()
    harness.engine.accounts[SLAVE].quotes = BrokenQuotes()
    harness.pass_ms(1000)
    assert harness.engine.faults == 1
    assert without_session(harness) == [SLAVE]


def test_a_row_that_raises_shuts_out_its_copiers_slave_and_the_plan_counts_for_all_others() -> None:
    harness = EngineHarness(copier(SPREAD), copier(SPREAD, slave=OTHER_SLAVE, number=OTHER_COPIER), connect=False)
    no_fraction = KnownGuard(COPIER, "daily", "", "1/0", "1/0", False, False, 0, 0)
    harness.start_router(guards=[no_fraction])
    assert harness.engine.faults == 1
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    assert without_session(harness) == [SLAVE]


def test_a_request_that_raises_is_answered_and_shuts_out_its_slave(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = EngineHarness(copier(SPREAD))
    harness.engine.accounts[SLAVE].quotes = QUOTES
    harness.master.open(LOT)
    harness.run()
    link = next(iter(harness.rows()))
    request = ManualRequest(UUID(int=7), COPIER, link, "close", 10**15, 10**16)

    def broken(*_: object) -> bool:
        raise OverflowError

    monkeypatch.setattr("lockstep_router.execution.manual_requests.is_on_slave", broken)
    harness.act(harness.engine.on_plan(harness.plan, (), harness.now_ns, (), [request]))
    answers = [record for record in harness.journal if isinstance(record, ManualRequestResult)]
    assert [(answer.state, answer.reason) for answer in answers] == [("refused", "account_quarantined")]
    assert without_session(harness) == [SLAVE]


def test_a_relay_of_a_shut_out_account_is_told_so() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    peer = next(p for p, terminal in harness.peers.items() if terminal is harness.slave)
    told: list[tuple[int, int]] = []

    def note(terminal: object, message: bytes) -> bool:
        if terminal is harness.slave:
            told.append((decode_envelope(message).kind, decode_envelope(message).flags))
        return True

    harness.to_terminal = note
    harness.run()
    assert (Kind.REFUSED, Refusal.QUARANTINED) in told
    assert peer not in harness.engine.sessions


def test_ticks_that_raise_shut_out_their_account() -> None:
    harness = EngineHarness(copier(SPREAD))
    harness.act(harness.engine.on_fault_beside(MASTER, ValueError("x"), harness.now_ns))
    assert without_session(harness) == [MASTER]
    assert harness.engine.account_of(curve_key(MASTER)) is None


@given(st.lists(st.integers(0, 2 * LONGEST_PAUSE_NS), max_size=40))
def test_pauses_grow_to_a_bound_and_end(gaps: list[int]) -> None:
    quarantine, account, now_ns = Quarantine(), UUID(int=1), 10**12
    for gap in gaps:
        now_ns += gap
        held = quarantine.holds(account, now_ns)
        before_ns = quarantine.until_ns(account)
        quarantine.on_fault(account, now_ns)
        pause_ns = quarantine.until_ns(account) - now_ns
        assert quarantine.holds(account, now_ns)
        assert quarantine.until_ns(account) == before_ns if held else FIRST_PAUSE_NS <= pause_ns <= LONGEST_PAUSE_NS
    assert not quarantine.holds(account, now_ns + LONGEST_PAUSE_NS)


def test_an_account_without_a_fault_for_long_begins_anew() -> None:
    quarantine, account = Quarantine(), UUID(int=1)
    quarantine.on_fault(account, 0)
    quarantine.on_fault(account, FIRST_PAUSE_NS)
    assert quarantine.until_ns(account) == 3 * FIRST_PAUSE_NS
    late_ns = quarantine.until_ns(account) + FORGIVEN_NS
    quarantine.on_fault(account, late_ns)
    assert quarantine.until_ns(account) == late_ns + FIRST_PAUSE_NS


def test_frames_of_an_account_that_is_shut_out_change_nothing() -> None:
    harness = a_pair_of_slaves()
    harness.master.open(LOT)
    harness.run()
    before = len([record for record in harness.journal if isinstance(record, CopyRow)])
    harness.slave.report(StopsFrame(1, 0, 1.0, 0.0, 0, harness.now_ns, "EURUSD"))
    harness.run()
    assert len([record for record in harness.journal if isinstance(record, CopyRow)]) == before
