"""Environment variables one at a time, without pydantic: its 10 MB would count in each of a thousand terminal pods."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from lockstep_service.errors import InvalidSettings

PREFIX: Final = "LOCKSTEP_"
T = TypeVar("T")


class Variables:
    """The `LOCKSTEP_…` variables of an environment, named without that prefix."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def take(self, name: str, convert: Callable[[str], T], default: str | None = None) -> T:
        """The converted value. Raises InvalidSettings that names the variable.

        The text of `convert`'s ValueError ends the sentence, so it must not repeat the value, which may be a secret.
        """
        full = PREFIX + name
        text = self._environ.get(full, default)
        if text is None:
            raise InvalidSettings(f"Environment variable {full} is not set.")
        try:
            return convert(text)
        except ValueError as error:
            raise InvalidSettings(f"Environment variable {full} {error}.") from None


def matching(pattern: str, why: str) -> Callable[[str], str]:
    """A converter that takes text of exactly this pattern; `why` ends the sentence about a variable that differs."""

    def convert(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(why)
        return text

    return convert


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a positive whole number")
    return int(text)


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose one."""
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise ValueError("must be a port number")
    return int(text)


def not_empty(text: str) -> str:
    """Any text but none."""
    if not text:
        raise ValueError("is empty")
    return text
