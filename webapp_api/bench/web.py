"""The website and its API with a long history behind them: 200 accounts, 50,000 copies.

    python -m webapp_api.bench.web [--lighthouse] [--rounds 8] [--out build/bench/web.json]

Works on the running stack, as a person of its own who leaves afterwards. Milliseconds:
`dashboard_lcp`      a browser with an empty cache opens the dashboard, until its largest part is painted
`interaction`        from each key and click on dashboard, trades and rules to the next paint
`navigation`         from a press on a link under a resting pointer until its page is painted; p95 must be below 100
`api`                the pages' requests to the API, each from its first byte sent to its last byte received
`commit_to_browser`  from the router's commit to the event at each of five browsers
With --lighthouse its scores of nine pages instead, in build/bench/lighthouse.json: the best of at most three runs.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lockstep_core.json_object import Json
from webapp_api.bench.figures import machine, summary
from webapp_api.bench.pages import measure_pages
from webapp_api.bench.person import BenchPerson, Place, cluster, person
from webapp_api.bench.stream import measure_stream

ROOT = Path(__file__).resolve().parents[2]
BROWSER = ROOT / "website" / "bench" / "run.sh"
LIGHTHOUSE_FLOOR = {"performance": 90, "accessibility": 95, "best-practices": 95}


def in_browser(script: str, place: Place, who: BenchPerson, **more: object) -> Any:
    """What a script of website/bench says, which signs in as this person."""
    where = {"site": place.site, "resolver": place.resolver}
    wanted = {**where, "email": who.email, "password": who.password, "copier": who.copier, **more}
    command = [str(BROWSER), script]
    done = subprocess.run(command, input=json.dumps(wanted), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ourselves
    return json.loads(done.stdout)


def browser_results(found: Json) -> list[Json]:
    """Samples of the browser as results."""
    by_page: dict[str, list[float]] = found["interactions"]
    everything = [ms for samples in by_page.values() for ms in samples]
    results = [summary("dashboard_lcp", "ms", found["dashboard_lcp"]), summary("interaction", "ms", everything)]
    results += [summary(f"interaction {page}", "ms", samples) for page, samples in by_page.items()]
    by_path: dict[str, list[float]] = found["navigations"]
    results.append(summary("navigation", "ms", [ms for samples in by_path.values() for ms in samples]))
    results += [summary(f"navigation {path}", "ms", samples) for path, samples in by_path.items()]
    return [*results, summary("dashboard layout shift", "1e-3", [1000 * shift for shift in found["dashboard_shift"]])]


def measure(place: Place, who: BenchPerson, rounds: int) -> Json:
    """All figures."""
    load = os.getloadavg()[0]
    pages = measure_pages(place, who)
    stream = asyncio.run(measure_stream(place, who))
    found = in_browser("browser.mjs", place, who, rounds=rounds)
    return {
        "machine": machine(load, browser=found["browser"]),
        "results": [*browser_results(found), *pages, stream],
        "ratios": [],
    }


def lighthouse(place: Place, who: BenchPerson) -> Json:
    """Lighthouse's scores of each page, on a desk and on a phone."""
    load = os.getloadavg()[0]
    scores = {form: in_browser("lighthouse.mjs", place, who, form=form) for form in ("desktop", "mobile")}
    below = [
        f"{form} {page}: {category} {found.get(category, 0)} < {least}"
        for form, pages in scores.items()
        for page, found in pages.items()
        for category, least in LIGHTHOUSE_FLOOR.items()
        if found.get(category, 0) < least
    ]
    return {"machine": machine(load), "scores": scores, "below": below}


def main() -> None:
    """Measures, writes the file, and shows it."""
    parser = argparse.ArgumentParser(description="The website and its API with a long history behind them.")
    parser.add_argument("--lighthouse", action="store_true")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with cluster() as place, person(place) as who:
        figures = lighthouse(place, who) if options.lighthouse else measure(place, who, options.rounds)
    text = json.dumps(figures, indent=2) + "\n"
    out = options.out or ROOT / "build" / "bench" / ("lighthouse.json" if options.lighthouse else "web.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
