"""Compares the account that a terminal is logged in to with the one that its pod is for."""

from dataclasses import dataclass

from lockstep_agent.relay.lines import SeenAccount
from lockstep_core.accounts import Environment, environment_of
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.codec import LAYOUTS, cut_utf8, read_utf8
from lockstep_core.wire.frames import AccountFrame

_SERVER = LAYOUTS[AccountFrame.KIND].place_of("server")


@dataclass(frozen=True, slots=True)
class WantedAccount:
    """The account of a pod, as the CopierAccount names it."""

    login: int
    server: str
    environment: Environment


def mismatch(wanted: WantedAccount, seen: SeenAccount) -> tuple[Reason, str] | None:
    """The reason why a terminal that is logged in to `seen` must not work for `wanted`, and what it says. None if it may."""
    if seen.login != wanted.login:
        return Reason.WRONG_ACCOUNT, f"login {seen.login}"
    if _compared(seen.server) != _compared(wanted.server):
        return Reason.WRONG_ACCOUNT, f"server {seen.server}"
    if environment_of(seen.trade_mode) is not wanted.environment:
        return Reason.WRONG_ENVIRONMENT, f"trade mode {seen.trade_mode}"
    return None


def _compared(server: str) -> str:
    """A server's name without case and blanks at its ends, and as long as a frame can hold it."""
    size = _SERVER.stop - _SERVER.start
    return read_utf8(cut_utf8(server.strip(), size)).strip().casefold()
