"""Reads the development mail server."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.stack.errors import StackError
from tests.stack.kube import DEVSTACK, get, reach
from tests.stack.shell import wait_for

LINK = re.compile(r'href="[^"]*/confirm\?token_hash=([0-9a-z_]+)&type=([a-z_]+)"')


@dataclass(frozen=True, repr=False)
class Link:
    """The parameters of the newest link to the website. It works once."""

    token_hash: str
    type: str


@contextmanager
def mailbox_door(namespace: str = DEVSTACK) -> Iterator[str]:
    """`host:port` of the mail server's API; empty if the installation sends its mails elsewhere."""
    if get("service", "lockstep-mailbox", namespace) is None:
        yield ""
        return
    with reach("lockstep-mailbox", namespace, 8025) as door:
        yield door


def newest_link(mailbox: str, email: str, seconds: float = 10) -> Link:
    """The link in the newest mail with one to this address; `mailbox` is `host:port`. Raises `TooLate` if none comes."""
    return wait_for(f"a mail to {email}", lambda: _newest(mailbox, email), seconds)


def print_mails() -> None:
    """Prints the newest mails, newest last. Raises `StackError` if mails go elsewhere."""
    with mailbox_door() as door:
        if not door:
            raise StackError("This installation has no mail server of its own: mails go to the one it was given.")
        for mail in reversed(_mails(door)):
            links = re.findall(r'href="([^"]+)"', html.unescape(mail["html"] or ""))
            print(mail["date"], ", ".join(mail["to"]), mail["subject"], *links, sep="\n  ")


def _newest(mailbox: str, email: str) -> Link | None:
    # Mails about alerts come at any time, and have no such link.
    found = (LINK.search(html.unescape(mail["html"] or "")) for mail in _mails(mailbox, to=email))
    return next((Link(link[1], link[2]) for link in found if link), None)


def _mails(mailbox: str, **of: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"http://{mailbox}/messages", params=of, timeout=10)
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return found
