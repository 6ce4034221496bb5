"""Watches the cluster's release with the chart's rules until Ctrl-C, and prints each alert: `python -m tests.alerts`."""

import shutil
import signal
import sys
import threading

from tests.alerts.config import Pace, pods
from tests.alerts.receiver import Receiver, Told
from tests.alerts.running import cluster_access, list_pods, monitoring
from tests.stack.errors import StackError
from tests.stack.shell import BUILD, say

PORTS = (9090, 9093)
PACE = Pace(scrape_s=5, rules_s=5)
LOOK_S = 5.0
"""How often it is looked which pods there are."""


def main() -> int:
    """Runs both until somebody ends it."""
    folder = BUILD / "monitoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    receiver = Receiver(_print)
    try:
        access = cluster_access(folder)
        scraped = pods(access, str(list_pods(folder, access)))
        with monitoring(folder, [scraped], receiver.url, PACE, PORTS) as running:
            say(f"Prometheus: {running.prometheus}/alerts   Alertmanager: {running.alertmanager}")
            while not ended.wait(LOOK_S):
                list_pods(folder, access)
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        receiver.close()
        shutil.rmtree(folder)
    return 0


def _print(told: Told) -> None:
    say(f"{'ALERT' if told.firing else 'over '} {told.name}: {told.summary} ({told.runbook})")


if __name__ == "__main__":
    sys.exit(main())
