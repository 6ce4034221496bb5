"""The plan's way to the loop: settings are compiled in the writer, for changed rows only, and no row harms another."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.copiers import parse_settings
from lockstep_core.decision.plan import Plan
from lockstep_core.rules.compile import compile_rules
from lockstep_router.journal import ipc
from lockstep_router.journal.ipc import AccountRow, CompiledCopier, CopierRow, PlanMessage, PlanRows, Refusal
from lockstep_router.journal.plan_changes import changes
from lockstep_router.journal.plan_reader import PlanReader
from lockstep_router.journal.plan_rows import BAD_SETTINGS, COPIER_FAULT, PlanCompiler, compiled
from lockstep_router.journal.records import KnownGuard, KnownLink, ManualRequest

USER, MASTER = UUID(int=99), UUID(int=1)
PLAIN = {"sizing": {"mode": "none"}}


def row(number: int, settings: Any = PLAIN, version: int = 1) -> CopierRow:
    text = settings if isinstance(settings, str) else json.dumps(settings)
    return CopierRow(UUID(int=1000 + number), USER, MASTER, UUID(int=10 + number), "on", text, version)


def rows(*copiers: CopierRow, **modes: str) -> PlanRows:
    accounts = [MASTER, *dict.fromkeys(copier.slave for copier in copiers)]
    return PlanRows([AccountRow(a, USER, a.int, "both", 0, modes.get(f"a{a.int}", "on")) for a in accounts], list(copiers))


def over_the_wire(message: PlanMessage) -> PlanMessage:
    received = ipc.to_loop.decode(ipc.encode(message))
    assert isinstance(received, PlanMessage)
    return received


def read(reader: PlanReader, message: PlanMessage) -> Plan:
    plan = reader.read(over_the_wire(message))
    assert plan is not None
    return plan


def test_the_loop_gets_the_rules_that_the_settings_say() -> None:
    settings = {"sizing": {"mode": "fixed", "lots": "0.3"}, "filters": {"symbol_filter": {"excluded": ["EUR*"]}}}
    message, problems = PlanCompiler().message(rows(row(1, settings)))
    (copier,) = read(PlanReader(), message).copiers.values()
    assert problems == {}
    assert copier.rules == compile_rules(parse_settings(settings))


def deep(levels: int) -> str:
    return '{"sizing": {"mode": "none"}, "x": ' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    ("settings", "setting", "problem"),
    [
        ({"sizing": {"mode": "martingale"}}, "sizing", "sizing: one_of"),
        (
            {"sizing": {"mode": "none"}, "filters": {"symbol_filter": {"included": ["a"] * 225}}},
            "filters.symbol_filter.included",
            "filters.symbol_filter.included: fewer",
        ),
        ("no JSON", None, "DecodeError"),
        (deep(9), "settings", "settings: too_deep"),
        (deep(100_000), None, "RecursionError"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_a_reason_and_the_others_go_on(
    settings: Any, setting: str | None, problem: str
) -> None:
    message, problems = PlanCompiler().message(rows(row(1), row(2, settings), row(3)))
    assert set(read(PlanReader(), message).copiers) == {row(1).id, row(3).id}
    refusal = Refusal(COPIER_FAULT) if setting is None else Refusal(BAD_SETTINGS, {"setting": setting})
    assert [(refused.id, refused.refusal) for refused in message.refused] == [(row(2).id, refusal)]
    assert problems == {str(row(2).id): problem}


class Counting:
    """Compiles, counts, and raises where a copier's settings say so."""

    def __init__(self) -> None:
        self.compiled: list[UUID] = []

    def __call__(self, row: CopierRow) -> CompiledCopier:
        self.compiled.append(row.id)
        if "raise" in row.settings:
            raise ZeroDivisionError("typed by a stranger")
        return compiled(row)


def test_whatever_a_rows_settings_raise_is_told_by_its_name_alone_and_once() -> None:
    compiler = PlanCompiler(Counting())
    message, problems = compiler.message(rows(row(1), row(2, {"raise": True})))
    assert problems == {str(row(2).id): "ZeroDivisionError"}
    assert [copier.id for copier in message.copiers] == [row(1).id]
    again, problems = compiler.message(rows(row(1), row(2, {"raise": True})))
    assert (again.copiers, again.refused, problems) == (message.copiers, message.refused, {})


@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), unique_by=lambda r: r[0]), min_size=1))
def test_a_row_is_compiled_once_for_each_change(plans: list[list[tuple[int, int]]]) -> None:
    count = Counting()
    compiler, before = PlanCompiler(count), set[tuple[int, int]]()
    for plan in plans:
        count.compiled.clear()
        compiler.message(rows(*(row(number, version=version) for number, version in plan)))
        assert count.compiled == [row(number).id for number, version in plan if (number, version) not in before]
        before = set(plan)


def test_what_did_not_change_stays_the_object_it_was() -> None:
    compiler, reader = PlanCompiler(), PlanReader()
    first = read(reader, compiler.message(rows(row(1), row(2)))[0])
    changed = row(2, {"sizing": {"mode": "equity"}}, version=2)
    second = read(reader, compiler.message(rows(row(1), changed))[0])
    assert second.copiers[row(1).id] is first.copiers[row(1).id]
    assert second.accounts[MASTER] is first.accounts[MASTER]
    assert second.copiers[row(2).id] != first.copiers[row(2).id]
    third = read(reader, compiler.message(rows(row(1), a1="close_only"))[0])
    assert third.copiers[row(1).id].master_mode == "close_only"


