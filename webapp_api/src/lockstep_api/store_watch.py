"""Asks from time to time whether Supabase answers, so that a probe costs nothing and waits for nobody."""

import asyncio

import httpx

from lockstep_api.postgrest_rows import is_reachable
from lockstep_api.settings import ApiSettings

_PAUSE_S = 3.0
_TIMEOUT_S = 3.0


class StoreWatch:
    """The last result. Until the first answer, Supabase counts as unavailable."""

    def __init__(self, settings: ApiSettings) -> None:
        self._settings = settings
        self._is_up = False

    def is_up(self) -> bool:
        """Whether Supabase answered. For any thread."""
        return self._is_up

    async def run(self) -> None:
        """Asks until it is cancelled."""
        url, key = self._settings.supabase_url, self._settings.supabase_publishable_key
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
            while True:
                self._is_up = await is_reachable(http, url, key)
                await asyncio.sleep(_PAUSE_S)
