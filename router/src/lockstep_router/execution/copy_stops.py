"""A copy's stops where its broker does not hold all of them."""

from lockstep_core.decision.stops import NO_LEVELS, Levels
from lockstep_router.execution.copy_status import StopsKept
from lockstep_router.execution.copy_timing import CopyTiming


class CopyStops(CopyTiming):
    """The stops of a copy on a netting account, or of one with hidden stops.

    `stops`: what it wants, None while nobody knows. `watched`: those that the router watches for it. `stops_kept`: who keeps
    them.
    """

    __slots__ = ("_reported_stops", "stops", "stops_kept", "watched")

    def __init__(self) -> None:
        super().__init__()
        self.stops: Levels | None = None
        self._reported_stops: Levels | None = None
        self.watched = NO_LEVELS
        self.stops_kept: StopsKept | None = None

    def restore_stops(self, stops: Levels | None) -> None:
        """Restores the stops that its row says it wants."""
        self.stops = stops

    def note_stops(self, levels: Levels) -> None:
        """It wants these stops."""
        self.stops = levels

    def watch_stops(self, watched: Levels, kept: StopsKept | None) -> bool:
        """Sets which of its stops are watched from now on. Returns whether its row must change."""
        is_news = self.stops_kept is not kept or self._reported_stops != self.stops
        self.watched, self.stops_kept, self._reported_stops = watched, kept, self.stops
        return is_news

    def forget_stops(self) -> None:
        """It has nothing open that a stop could close."""
        self.stops, self.watched, self.stops_kept, self._reported_stops = None, NO_LEVELS, None, None
