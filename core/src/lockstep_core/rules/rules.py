"""A copier's settings as decisions read them: plain frozen structs, compiled once for each change."""

from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from fractions import Fraction

import msgspec

from lockstep_core.formula.nodes import Node
from lockstep_core.settings.guards import GuardKind, GuardPeriod


class SizingRule(msgspec.Struct, frozen=True):
    """`number`: the factor, lots in 1e-8, fraction or money, as the mode needs it; `base`: the name of a figure."""

    mode: str
    number: Fraction
    base: str = ""
    master_balance: Fraction | None = None
    formula: Node | None = None
    names: frozenset[str] = frozenset()
    align: bool = False


class RoundingRule(msgspec.Struct, frozen=True, gc=False):
    """How requested lots are rounded and limited; amounts in 1e-8, 0 where not set. `splits`: what is above the broker's
    greatest order is opened in several.
    """

    min_lots: int
    max_lots: int
    refuse_above: bool
    force_tiny: bool
    down: bool
    coefficient: Fraction
    trade_risk: Fraction | None
    closes_rest: bool = False
    refuse_risk: bool = False
    splits: bool = False


class LimitRule(msgspec.Struct, frozen=True, gc=False):
    """Limits over the whole account; 0 or None where not set. `about_reserved`: the float that is nearest to `reserved`."""

    positions: int
    per_symbol: int
    per_side: int
    total_lots: int
    leverage: Fraction | None
    reserved: Fraction | None
    margin: Fraction | None = None
    about_reserved: float = 0.0

    def __post_init__(self) -> None:
        """Divides once."""
        msgspec.structs.force_setattr(self, "about_reserved", float(self.reserved or 0))


class Patterns(msgspec.Struct, frozen=True):
    """Folded patterns (see `globs`): one of `included` must match, where there is any, and none of `excluded` may."""

    included: tuple[str, ...]
    excluded: tuple[str, ...]


class Window(msgspec.Struct, frozen=True, gc=False):
    """Minutes of the week, Monday 00:00 is 0; `end` is above `start` and may lie in the next week."""

    start: int
    end: int


class NewsRule(msgspec.Struct, frozen=True):
    """Gaps in ms around news of these priorities."""

    priorities: frozenset[str]
    before_ms: int
    after_ms: int
    close_ms: int | None


class WeekendRule(msgspec.Struct, frozen=True):
    """The market `closes` at a minute of the week, from Monday 00:00 on, and is closed for `lasts` minutes. `zone` None is
    the slave's broker; `spared` are folded patterns of symbols that are left alone. `whole_account`: it holds for every
    copier of the slave.
    """

    closes: int
    lasts: int
    before_ms: int
    zone: tzinfo | None
    spared: tuple[str, ...] = ()
    whole_account: bool = False


class FilterRule(msgspec.Struct, frozen=True):
    """`zone` None is the slave's broker; `lots` are the fewest and the most in 1e-8. `close_only` are folded patterns."""

    symbols: Patterns | None
    comments: Patterns | None
    magic_in: tuple[tuple[int, int], ...]
    magic_out: tuple[tuple[int, int], ...]
    sides: frozenset[int]
    windows: tuple[Window, ...]
    zone: tzinfo | None
    news: NewsRule | None
    lots: tuple[int, int] | None = None
    weekend: WeekendRule | None = None
    close_only: tuple[str, ...] = ()


class SymbolRule(msgspec.Struct, frozen=True):
    """How symbols are found. Mapping and factors go by the master's symbol without blanks and in capitals; factors are told
    where they are not 1.
    """

    mapping: Mapping[str, str] = {}
    factors: Mapping[str, Fraction] = {}
    auto_affix: bool = True
    prefix: str = ""
    suffix: str = ""


class OneStop(msgspec.Struct, frozen=True, gc=False):
    """`mode` as in the settings; `points` is the fixed distance or the offset."""

    mode: str
    points: int


