"""The terminals' sockets, and the clock."""

import asyncio
import contextlib
import time

from broker.brokerage import Brokerage, Customer
from broker.lines import MAX_LINE, BadLineError, event_line, line, parse, request_of
from broker.market import Ticks, replay
from broker.model import BrokerRequest, RequestAnswered

LOGIN_TIMEOUT_S = 10.0
WRITE_LIMIT = 4_000_000


def now_msc() -> int:
    """The broker's server time: ms since 1970."""
    return time.time_ns() // 1_000_000


class TerminalConnections:
    """The connections of all terminals."""

    def __init__(self, brokerage: Brokerage) -> None:
        self._brokerage = brokerage
        self._writers: dict[int, set[asyncio.StreamWriter]] = {}
        self._orders: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection from its login to its end."""
        with contextlib.suppress(
            BadLineError, ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError
        ):
            verb, values = parse(await asyncio.wait_for(reader.readline(), LOGIN_TIMEOUT_S))
            login = int(values.get("login", "0"))
            self._note_address(login, writer)
            key = (
                self._brokerage.join(login, values.get("password", ""), TerminalSender(writer)) if verb == "LOGIN" else None
            )
            if key is None:
                writer.write(line("REFUSED", reason="Invalid account"))
                await writer.drain()
            else:
                await self._session(login, key, reader, writer)
        writer.close()

    def _note_address(self, login: int, writer: asyncio.StreamWriter) -> None:
        customer = self._brokerage.customers.get(login)
        if customer is not None:
            customer.addresses.add(writer.get_extra_info("peername")[0])

    def disconnect(self, login: int | None = None) -> int:
        """Cuts the connections of one login, or of all. Returns how many."""
        cut = [w for number, writers in self._writers.items() if login in (None, number) for w in writers]
        for writer in cut:
            writer.transport.abort()
        return len(cut)

    async def _session(self, login: int, key: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.setdefault(login, set()).add(writer)
        customer = self._brokerage.customers[login]
        try:
            while raw := await reader.readline():
                verb, values = parse(raw)
                if verb == "ORDER":
                    self._start(customer, request_of(values), writer)
        finally:
            self._brokerage.leave(login, key)
            self._writers[login].discard(writer)

    def _start(self, customer: Customer, request: BrokerRequest, writer: asyncio.StreamWriter) -> None:
        rejected = self._brokerage.take_order(customer, request)
        if self._brokerage.take_ignore(customer):
            return
        delayed = customer.faults.execution_delay_ms or customer.faults.answer_delay_ms
        if not delayed:
            _answer(writer, customer, rejected or self._execute(customer, request))
            return
        task = asyncio.create_task(self._later(customer, request, rejected, writer))
        self._orders.add(task)
        task.add_done_callback(self._orders.discard)

    async def _later(
        self, customer: Customer, request: BrokerRequest, rejected: RequestAnswered | None, writer: asyncio.StreamWriter
    ) -> None:
        faults = customer.faults
        await asyncio.sleep(faults.execution_delay_ms / 1000)
        answer = rejected or self._execute(customer, request)
        await asyncio.sleep(faults.answer_delay_ms / 1000)
        _answer(writer, customer, answer)

    def _execute(self, customer: Customer, request: BrokerRequest) -> RequestAnswered | None:
        answer = self._brokerage.trade(customer, request, now_msc())[-1]
        if self._brokerage.take_swallow(customer) or not isinstance(answer, RequestAnswered):
            return None
        return answer


async def run_clock(brokerage: Brokerage, ticks: Ticks, speed: float) -> None:
    """Replays the ticks, and calls `beat` once a second, for ever."""
    started = beaten = time.monotonic()
    for at_ms, name, bid, ask in replay(ticks, speed):
        while (wait := started + at_ms / 1000 - time.monotonic()) > 0:
            await asyncio.sleep(min(wait, 0.2))
            if time.monotonic() - beaten >= 1.0:
                beaten = time.monotonic()
                brokerage.beat(now_msc())
        if name in brokerage.symbols and name not in brokerage.frozen:
            brokerage.set_quote(name, bid, ask, now_msc())


class TerminalSender:
    """Writes to one terminal. Disconnects it if it does not read, so that unsent data cannot fill the memory."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def __call__(self, raw: bytes) -> None:
        if self._writer.is_closing():
            return
        self._writer.write(raw)
        if self._writer.transport.get_write_buffer_size() > WRITE_LIMIT:
            self._writer.transport.abort()


def _answer(writer: asyncio.StreamWriter, customer: Customer, answer: RequestAnswered | None) -> None:
    if answer is not None and not writer.is_closing():
        writer.write(event_line(customer.book.answered(answer), now_msc()))


async def start(brokerage: Brokerage, host: str, port: int) -> tuple[TerminalConnections, asyncio.Server]:
    """Starts to listen for terminals."""
    terminals = TerminalConnections(brokerage)
    return terminals, await asyncio.start_server(terminals.serve, host, port, limit=MAX_LINE)
