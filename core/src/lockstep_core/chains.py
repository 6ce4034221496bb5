"""Chains of copiers: an account may be slave and master, but no account may follow itself over others."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec


class Edge(msgspec.Struct, frozen=True, gc=False):
    """One copier: who follows whom, and whether it reverses."""

    master: UUID
    slave: UUID
    reverse: bool = False


def loop_through(new: Edge, existing: Iterable[Edge]) -> tuple[UUID, ...]:
    """The accounts of the loop that a new copier would close, from its master back to it; empty where it closes none."""
    if new.master == new.slave:
        return (new.master, new.slave)
    followers: dict[UUID, list[UUID]] = {}
    for edge in existing:
        followers.setdefault(edge.master, []).append(edge.slave)
    path = _path(new.slave, new.master, followers)
    return (new.master, *path) if path else ()


def loop_sentence(loop: tuple[UUID, ...], labels: Mapping[UUID, str]) -> str:
    """Why a copier that closes a loop is refused, by the accounts' labels."""
    names = " → ".join(labels.get(account, "another account") for account in loop)
    if len(loop) == 2:
        return f"An account cannot copy itself ({names})."
    return f"This copier would close a loop, in which trades would run for ever: {names}."


def is_reversed(chain: Iterable[Edge]) -> bool:
    """Whether trades arrive reversed at the end of a chain: two reversals cancel each other."""
    return sum(edge.reverse for edge in chain) % 2 == 1


def _path(start: UUID, goal: UUID, followers: Mapping[UUID, list[UUID]]) -> tuple[UUID, ...]:
    ways: list[tuple[UUID, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        fresh = [account for account in followers.get(way[-1], ()) if account not in seen]
        seen.update(fresh)
        ways.extend((*way, account) for account in fresh)
    return ()
