"""Probes and metrics over real HTTP."""

import asyncio
import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry, Counter

from lockstep_service.probes import Answer, ProbeServer
from lockstep_service.vitals import Pulse, serving_vitals

PATIENCE_S = 30


def asked(port: int, path: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_a_good_answer_is_200_a_bad_one_503_and_other_paths_are_404() -> None:
    routes = {"/livez": lambda: Answer(b"ok"), "/readyz": lambda: Answer(b"{}", good=False, content_type="application/json")}
    server = ProbeServer(routes, 0, "127.0.0.1")
    try:
        assert asked(server.port, "/livez") == (200, "text/plain; charset=utf-8", "ok")
        assert asked(server.port, "/readyz") == (503, "application/json", "{}")
        assert asked(server.port, "/etc/passwd")[0] == 404
    finally:
        server.close()


def test_a_closed_server_answers_no_more() -> None:
    server = ProbeServer({}, 0, "127.0.0.1")
    server.close()
    with pytest.raises(urllib.error.URLError):
        asked(server.port, "/livez")


def test_a_client_that_says_nothing_keeps_nobody_waiting() -> None:
    server = ProbeServer({"/livez": lambda: Answer(b"ok")}, 0, "127.0.0.1")
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as silent:
            assert asked(server.port, "/livez")[0] == 200
            silent.setblocking(False)
            # The silent connection is still open, so nobody waited for its end.
            with pytest.raises(BlockingIOError):
                silent.recv(1)
    finally:
        server.close()


def test_probes_and_metrics_are_served_while_the_block_runs() -> None:
    registry = CollectorRegistry()
    Counter("trades", "Trades.", registry=registry).inc()
    with serving_vitals(registry, 0, is_alive=lambda: True, is_ready=lambda: False) as port:
        assert "trades_total 1.0" in asked(port, "/metrics")[2]
        assert (asked(port, "/livez")[0], asked(port, "/readyz")[0]) == (200, 503)
    with pytest.raises(urllib.error.URLError):
        asked(port, "/metrics")


async def test_a_loop_that_is_stuck_has_no_pulse() -> None:
    now_s = 100.0
    pulse = Pulse(lambda: now_s)
    beating = asyncio.create_task(pulse.beat())
    await asyncio.sleep(0)
    now_s += 14
    assert pulse.is_alive()
    now_s += 2
    assert not pulse.is_alive()
    beating.cancel()
