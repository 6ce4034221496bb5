"""The proxies that are offered by name, in a mounted file, which changes while a process runs."""

from pathlib import Path

from lockstep_core.resources.offered_proxies import OfferedProxies, parse_offered_proxies
from lockstep_service.mounted_file import MountedFile

PROXIES_DIR = Path("/var/run/lockstep/proxies")
"""Where the chart mounts them: `proxies.json`, and for the keyring alone a folder for each with `login` and `password`."""
PROXIES_FILE = PROXIES_DIR / "proxies.json"


class ProxiesFile:
    """The proxies, read again whenever their file has changed."""

    def __init__(self, file: Path) -> None:
        self._file = MountedFile(file, parse_offered_proxies, OfferedProxies(), "offered proxies")

    def offered(self) -> OfferedProxies:
        """The proxies; none without a file."""
        return self._file.content()