def test_what_the_loop_could_not_read_is_left_out_by_the_writer_and_named_once() -> None:
    juggler = AccountRow(UUID(int=5), USER, 5, "juggler", 0)
    sleepy = msgspec.structs.replace(row(2), mode="sleepy")
    plain = rows(row(1), sleepy)
    unusable = msgspec.structs.replace(plain, accounts=[*plain.accounts, juggler])
    compiler, reader = PlanCompiler(), PlanReader()
    message, problems = compiler.message(unusable)
    assert [refused.refusal for refused in message.refused] == [Refusal(COPIER_FAULT)]
    assert compiler.unreadable == {juggler.id}
    assert problems == {str(juggler.id): "ValueError", str(sleepy.id): "ValueError"}
    assert set(read(reader, message).accounts) == {account.id for account in plain.accounts}
    assert reader.unreadable == set()
    assert compiler.message(unusable)[1] == {}
    compiler.message(plain)
    assert compiler.unreadable == set()


def test_rules_and_accounts_that_cannot_be_read_are_left_out_alone() -> None:
    message, _ = PlanCompiler().message(rows(row(1), row(2)))
    copiers = [message.copiers[0], msgspec.structs.replace(message.copiers[1], rules=b"\xff")]
    accounts = [*message.accounts, AccountRow(UUID(int=5), USER, 5, "juggler", 0)]
    reader = PlanReader()
    plan = read(reader, msgspec.structs.replace(message, copiers=copiers, accounts=accounts))
    assert set(plan.copiers) == {row(1).id}
    assert reader.unreadable == {row(2).id, UUID(int=5)}
    assert UUID(int=5) not in plan.accounts
    read(reader, PlanCompiler().message(rows(row(1)))[0])
    assert reader.unreadable == set()


settings_of = st.sampled_from([PLAIN, {"sizing": {"mode": "equity"}}, {"sizing": {"mode": "martingale"}}])
plan_rows = st.builds(
    lambda copiers, mode: rows(*(row(n, settings, version) for n, settings, version in copiers), a1=mode),
    st.lists(st.tuples(st.integers(1, 5), settings_of, st.integers(1, 2)), unique_by=lambda r: r[0]),
    st.sampled_from(["on", "close_only"]),
)


@given(st.lists(plan_rows, min_size=1))
def test_what_differs_makes_the_same_plan_as_the_whole(plans: list[PlanRows]) -> None:
    compiler, reader, before = PlanCompiler(), PlanReader(), None
    for plan in plans:
        now, _ = compiler.message(plan)
        message = now if before is None else changes(before, now)
        if message is None:
            assert before is not None
            assert (now.accounts, now.copiers, now.refused) == (before.accounts, before.copiers, before.refused)
            continue
        assert read(reader, message) == read(PlanReader(), now)
        before = now


def test_what_differs_is_all_that_is_sent() -> None:
    compiler = PlanCompiler()
    before, _ = compiler.message(rows(*map(row, range(1, 50))))
    now, _ = compiler.message(rows(*map(row, range(2, 50)), row(50)))
    message = changes(before, now)
    assert message is not None
    assert [copier.id for copier in message.copiers] == [row(50).id]
    assert [account.id for account in message.accounts] == [row(50).slave]
    assert set(message.gone) == {row(1).id, row(1).slave}
    assert changes(now, compiler.message(rows(*map(row, range(2, 51))))[0]) is None


def test_what_differs_from_a_plan_that_the_loop_does_not_have_is_not_used() -> None:
    compiler = PlanCompiler()
    before, now = compiler.message(rows(row(1)))[0], compiler.message(rows(row(1), row(2)))[0]
    message = changes(before, now)
    assert message is not None
    reader = PlanReader()
    assert reader.read(message) is None
    read(reader, now)
    assert reader.read(message) is None


def link(number: int, copier: CopierRow) -> KnownLink:
    return KnownLink(number, copier.id, number, None, "EURUSD", None, "buy", 1, 0, 0, "open")


def guard(copier: CopierRow, resets: int, requested: int) -> KnownGuard:
    return KnownGuard(copier.id, "loss", "", "0", "0", True, False, resets, requested)


def test_links_and_guards_are_sent_of_new_copiers_and_where_a_user_asks() -> None:
    old, new, compiler = row(1), row(2), PlanCompiler()
    before, _ = compiler.message(rows(old))
    request = ManualRequest(UUID(int=7), old.id, 12, "copy_now", 0, 0)
    now, _ = compiler.message(
        msgspec.structs.replace(
            rows(old, new),
            links=[link(11, old), link(12, old), link(21, new)],
            guards=[guard(old, 1, 1), guard(new, 1, 1)],
            requests=[request],
        )
    )
    message = changes(before, now)
    assert message is not None
    assert [known.link for known in message.links] == [12, 21]
    assert [known.copier for known in message.guards] == [new.id]
    assert message.requests == [request]
    reset = msgspec.structs.replace(now, guards=[guard(old, 1, 2), guard(new, 1, 1)])
    message = changes(now, reset)
    assert message is not None
    assert [known.copier for known in message.guards] == [old.id]
    assert changes(now, msgspec.structs.replace(now, guards=[guard(old, 2, 2)], links=[])) is None
