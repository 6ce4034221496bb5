"""The environment variables of child processes. They never get the pod's own variables."""

import os
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "LANG", "TZ")
WINE_PROCESS = "LOCKSTEP_WINE_PROCESS"
"""Only processes under Wine have this variable; its value is their prefix. `WINEPREFIX` cannot tell them, because in the
image all processes have it, even the agent.
"""
DEBIANS_WINE = Path("/usr/lib/wine/wine64")


def plain_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables for Xvfb: the search path, the language and the time zone."""
    return {name: environment[name] for name in _KEPT if name in environment}


def python_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables for the relay: those that Python needs to find its modules."""
    kept = {name: value for name, value in environment.items() if name in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**plain_environment(environment), **kept, "PYTHONUNBUFFERED": "1"}


def wine_loader() -> str:
    """The command that starts Wine."""
    # Debian's `wine` is a script that sets WINEDEBUG, which must stay unset (see `wine_environment`).
    return str(DEBIANS_WINE) if os.access(DEBIANS_WINE, os.X_OK) else "wine"


def wine_environment(home: Path, prefix: Path, display: str) -> dict[str, str]:
    """The variables for Wine."""
    # WINEDEBUG must not be set: with any value of it, the copy protection of MetaTrader believes that a debugger runs.
    return {
        **plain_environment(),
        "HOME": str(home),
        "WINEPREFIX": str(prefix),
        WINE_PROCESS: str(prefix),
        "DISPLAY": display,
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "MALLOC_ARENA_MAX": "2",
        **({"WINELOADER": loader} if "/" in (loader := wine_loader()) else {}),
    }