class ProtectRule(msgspec.Struct, frozen=True, gc=False):
    """What a copy does about its own stop loss; points of its symbol. Break-even: after `even_points` or `even_risk` times
    its risk, 0 where not by that, it is moved `even_offset` beyond the entry. Trailing: from `trail_after` on, `trail_by`
    behind the price (0: it does not trail) and by `trail_step` at a time.
    """

    even_points: int = 0
    even_risk: float = 0.0
    even_offset: int = 0
    trail_after: int = 0
    trail_by: int = 0
    trail_step: int = 1


class StopsRule(msgspec.Struct, frozen=True, gc=False):
    """Both stops and how often they change; 0 where not set. `protect` None: a copy's stop loss is its master's alone.
    `hidden`: how far a stop loss at the broker is where a copy's stops are watched by us, 0 for none there; None: stops are
    at the broker. `acts_alone`: a copy does something about its stops while nothing is known of its master.
    """

    sl: OneStop
    tp: OneStop
    max_points: int
    required: bool
    widen: bool
    interval_ns: int
    messages: int
    min_points: int = 0
    leaves_changed: bool = False
    protect: ProtectRule | None = None
    hidden: int | None = None
    acts_alone: bool = False

    @property
    def are_followed(self) -> bool:
        """Whether a copy has stops that its master's or its entry make."""
        return self.sl.mode != "none" or self.tp.mode != "none" or self.max_points > 0


class PendingRule(msgspec.Struct, frozen=True, gc=False):
    """What becomes of pending orders."""

    mode: str
    at_market_when_filled: bool
    expires: bool


class GuardLimit(msgspec.Struct, frozen=True):
    """A guard, under the names of its setting; None where not set."""

    kind: GuardKind
    type: GuardPeriod
    apply_to: str
    max_absolute_risk: Decimal | None
    max_relative_risk: Decimal | None
    warn_fraction: Decimal | None
    close_positions: bool
    reset: str
    without_credit: bool = False
    counts_from: str = "measured"
    share_of: str = "start"
    initial_balance: Decimal | None = None
    pause_until: str = "minutes"
    pause_minutes: int = 0
    recovered_to: Decimal | None = None


class GuardRule(msgspec.Struct, frozen=True):
    """Guards with their names, and when their days begin: at which minute, in which zone (None: the slave's broker's).
    `day_trades` and `day_lots` (in 1e-8): most in a day, 0 where not set. `looks_before`: some rule here holds for openings.
    """

    limits: tuple[GuardLimit, ...]
    zone: tzinfo | None
    keys: tuple[str, ...] = ()
    day_starts: int = 0
    before_opening: str = "allow"
    day_trades: int = 0
    day_lots: int = 0
    looks_before: bool = False

    @property
    def limits_day(self) -> bool:
        """Whether it limits how much is opened in a day."""
        return self.day_trades > 0 or self.day_lots > 0


class Rules(msgspec.Struct, frozen=True):
    """All of it. Ages and delays in ns, points of the slave's symbol; None where not set. `longest_ns`: how long a copy
    may be open, 0 for ever; `shortest_ns`: for how long its master's closing cannot close it. What is older than `fresh_ns`
    is opened within `late_points` of the master's price alone; further away an order is placed at that price for
    `late_order_ns`, where this is not 0. `late_on_request`: what its user has copied counts as late, too.
    """

    sizing: SizingRule
    rounding: RoundingRule
    limits: LimitRule | None
    filters: FilterRule | None
    symbols: SymbolRule
    stops: StopsRule
    pending: PendingRule
    guards: GuardRule
    reverse: bool
    max_age_ns: int
    max_modify_age_ns: int | None
    max_slippage: int | None
    max_spread: int | None
    deviation: int
    delay_min_ns: int
    delay_span_ns: int
    longest_ns: int = 0
    fresh_ns: int = 0
    late_points: int | None = None
    shortest_ns: int = 0
    late_order_ns: int = 0
    late_on_request: bool = False
