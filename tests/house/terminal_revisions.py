"""The revisions that an installation of the chart gives terminal pods: a terminal whose revision changes is replaced.

usage: python -m tests.house.terminal_revisions > release/terminals.json
"""

import itertools
import json
import sys
from typing import Any

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import SpecEnvironment, parse_account
from lockstep_operator.podspec import revision
from lockstep_operator.settings import OperatorSettings
from lockstep_service.settings import read_settings
from release.version import version
from tests.house.chart import IMAGES, Object, pods, rendered

RECORD = "release/terminals.json"
ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"
PROXY = {"type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "login": "somebody"}
TERMINAL_IMAGES = {"terminalMt4": "registry/mt4:1", "terminalMt5": "registry/mt5:1"}


def revisions(**values: Any) -> dict[str, str]:
    """The revision of a terminal of each kind, where the chart is installed with these values."""
    images = {**{image: f"registry/{image}:1" for image in IMAGES}, **TERMINAL_IMAGES, **values.pop("images", {})}
    (operator,) = (pod for pod in pods(rendered(images=images, **values)) if pod.component == "operator")
    template = read_settings(OperatorSettings, {**operator.variables, "LOCKSTEP_DATABASE_URL": "postgres://"}).pod_template()
    found = {}
    for platform, environment, proxied in itertools.product(Platform, SpecEnvironment, (False, True)):
        account = parse_account(resource(platform, environment, proxied=proxied))
        name = f"{platform} {environment}{' by a proxy' if proxied else ''}"
        found[name] = revision(account.spec, template)
    return found


def resource(platform: Platform, environment: SpecEnvironment, *, proxied: bool) -> Object:
    """A CopierAccount."""
    spec = {"accountId": ACCOUNT, "userId": ACCOUNT, "platform": platform, "environment": environment, "login": "1"}
    more = {"server": "Broker", "role": "Slave", "credentials": {"secretName": "secret", "version": 1}}
    proxy = {"proxy": PROXY} if proxied else {}
    return {"metadata": {"name": f"account-{ACCOUNT}", "uid": "uid"}, "spec": {**spec, **more, **proxy}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"version": version(), "revisions": revisions()}, indent=1) + "\n")
