"""Turns: when a terminal may log in at a broker's server. Pure: what is kept of a server and the time in, an answer out.

Brokers block an address from which too many logins come, or too many that they refuse. All terminals that reach a server
from one address share its turns. A turn is booked once, so nobody is overtaken, and nobody asks again and again.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

LAPSE_S = 30.0
"""How long a booked turn stays good. Turns that were not taken in time must not be taken all at once later."""

PROBE_S = 60.0
"""After a stop one terminal tries to log in, and the others wait this long for the result."""

FIRST_STOP_S = 60.0
LONGEST_STOP_S = 1800.0
REFUSALS_COUNT_S = 3600.0
"""A refusal counts for this long."""

_LONGEST_QUEUE_S = 86_400.0
"""Turns that are booked further ahead were booked by a wrong clock."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many terminals may log in at a server: `per_minute` in the long run, `burst` at once after a quiet time.

    Refused logins of `refusals` people in a row stop all logins there for a while.
    """

    per_minute: float = 30.0
    burst: int = 5
    refusals: int = 5

    @property
    def every_s(self) -> float:
        """The seconds between two turns."""
        return 60.0 / self.per_minute


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A person whose login was refused, and when (Unix time)."""

    person: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Turns:
    """What is kept of one server and one address. Times are Unix time in seconds.

    `next_s`: when the next turn would come if there were no burst. `refused`: refusals since a login was last accepted.
    `stops`: how often in a row logins were stopped. `held_until_s`: until when nobody gets a turn, because of a stop, or
    while one terminal tries (`probing`).
    """

    next_s: float = 0.0
    refused: tuple[RefusedLogin, ...] = ()
    stops: int = 0
    held_until_s: float = 0.0
    probing: bool = False

    def is_idle(self, now_s: float) -> bool:
        """Whether nothing of this changes any answer any more."""
        return self.next_s <= now_s and not self.refused and self.stops == 0


class WaitReason(StrEnum):
    """Why a terminal must wait."""

    TURN = "turn"
    """Others are before it."""
    MAINTENANCE = "maintenance"
    """The broker has one of its maintenance windows."""
    REFUSALS = "refusals"
    """The server refused too many logins in a row."""


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """`wait` is None if the terminal may log in now. Else it asks again at `at_s`; `booked`: its turn is at that time."""

    wait: WaitReason | None
    at_s: float
    booked: bool = False


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """A terminal that wants to log in. `booked_s` is the turn that it was given, None if it has none. `jitter`: a number
    from 0 to 1 of its own, so that terminals that were told the same do not come in step.
    """

    now_s: float
    jitter: float
    booked_s: float | None = None


def request_turn(turns: Turns, pace: Pace, request: TurnRequest, closed_until_s: float | None) -> tuple[Turns, TurnAnswer]:
    """What is kept then, and the answer to a terminal. `closed_until_s`: when the maintenance that there is now ends."""
    now_s = request.now_s
    if closed_until_s is not None:
        return turns, TurnAnswer(WaitReason.MAINTENANCE, closed_until_s + request.jitter * pace.every_s)
    if turns.held_until_s > now_s:
        return turns, TurnAnswer(WaitReason.REFUSALS, turns.held_until_s + request.jitter * pace.every_s)
    if turns.stops:
        return replace(turns, held_until_s=now_s + PROBE_S, probing=True), TurnAnswer(None, now_s)
    booked_s = request.booked_s
    if booked_s is not None and booked_s > now_s:
        return turns, TurnAnswer(WaitReason.TURN, booked_s, booked=True)
    if booked_s is not None and now_s <= booked_s + LAPSE_S:
        return turns, TurnAnswer(None, now_s)
    return _booked(turns, pace, request)


def _booked(turns: Turns, pace: Pace, request: TurnRequest) -> tuple[Turns, TurnAnswer]:
    now_s = request.now_s
    next_s = min(max(turns.next_s, now_s), now_s + _LONGEST_QUEUE_S)
    at_s = next_s - (pace.burst - 1) * pace.every_s
    after = replace(turns, next_s=next_s + pace.every_s)
    if at_s <= now_s:
        return after, TurnAnswer(None, now_s)
    # Up to half of what is between two turns: nobody comes before those who were told an earlier turn.
    return after, TurnAnswer(WaitReason.TURN, at_s + request.jitter * pace.every_s / 2, booked=True)


def accepted(turns: Turns) -> Turns:
    """What is kept after the server has let a terminal in: whatever it refused before was not about our address."""
    return Turns(turns.next_s)


def refused(turns: Turns, pace: Pace, person: str, now_s: float) -> Turns:
    """What is kept after the server has refused a login. Each person counts once: one who errs often stops nobody else."""
    if turns.stops and not turns.probing:
        # Who logged in before the stop may hear of it late.
        return turns
    if turns.stops:
        return _stopped(turns, now_s)
    recent = tuple(each for each in turns.refused if each.person != person and now_s - each.at_s < REFUSALS_COUNT_S)
    counted = replace(turns, refused=(*recent, RefusedLogin(person, now_s)))
    return counted if len(counted.refused) < pace.refusals else _stopped(counted, now_s)


def _stopped(turns: Turns, now_s: float) -> Turns:
    stops = turns.stops + 1
    pause_s = min(FIRST_STOP_S * 2.0 ** min(stops - 1, 10), LONGEST_STOP_S)
    return replace(turns, refused=(), stops=stops, held_until_s=now_s + pause_s, probing=False)
