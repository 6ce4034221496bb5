"""A harness whose users make manual requests."""

from typing import Any
from uuid import UUID, uuid4

from lockstep_core.books.links import link_id
from lockstep_core.wire.enums import Action
from lockstep_router.journal.records import KnownLink, ManualRequest, ManualRequestResult

from .engine_harness import COPIER, EngineHarness
from .terminals import UTC_NS


class ManualRequestHarness(EngineHarness):
    """A harness whose database has requests."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.requests: dict[UUID, ManualRequest] = {}
        super().__init__(*args, **more)

    def ask(self, kind: str, ticket: int | None = None, within_ms: int = 60_000) -> ManualRequest:
        """The user makes a request about the copy of a master's position, or about the whole copier."""
        link = None if ticket is None else link_id(COPIER, ticket)
        at_ms = (self.now_ns + UTC_NS) // 1_000_000
        ask = ManualRequest(uuid4(), COPIER, link, kind, at_ms, at_ms + within_ms)
        self.requests[ask.id] = ask
        self.bring_plan()
        return ask

    def bring_plan(self) -> None:
        """The plan comes again, with the requests that have no answer yet."""
        over = {answer.ask for answer in self.answers()}
        requests = [ask for number, ask in self.requests.items() if number not in over]
        self.act(self.engine.on_plan(self.plan, (), self.now_ns, requests=requests))
        self.run()
        self.pass_ms(200)

    def restart(self, *known: KnownLink) -> None:
        """The router is killed and started again; no answer was written."""
        self.start_router(*known)
        self.act(self.engine.on_plan(self.plan, known, self.now_ns, requests=list(self.requests.values())))
        for terminal in self.terminals.values():
            self.connect(terminal)
        self.pass_ms(3000)

    def answers(self) -> list[ManualRequestResult]:
        return [record for record in self.journal if isinstance(record, ManualRequestResult)]

    def outcomes(self) -> list[tuple[str, str | None]]:
        return [(answer.state, answer.reason) for answer in self.answers()]

    def openings(self) -> int:
        return [order.action for order in self.slave.orders].count(Action.OPEN)
