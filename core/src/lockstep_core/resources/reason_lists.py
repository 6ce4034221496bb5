"""The reasons for SQL, the website and people: `python -m lockstep_core.resources.reason_lists sql|typescript|docs`."""

import sys
from collections.abc import Callable, Iterable, Mapping

from lockstep_core.resources.reasons import SERVICE_MUST_ACT, USER_MUST_ACT, Reason

_NOTE = "Generated from core/src/lockstep_core/resources/reasons.py by `make reasons`; do not edit."
_WHO = "The reasons of an account's state that end only when the account's owner acts."
_SERVICE = "The reasons of an account's state that end only when whoever runs the service acts."
_REFUSED = "The reason of an account whose login or password its broker refused."
_QUARANTINED = "The reason of an account that is shut out of its router for a while, after a fault."
_BROKER = "The reason of an account whose terminal has lost its connection to the broker."
_DOCS_HEAD = """# Reasons of an account's state

Written from `lockstep_core.resources.reasons`. The one who acts:

- `retry`: nobody. The account is as its owner wants it, goes on by itself, or is tried again with growing pauses.
- `user`: the account's owner. It is not tried again before `credentials.version` or `spec` changes.
- `service`: whoever runs the service. Meanwhile it is tried again with growing pauses.

A word that is not in this table is a newer or an older version's. The account is then treated by its state and tried again,
and the word is shown with the message.

| reason | who acts | what it means |
| --- | --- | --- |
"""


def sql() -> str:
    """The newest migration `…_reasons_user_must_act.sql`. An immutable function is a constant to the planner."""
    return (
        f"-- {_NOTE}\n"
        "-- What was released stays: to change the list, add a newer empty migration of this name, then run that.\n"
        + _several("public.reasons_user_must_act", USER_MUST_ACT, _WHO)
        + _several("private.reasons_service_must_act", SERVICE_MUST_ACT, _SERVICE)
        + "-- Functions of `public` that run with their caller's rights call it, and people may not enter `private`.\n"
        "grant execute on function public.reasons_user_must_act(), private.reasons_service_must_act() to authenticated;\n"
        + _one("reason_login_refused", Reason.INVALID_CREDENTIALS, _REFUSED)
        + _one("reason_quarantined", Reason.QUARANTINED, _QUARANTINED)
        + _one("reason_broker_disconnected", Reason.BROKER_DISCONNECTED, _BROKER)
    )


def _several(function: str, reasons: Iterable[Reason], comment: str) -> str:
    """A function of SQL that returns a list of reasons."""
    words = ", ".join(f"'{word}'" for word in _words(reasons))
    return (
        f"create or replace function {function}() returns text[]\n"
        f"language sql immutable parallel safe set search_path = '' as $$ select array[{words}] $$;\n"
        f"comment on function {function}() is '{comment.replace(chr(39), chr(39) * 2)}';\n"
    )


def _one(function: str, reason: Reason, comment: str) -> str:
    """A function of SQL that returns one reason."""
    return (
        f"create or replace function private.{function}() returns text\n"
        f"language sql immutable parallel safe set search_path = '' as $$ select '{reason}' $$;\n"
        f"comment on function private.{function}() is '{comment.replace(chr(39), chr(39) * 2)}';\n"
    )


def typescript() -> str:
    """`website/src/generated/reasons.ts`."""
    lists = (("USER_MUST_ACT", USER_MUST_ACT, _WHO), ("SERVICE_MUST_ACT", SERVICE_MUST_ACT, _SERVICE))
    return f"// {_NOTE}\n" + "".join(_set(name, reasons, comment) for name, reasons, comment in lists)


def _set(name: str, reasons: Iterable[Reason], comment: str) -> str:
    words = "".join(f'  "{word}",\n' for word in _words(reasons))
    return f"\n/** {comment} */\nexport const {name}: ReadonlySet<string> = new Set([\n{words}]);\n"


def docs() -> str:
    """`docs/reasons.md`."""
    return _DOCS_HEAD + "".join(f"| `{reason}` | `{reason.actor}` | {reason.meaning} |\n" for reason in Reason)


def _words(reasons: Iterable[Reason]) -> list[str]:
    return sorted(reason.value for reason in reasons)


LISTS: Mapping[str, Callable[[], str]] = {"sql": sql, "typescript": typescript, "docs": docs}

if __name__ == "__main__":
    sys.stdout.write(LISTS[sys.argv[1]]())
