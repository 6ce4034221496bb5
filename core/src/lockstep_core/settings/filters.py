"""Which of a master's trades are copied, and when."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, field_validator, model_validator

from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import LotAmount, Minutes, SettingsPart, TimeOfDay, TimeZone

MOST_STARS = 8


def _with_few_stars(pattern: str) -> str:
    if pattern.count("*") > MOST_STARS:
        raise refusal("too_many_stars", {"most": MOST_STARS})
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_with_few_stars)]
Patterns = Annotated[tuple[Pattern, ...], Field(max_length=50)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


_EXACT_IN_JSON = 2**53 - 1
_WEEK_MINUTES = 7 * 24 * 60


class Day(StrEnum):
    """Days of the week; a window belongs to the day it begins on."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class SymbolFilter(SettingsPart):
    """By the master's symbol, without regard to case; `*` and `?` stand for any characters."""

    included: Patterns = Field(default=(), description="Only these are copied; empty means all.")
    excluded: Patterns = Field(default=(), description="These are never copied.")


def _exact(number: int) -> int | str:
    return number if number <= _EXACT_IN_JSON else str(number)


MagicNumber = Annotated[int, Field(ge=0, le=2**63 - 1), PlainSerializer(_exact, return_type=int | str, when_used="json")]
"""Written as text where a browser, whose numbers have 53 bits, would change it; text is read too."""


class MagicRange(SettingsPart):
    """Magic numbers from `first` to `last`, both included."""

    first: MagicNumber = Field(description="The first magic number.")
    last: MagicNumber = Field(description="The last magic number.")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.last < self.first:
            raise refusal("last_below_first")
        return self


MagicRanges = Annotated[tuple[MagicRange, ...], Field(max_length=50)]


class MagicFilter(SettingsPart):
    """By the magic number of the master's position; 0 is a trade by hand."""

    included: MagicRanges = Field(default=(), description="Only these are copied; empty means all.")
    excluded: MagicRanges = Field(default=(), description="These are never copied.")


class CommentFilter(SettingsPart):
    """By the comment of the master's position, without regard to case; `*` and `?` stand for any characters."""

    included: Patterns = Field(default=(), description="Only comments like these are copied; empty means all.")
    excluded: Patterns = Field(default=(), description="Comments like these are never copied.")


class LotsFilter(SettingsPart):
    """By the lots that the master opened; an order that is filled in parts counts with what is filled of it."""

    fewest: LotAmount | None = Field(default=None, description="Smaller trades of the master are not copied.")
    most: LotAmount | None = Field(default=None, description="Bigger trades of the master are not copied.")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.fewest is not None and self.most is not None and self.most < self.fewest:
            raise refusal("most_below_fewest")
        return self


class TimeWindow(SettingsPart):
    """A part of the week in which openings are copied; with `start` at or after `end` it runs into the next day."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)] = Field(description="The days it begins on.")
    start: Clock = Field(description="When it begins, as 22:00.")
    end: Clock = Field(description="When it is over, as 06:00; 24:00 is midnight.")

    @field_validator("start")
    @classmethod
    def _starts_within_the_day(cls, text: str) -> str:
        if text == "24:00":
            raise refusal("starts_after_the_day")
        return text


class NewsFilter(SettingsPart):
    """Keeps away from the news of the currencies of a symbol, as the calendar tells them; a copier says when that ends."""

    priorities: Annotated[tuple[Literal["election", "high", "medium", "low"], ...], Field(min_length=1, max_length=4)] = (
        Field(default=("election", "high"), description="Which news count.")
    )
    open_position_preceding_time_gap_in_minutes: Minutes = Field(
        default=120, description="No openings for this many minutes before economic news."
    )
    open_position_following_time_gap_in_minutes: Minutes = Field(
        default=60, description="No openings for this many minutes after economic news."
    )
    close_position_time_gap_in_minutes: Minutes | None = Field(
        default=None, description="Copies are closed this many minutes before economic news. Without a value they stay open."
    )


class WeekendFlat(SettingsPart):
    """Holds nothing over the weekend: copies are closed and pending orders deleted before the market closes, and nothing is
    opened until it opens.
    """

    closes_on: Day = Field(default=Day.FRI, description="The day on which the market closes for the week.")
    closes_at: TimeOfDay = Field(default="17:00", description="When it closes on that day.")
    opens_on: Day = Field(default=Day.SUN, description="The day on which it opens again.")
    opens_at: TimeOfDay = Field(default="17:00", description="When it opens on that day.")
    time_zone: TimeZone = Field(
        default="America/New_York", description="Where these times are: `broker` (the slave's) or one such as Europe/Berlin."
    )
    minutes_before: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=15, description="Copies are closed this many minutes before the market closes."
    )
    left_open: Patterns = Field(
        default=(), description="The slave's symbols that are left alone because they trade at weekends, such as `BTC*`."
    )
    whole_account: bool = Field(
        default=False, description="Also holds for what all other copiers have on the slave's account, whatever they say."
    )

    @model_validator(mode="after")
    def _is_a_part_of_the_week(self) -> Self:
        lasts = weekend_minutes(self)[1]
        if lasts == 0 or lasts + self.minutes_before >= _WEEK_MINUTES:
            raise refusal("weekend_is_all_week")
        return self


def weekend_minutes(weekend: WeekendFlat) -> tuple[int, int]:
    """At which minute of the week, from Monday 00:00 on, the market closes, and for how many minutes."""
    days = tuple(Day)
    closes, opens = (
        days.index(day) * 1440 + int(clock[:2]) * 60 + int(clock[3:])
        for day, clock in ((weekend.closes_on, weekend.closes_at), (weekend.opens_on, weekend.opens_at))
    )
    return closes, (opens - closes) % _WEEK_MINUTES


class Filters(SettingsPart):
    """What a master's opening must be to be copied. Closings are never filtered."""

    symbol_filter: SymbolFilter = Field(default=SymbolFilter(), description="By symbol of the master.")
    allowed_sides: Annotated[tuple[Literal["buy", "sell"], ...], Field(min_length=1, max_length=2)] = Field(
        default=("buy", "sell"), description="Which sides of the master are copied."
    )
    magic_filter: MagicFilter = Field(default=MagicFilter(), description="By magic number.")
    comment_filter: CommentFilter = Field(default=CommentFilter(), description="By comment.")
    lots_filter: LotsFilter = Field(default=LotsFilter(), description="By the lots of the master's trade.")
    time_windows: Annotated[tuple[TimeWindow, ...], Field(max_length=50)] = Field(
        default=(), description="Openings are copied only within these parts of the week; empty means always."
    )
    time_zone: TimeZone = Field(
        default="UTC",
        description="Time zone of the windows: `broker` (the slave's) or one such as Europe/Berlin.",
    )
    news_filter: NewsFilter | None = Field(default=None, description="Keeps away from the news.")
    weekend: WeekendFlat | None = Field(default=None, description="Holds nothing over the weekend.")
    close_only_symbols: Patterns = Field(
        default=(),
        description="Of these symbols, by either side's name, nothing more is opened; what is open is followed and closed.",
    )

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        symbols: Any = self.symbol_filter
        both = {s.upper() for s in symbols.included} & {s.upper() for s in symbols.excluded}
        if both:
            raise refusal("included_and_excluded", {"found": ", ".join(sorted(both))})
        return self
