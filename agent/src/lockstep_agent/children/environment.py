"""What child processes may know: never the pod's own variables."""

import os
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "LANG", "TZ")
DEBIANS_WINE = Path("/usr/lib/wine/wine64")


def plain_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For Xvfb: nothing but where programs are and which language they speak."""
    return {name: environment[name] for name in _KEPT if name in environment}


def python_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For the relay: what Python needs to find its modules."""
    kept = {name: value for name, value in environment.items() if name in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**plain_environment(environment), **kept, "PYTHONUNBUFFERED": "1"}


def wine_loader() -> str:
    """Wine itself where Debian has it: the script in front of it would set WINEDEBUG."""
    return str(DEBIANS_WINE) if os.access(DEBIANS_WINE, os.X_OK) else "wine"


def wine_environment(home: Path, prefix: Path, display: str) -> dict[str, str]:
    """For Wine. Without WINEDEBUG: any value of it makes MetaTrader's copy protection see a debugger."""
    return {
        **plain_environment(),
        "HOME": str(home),
        "WINEPREFIX": str(prefix),
        "DISPLAY": display,
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "MALLOC_ARENA_MAX": "2",
        **({"WINELOADER": loader} if "/" in (loader := wine_loader()) else {}),
    }
