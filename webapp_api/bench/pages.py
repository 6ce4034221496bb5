"""How long the API takes for what the website's pages ask of it."""

import http.client
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from urllib.parse import quote, urlsplit

from lockstep_core.json_object import Json
from webapp_api.bench.figures import summary
from webapp_api.bench.person import BenchPerson, Place

WARM_UP = 2
ROUNDS = 25
# Below what the API allows one session, all of a person's sessions together.
PAUSE_S = 0.01
SETTINGS = {"sizing": {"mode": "multiplier", "factor": "0.5"}}


def calls(person: BenchPerson) -> dict[str, list[tuple[str, Json | None]]]:
    """What each page asks when it is opened: path, and a body where it is a POST."""
    zone = quote("Europe/Berlin", safe="")
    since = (datetime.now(UTC) - timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    month = quote(since.isoformat(), safe="")
    asked = ("/me", "/accounts?limit=1000", "/alerts?unread=true&limit=1")
    every: list[tuple[str, Json | None]] = [(path, None) for path in asked]
    preview = {"settings": SETTINGS, "master_id": person.account}
    return {
        "dashboard": [
            *every,
            ("/copiers", None),
            ("/positions", None),
            (f"/dashboard?zone={zone}", None),
            ("/equity?currency=USD&range=day", None),
        ],
        "accounts": [*every, ("/accounts?sort=-equity&limit=100", None), ("/accounts?q=slave+15&limit=100", None)],
        "account": [
            *every,
            ("/positions", None),
            (f"/accounts/{person.account}", None),
            (f"/accounts/{person.account}/history", None),
            (f"/accounts/{person.account}/equity?range=day", None),
        ],
        "copiers": [*every, ("/copiers?sort=way&limit=100", None)],
        "copier": [
            *every,
            ("/settings-schema", None),
            (f"/copiers/{person.copier}", None),
            (f"/copies?copier_id={person.copier}&limit=20", None),
            ("/preview", preview),
        ],
        "trades": [*every, ("/copiers", None), ("/copies?limit=100", None)],
        "trade": [*every, (f"/copies/{person.link}", None)],
        "skipped": [*every, ("/copiers", None), ("/copies?status=skipped&status=rejected&limit=100", None)],
        "out of sync": [*every, ("/out-of-sync", None)],
        "statistics": [*every, ("/copiers", None), (f"/statistics?since={month}&zone={zone}", None)],
        "alerts": [*every, ("/alerts", None)],
        "activity": [*every, ("/activity", None)],
    }


def measure_pages(place: Place, person: BenchPerson) -> list[Json]:
    """All calls of all pages together as `api`, then each by itself; one after the other, over one connection."""
    took: dict[str, list[float]] = {}
    wanted = [call for page in calls(person).values() for call in page]
    asking = _Asking(place.api, cycle(person.tokens))
    for turn in range(WARM_UP + ROUNDS):
        for path, body in wanted:
            ms = asking.ms(path, body)
            if turn >= WARM_UP:
                took.setdefault(_name(path, person), []).append(ms)
            time.sleep(PAUSE_S)
    asking.close()
    everything = [ms for samples in took.values() for ms in samples]
    return [summary("api", "ms", everything), *(summary(f"api {name}", "ms", took[name]) for name in sorted(took))]


class _Asking:
    def __init__(self, base: str, tokens: Iterator[str]) -> None:
        where = urlsplit(base)
        self._connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
        self._tokens = tokens

    def ms(self, path: str, body: Json | None) -> float:
        """From the request's first byte to the answer's last."""
        headers = {"authorization": f"Bearer {next(self._tokens)}", "content-type": "application/json"}
        text = None if body is None else json.dumps(body)
        began = time.perf_counter()
        self._connection.request("GET" if body is None else "POST", f"/v1{path}", text, headers)
        answer = self._connection.getresponse()
        answered = answer.read()
        took_ms = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answered[:200]!r}")
        return took_ms

    def close(self) -> None:
        self._connection.close()


def _name(path: str, person: BenchPerson) -> str:
    for own, name in ((person.account, "{account}"), (person.copier, "{copier}"), (person.link, "{link}")):
        path = path.replace(own, name)
    head, _, query = path.partition("?")
    return head if head in ("/statistics", "/dashboard") or not query else f"{head}?{query}"
