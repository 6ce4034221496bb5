"""While a terminal is without its broker, finds out whether that is its proxy's fault."""

import asyncio
from collections.abc import Callable

from lockstep_agent.boot.events import Event, ProxyTried
from lockstep_agent.proxy_check import trouble_with
from lockstep_core.proxies import Proxy

LOOK_S = 5.0


class ProxyWatch:
    """Posts what becomes of each try to connect to the proxy that the terminal uses."""

    def __init__(self, post: Callable[[Event], None], is_lost: Callable[[], bool]) -> None:
        self._post = post
        self._is_lost = is_lost
        self._proxy: Proxy | None = None

    def use(self, proxy: Proxy | None) -> None:
        """The terminal that starts now uses this proxy."""
        self._proxy = proxy

    async def run(self) -> None:
        """Looks now and then, for as long as the terminal has lost its broker."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._proxy is not None and self._is_lost():
                self._post(ProxyTried(await trouble_with(self._proxy)))
