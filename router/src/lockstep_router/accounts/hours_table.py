"""When an account's symbols can be traded, as its terminal reported last."""

from lockstep_core.market.market_hours import DAYS, LONGEST_TO_S, MarketHours, hours_of
from lockstep_core.wire.frames import SymbolSession
from lockstep_router.accounts.limits import MAX_HOURS, MAX_SESSIONS


class HoursTable:
    """The market hours that were reported last. A terminal reports all sessions of one symbol together."""

    __slots__ = ("_expected", "_hours", "_reading", "_reported")

    def __init__(self) -> None:
        self._hours: dict[str, MarketHours] = {}
        self._reading = ""
        self._expected = (0, 0)
        self._reported: list[tuple[int, int, int]] = []

    def of(self, symbol: str) -> MarketHours | None:
        """The hours of a symbol; None where they are not known."""
        return self._hours.get(symbol)

    def take(self, frame: SymbolSession) -> None:
        """Takes the next session of a symbol. After the last one of its week the symbol's hours are known."""
        if frame.quotes:
            return
        if (frame.day, frame.session) == (0, 0):
            self._reading, self._expected = frame.symbol, (0, 0)
            self._reported.clear()
        if frame.symbol != self._reading or (frame.day, frame.session) != self._expected:
            # Sessions in between were lost or never reported. The terminal reports the week again later.
            self._reading = ""
            return
        if frame.sessions > MAX_SESSIONS or max(frame.from_s, frame.to_s) > LONGEST_TO_S:
            self._reading = ""
            self._hours.pop(frame.symbol, None)
            return
        self._reported.append((frame.day, frame.from_s, frame.to_s))
        is_last_of_day = frame.session + 1 >= frame.sessions
        self._expected = (frame.day + 1, 0) if is_last_of_day else (frame.day, frame.session + 1)
        if self._expected == (DAYS, 0):
            self._put(frame.symbol, hours_of(self._reported))

    def _put(self, symbol: str, hours: MarketHours | None) -> None:
        self._reading = ""
        self._hours.pop(symbol, None)
        if hours is None or not symbol:
            return
        if len(self._hours) >= MAX_HOURS:
            del self._hours[next(iter(self._hours))]
        self._hours[symbol] = hours
