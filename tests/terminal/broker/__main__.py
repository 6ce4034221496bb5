"""Runs the test broker. Account passwords stay in memory and are never written anywhere.

usage: python -m broker [--help]
"""

import argparse
import asyncio
import contextlib
import signal

from broker import http, server
from broker.brokerage import Brokerage
from broker.control import ControlApi
from broker.market import read_symbols, read_ticks


async def run(options: argparse.Namespace) -> None:
    """Serves until SIGTERM or SIGINT."""
    ticks = read_ticks()
    brokerage = Brokerage(read_symbols(), ticks, server.now_msc())
    terminals, listening = await server.start(brokerage, options.host, options.port)
    controlling = await http.serve(ControlApi(brokerage, terminals), options.host, options.control_port)
    ports = [s.sockets[0].getsockname()[1] for s in (listening, controlling)]
    print(f"broker: terminals on {ports[0]}, control on {ports[1]}", flush=True)
    clock = asyncio.create_task(server.run_clock(brokerage, ticks, options.speed))
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    clock.cancel()
    listening.close()
    terminals.disconnect()
    controlling.close()
    with contextlib.suppress(asyncio.CancelledError):
        await clock
    # The tasks of the closed connections need a moment to end by themselves.
    await asyncio.sleep(0.05)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m broker", description="A broker for tests: terminals on one port, control over HTTP on another."
    )
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104  # pods must reach it
    parser.add_argument("--port", type=int, default=4430, help="port of the terminals (0: any)")
    parser.add_argument("--control-port", type=int, default=8080, help="port of the control API (0: any)")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than recorded the ticks come")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(run(options()))
