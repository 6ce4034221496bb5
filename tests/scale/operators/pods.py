"""The terminal pods of the namespace as a watch tells of them: when each came, and which of them are ready."""

import json
import ssl
import time
from uuid import UUID

import aiohttp

from lockstep_core.json_object import Json
from lockstep_core.resources.names import parse_pod_name
from tests.scale.operators.ground import NAMESPACE, Ground

LONGEST_LINE = 1 << 20


class Pods:
    """`came_s`: when each account's first pod was seen, on the monotonic clock, and `placed_s`: when it first had a node.
    `living`: the pods that there are.
    """

    def __init__(self, ground: Ground) -> None:
        self.came_s: dict[UUID, float] = {}
        self.placed_s: dict[UUID, float] = {}
        self.living: dict[str, UUID] = {}
        self._ready: dict[UUID, int] = {}
        self._ground = ground

    def take_ready(self) -> dict[UUID, int]:
        """The accounts whose pods have become ready since this was called last, with the epochs of these pods."""
        ready, self._ready = self._ready, {}
        return ready

    async def watch(self) -> None:
        """Reads the watch for ever."""
        trust = ssl.create_default_context(cafile=str(self._ground.credentials / "ca.crt"))
        headers = {"Authorization": f"Bearer {(self._ground.credentials / 'token').read_text().strip()}"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout, read_bufsize=LONGEST_LINE) as session:
            url = f"{self._ground.api_url}/api/v1/namespaces/{NAMESPACE}/pods?watch=1"
            version = ""
            while True:
                async with session.get(f"{url}&resourceVersion={version}", ssl=trust) as answer:
                    answer.raise_for_status()
                    async for line in answer.content:
                        version = self._on_event(json.loads(line))

    def _on_event(self, event: Json) -> str:
        pod = event["object"]
        version = str(pod["metadata"].get("resourceVersion", ""))
        parsed = parse_pod_name(pod["metadata"].get("name", ""))
        if parsed is None:
            return version
        account, epoch = parsed
        if event["type"] == "DELETED":
            self.living.pop(pod["metadata"]["name"], None)
            return version
        self.living[pod["metadata"]["name"]] = account
        self.came_s.setdefault(account, time.monotonic())
        if pod["spec"].get("nodeName"):
            self.placed_s.setdefault(account, time.monotonic())
        conditions = pod.get("status", {}).get("conditions", ())
        if event["type"] == "MODIFIED" and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
            self._ready[account] = epoch
        return version
