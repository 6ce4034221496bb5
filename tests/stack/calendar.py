"""Fills the news calendar with the operators' command, in the API's own pod."""

import secrets
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from tests.stack.kube import SYSTEM, kubectl

HEAD = "at,currencies,importance,title,id,status\n"


class Calendar:
    """A source of news with one entry, which is removed at the end."""

    def __init__(self) -> None:
        self._source = f"stack-{secrets.token_hex(6)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._take(_at(timedelta()), "over", "cancelled")

    def supply(self, minutes: float, title: str) -> None:
        """Announces news of the dollar in so many minutes. They replace the news announced before."""
        self._take(_at(timedelta(minutes=minutes)), title, "")

    def _take(self, at: str, title: str, status: str) -> None:
        command = ("python3", "-m", "lockstep_api.calendar", "-", "--source", self._source)
        line = f"{at},USD,low,{title},1,{status}\n"
        kubectl("-n", SYSTEM, "exec", "-i", "deploy/lockstep-webapp-api", "--", *command, stdin=HEAD + line)


def _at(away: timedelta) -> str:
    return (datetime.now(UTC) + away).isoformat()
