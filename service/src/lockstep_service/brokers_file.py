"""The catalogue of brokers in a mounted file, which changes while a process runs."""

from pathlib import Path

import structlog

from lockstep_core.brokers.catalogue import BadCatalogue, Catalogue, parse_catalogue

BROKERS_FILE = Path("/var/run/lockstep/brokers/brokers.json")
"""Where the chart mounts it."""

_log = structlog.get_logger("lockstep.brokers")


class BrokersFile:
    """The catalogue, read again whenever its file has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._mark: object = None
        self._catalogue = Catalogue()

    def catalogue(self) -> Catalogue:
        """The catalogue; an empty one without a file. What was read before stays in use where the file has a fault: one bad
        entry must not keep the accounts of all other brokers from starting.
        """
        try:
            found = self._file.stat()
            mark = (found.st_mtime_ns, found.st_size, found.st_ino)
            if mark != self._mark:
                self._mark = mark
                self._catalogue = parse_catalogue(self._file.read_bytes())
        except FileNotFoundError:
            self._mark, self._catalogue = None, Catalogue()
        except (OSError, BadCatalogue) as error:
            _log.error("catalogue of brokers not read", detail=str(error))
        return self._catalogue
