"""Which packages are in an image, as its own files say: Debian's list, Python's metadata, npm's package.json."""

import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

DPKG = "var/lib/dpkg/status"
_GONE = ".wh."
_ALL_GONE = ".wh..wh..opq"


@dataclass(frozen=True, order=True)
class Package:
    """A package: `kind` is `deb`, `pypi` or `npm`; `licence` is what its metadata say, or ''."""

    kind: str
    name: str
    version: str
    licence: str = ""


def packages_of(layers: Iterable[Path]) -> list[Package]:
    """All packages of an image, from the files of its layers, lowest first; sorted, each once."""
    return sorted(set(_read(described(layers))))


def described(layers: Iterable[Path]) -> Mapping[str, str]:
    """The texts of the files that describe packages, by their paths, after all layers. What a layer removes is gone."""
    found: dict[str, str] = {}
    for layer in layers:
        with tarfile.open(layer) as tar:
            _apply(tar, found)
    return found


def _apply(tar: tarfile.TarFile, found: dict[str, str]) -> None:
    for member in tar:
        path = PurePosixPath(member.name.removeprefix("./"))
        if path.name.startswith(_GONE):
            gone = path.parent if path.name == _ALL_GONE else path.with_name(path.name.removeprefix(_GONE))
            for each in [each for each in found if PurePosixPath(each).is_relative_to(gone)]:
                del found[each]
        elif member.isfile() and _describes(path) and (content := tar.extractfile(member)) is not None:
            found[str(path)] = content.read().decode(errors="replace")


def _describes(path: PurePosixPath) -> bool:
    is_metadata = path.name == "METADATA" and path.parent.suffix == ".dist-info"
    return str(path) == DPKG or is_metadata or (path.name == "package.json" and "node_modules" in path.parts)


def _read(found: Mapping[str, str]) -> Iterator[Package]:
    for path, text in found.items():
        if path == DPKG:
            yield from _debian(text)
        elif path.endswith("METADATA"):
            yield _python(text)
        else:
            yield from _npm(path, text)


def _debian(status: str) -> Iterator[Package]:
    for paragraph in status.split("\n\n"):
        said = HeaderParser().parsestr(paragraph.strip())
        if said.get("Status", "").endswith(" installed"):
            yield Package("deb", said["Package"], said["Version"])


def _python(metadata: str) -> Package:
    said = HeaderParser().parsestr(metadata)
    return Package("pypi", said["Name"].lower().replace("_", "-"), said["Version"], said.get("License-Expression") or "")


def _npm(path: str, text: str) -> Iterator[Package]:
    """Only the package.json in a package's own folder says its name and version; folders inside it may have others."""
    try:
        said = json.loads(text)
    except ValueError:
        return
    folder = str(PurePosixPath(path).parent).rpartition("node_modules/")[2]
    if said.get("name") == folder and isinstance(said.get("version"), str):
        licence = said.get("license")
        yield Package("npm", folder, said["version"], licence if isinstance(licence, str) else "")
