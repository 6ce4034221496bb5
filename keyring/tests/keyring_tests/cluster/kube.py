"""kubectl in a namespace that exists for one test run."""

import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lockstep_core.json_object import Json

ROOT = Path(__file__).parents[4]


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    """kubectl's output; its own words if it fails."""
    tool = shutil.which("kubectl", path=f"{ROOT / 'build' / 'bin'}:{os.environ['PATH']}") or "kubectl"
    environment = {"KUBECONFIG": str(ROOT / "build" / "kubeconfig"), **os.environ}
    done = subprocess.run([tool, *arguments], input=stdin, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
    return done.stdout


def apply(*objects: Json) -> None:
    """Create or update these objects."""
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


@dataclass(frozen=True)
class Namespace:
    """A namespace of the test's own."""

    name: str

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        return kubectl("-n", self.name, *arguments, stdin=stdin)

    def get(self, kind: str, name: str) -> Json:
        found: Json = json.loads(self.run("get", kind, name, "-o", "json"))
        return found

    def uid(self, kind: str, name: str) -> str:
        return str(self.get(kind, name)["metadata"]["uid"])

    def pod_token(self, service_account: str, pod: str, audience: str = "lockstep-keyring") -> str:
        """What kubelet would mount into that pod."""
        bound = ("--bound-object-kind=Pod", f"--bound-object-name={pod}", f"--bound-object-uid={self.uid('pod', pod)}")
        return self.run("create", "token", service_account, f"--audience={audience}", *bound).strip()


def write_service_account(folder: Path, namespace: str, name: str) -> str:
    """What kubelet mounts for a service account, and the address of the API server."""
    folder.mkdir()
    view = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json"))
    cluster = view["clusters"][0]["cluster"]
    authority = cluster.get("certificate-authority-data")
    ca = base64.b64decode(authority) if authority else Path(cluster["certificate-authority"]).read_bytes()
    (folder / "ca.crt").write_bytes(ca)
    (folder / "token").write_text(kubectl("-n", namespace, "create", "token", name).strip())
    return str(cluster["server"])
