"""When things happened to a copy, how long they took, and when it is settled again."""

FIRST_LOOK_NS = 50_000_000
LONGEST_LOOK_NS = 1_000_000_000


class CopyTiming:
    """The times of a copy. Only its methods and those of `Copy` write them.

    `seen_ns` is on the master terminal's clock, all others are on ours. `in_ns`: when the router received the master's
    event. `paused_until_ns`: until when a rule or a reason delayed it. `out_ns`: when its opening command left. `spans`:
    latencies in µs by name. `request`: the slave terminal's number of the order that opened it on a netting account, 0 while
    unknown. `waiting_looks`: how often it was settled since it waits. `asked_until_ns`: until when a requested quote is
    awaited, 0 if none was requested. `timer_ns`: when it is settled next, 0 without a timer.
    """

    __slots__ = (
        "asked_until_ns",
        "in_ns",
        "out_ns",
        "paused_until_ns",
        "request",
        "seen_ns",
        "spans",
        "timer_ns",
        "waiting_looks",
    )

    def __init__(self) -> None:
        self.seen_ns = self.in_ns = self.paused_until_ns = self.out_ns = 0
        self.timer_ns = self.waiting_looks = self.asked_until_ns = self.request = 0
        self.spans: dict[str, int] = {}

    def begin_latency(self, seen_ns: int, now_ns: int) -> None:
        """Latency counts from here."""
        self.seen_ns, self.in_ns = seen_ns, now_ns

    def begin_with(self, other: "CopyTiming") -> None:
        """The event that opens another copy opens it too: latency, pauses and the request for a quote are that copy's."""
        self.seen_ns, self.in_ns, self.paused_until_ns = other.seen_ns, other.in_ns, other.paused_until_ns
        # All parts of an order are sent at once: if the terminal has no quote for one part, it has none for the next.
        self.asked_until_ns = other.asked_until_ns

    def begin_anew(self, now_ns: int) -> None:
        """Its user requested it. Latency counts from here if the master's event was ever seen, and earlier measurements are
        dropped.
        """
        self.seen_ns, self.in_ns, self.paused_until_ns, self.out_ns = 0, self.in_ns and now_ns, 0, 0
        self.spans = {}

    def next_look_ns(self, now_ns: int, *, is_first: bool) -> int:
        """When a waiting copy is settled again: soon at first, then ever later."""
        if is_first:
            self.waiting_looks = 0
        pause_ns = min(FIRST_LOOK_NS << min(self.waiting_looks, 10), LONGEST_LOOK_NS)
        self.waiting_looks += 1
        return now_ns + pause_ns

    def on_handed_over(self, now_ns: int) -> int:
        """Its opening command was sent. Returns how long the router took since the master's event, in ns, without the pauses
        that a rule asked for.
        """
        if self.in_ns == 0:
            return 0
        self.out_ns = now_ns
        return now_ns - max(self.in_ns, self.paused_until_ns)

    def may_ask(self, now_ns: int) -> bool:
        """Whether it may wait for its terminal's quote: it has not waited for one yet, or waits now."""
        return self.asked_until_ns == 0 or now_ns < self.asked_until_ns

    def is_asking(self, now_ns: int) -> bool:
        """Whether it waits for its terminal's quote now."""
        return now_ns < self.asked_until_ns

    def ask_until(self, until_ns: int) -> None:
        """Its terminal was asked for a quote. The decision waits for the answer, but no longer than this."""
        self.asked_until_ns = until_ns

    def pause_until(self, until_ns: int) -> None:
        """A rule of its copier asks for a pause, which is no latency of ours."""
        self.paused_until_ns = until_ns

    def set_timer(self, at_ns: int) -> bool:
        """Sets a timer. Returns whether it is needed, because no earlier one is set."""
        if self.timer_ns != 0 and at_ns >= self.timer_ns:
            return False
        self.timer_ns = at_ns
        return True

    def take_timer(self, due_ns: int) -> bool:
        """Takes a timer that is due. Returns whether it is still the copy's own: an earlier one may have replaced it."""
        if self.timer_ns != due_ns:
            return False
        self.timer_ns = 0
        return True

    def add_span(self, name: str, duration_us: int) -> None:
        """Adds a latency that was not known yet."""
        self.spans[name] = duration_us

    def on_first_request(self, request: int) -> None:
        """The slave terminal's number of the order that opens it."""
        self.request = request
