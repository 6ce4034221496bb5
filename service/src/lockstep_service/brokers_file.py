"""The catalogue of brokers in a mounted file, which changes while a process runs."""

from pathlib import Path

from lockstep_core.brokers.catalogue import Catalogue, parse_catalogue
from lockstep_service.mounted_file import MountedFile

BROKERS_FILE = Path("/var/run/lockstep/brokers/brokers.json")
"""Where the chart mounts it."""


class BrokersFile:
    """The catalogue, read again whenever its file has changed."""

    def __init__(self, file: Path) -> None:
        self._file = MountedFile(file, parse_catalogue, Catalogue(), "catalogue of brokers")

    def catalogue(self) -> Catalogue:
        """The catalogue; an empty one without a file."""
        return self._file.content()
