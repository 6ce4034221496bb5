"""checker.py TERMINAL < ACCOUNT: what a MetaTrader 5 terminal says of an account, as one line of JSON.

It runs in Windows' Python and asks through MetaQuotes' own package, so it knows nothing of the bridge. TERMINAL is the path
of a terminal64.exe, which the package starts where it does not run yet. ACCOUNT is JSON with `login`, `password` and
`server`; `{}` asks the terminal for the account that it is logged in to. Of these only login and server are in the answer.

The line always has `outcome`, and the process ends with the status of that outcome.
"""

import importlib
import json
import sys
from enum import Enum
from typing import Any

TIMEOUT_MS = 180_000
"""How long a terminal may take to start and to log in."""


class Outcome(Enum):
    """How a check ends; the value is the process's status."""

    CHECKED = 0
    BAD_REQUEST = 2
    NO_TERMINAL = 3
    LOGIN_REFUSED = 4
    FAILED = 5


_AUTH_FAILED = -6
_OF_THE_PIPE = range(-10_005, -9_999)
"""The package's codes for a terminal that is not there, does not start, or does not answer in time."""


def outcome_of(code: int) -> Outcome:
    """The outcome that an error code of the package means."""
    if code == _AUTH_FAILED:
        return Outcome.LOGIN_REFUSED
    return Outcome.NO_TERMINAL if code in _OF_THE_PIPE else Outcome.FAILED


def checked(package: Any, terminal: str, account: dict[str, Any]) -> tuple[Outcome, dict[str, Any]]:
    """Asks the terminal. Returns the outcome with what the terminal says, or with the package's error."""
    if not package.initialize(terminal, timeout=TIMEOUT_MS, portable=True, **account):
        return _failed(package)
    try:
        found, symbols = package.account_info(), package.symbols_get()
        if found is None or symbols is None:
            return _failed(package)
        return Outcome.CHECKED, {
            "login": found.login,
            "server": found.server,
            "trade_mode": found.trade_mode,
            "margin_mode": found.margin_mode,
            "currency": found.currency,
            "symbols": [symbol.name for symbol in symbols],
        }
    finally:
        package.shutdown()


def _failed(package: Any) -> tuple[Outcome, dict[str, Any]]:
    code, words = package.last_error()
    return outcome_of(code), {"code": code, "words": words}


def account_of(text: str) -> dict[str, Any]:
    """The account in the form that the package takes. Raises ValueError, which never repeats the text: it may be a
    password.
    """
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError("the account is no JSON") from None
    wanted = {"login": int, "password": str, "server": str}
    if given == {}:
        return {}
    if not isinstance(given, dict) or {name: type(value) for name, value in given.items()} != wanted:
        raise ValueError("the account has a login (a number), a password and a server")
    return given


def main(arguments: list[str], text: str) -> Outcome:
    """Prints the line."""
    try:
        (terminal,) = arguments
        account = account_of(text)
    except ValueError as error:
        return _told(Outcome.BAD_REQUEST, {"words": str(error)})
    package = importlib.import_module("MetaTrader5")
    outcome, said = checked(package, terminal, account)
    return _told(outcome, {"package": package.__version__, **said})


def _told(outcome: Outcome, said: dict[str, Any]) -> Outcome:
    sys.stdout.write(json.dumps({"outcome": outcome.name.lower(), **said}) + "\n")
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.read()).value)
