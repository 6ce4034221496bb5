"""The Debian base, made with mmdebstrap from the mirror that this machine itself uses."""

import os
import re
import tempfile
from pathlib import Path

from lockstep_images.buildah import Buildah
from lockstep_images.errors import ImagesError
from lockstep_images.places import Places, call, output

SUITE = "trixie"
DEFAULT_MIRROR = "http://deb.debian.org/debian"
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_EXCLUDED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")


def chosen_base() -> str:
    """The base image that the user chose, or '' for the one made here. Raises ImagesError if it has no digest."""
    chosen = os.environ.get("LOCKSTEP_BASE_IMAGE", "")
    if chosen and not _DIGEST.search(chosen):
        raise ImagesError(f"LOCKSTEP_BASE_IMAGE={chosen} may be another image tomorrow; name it by its digest, …@sha256:…")
    return chosen


def packages(folder: Path) -> str:
    """The packages beyond the minimum, separated by commas."""
    lines = (line.split("#")[0].strip() for line in (folder / "packages").read_text().splitlines())
    return ",".join(line for line in lines if line)


def make_base(places: Places, buildah: Buildah, folder: Path, reference: str) -> None:
    if chosen_base():
        buildah.pull(chosen_base(), places.log("build-base"))
        buildah.tag(chosen_base(), reference)
        return
    with tempfile.TemporaryDirectory(dir=places.cache) as scratch:
        archive = Path(scratch) / "base.tar"
        _mmdebstrap(places, packages(folder), archive)
        buildah.from_archive(reference, archive, places.log("build-base"))


def _mmdebstrap(places: Places, wanted: str, archive: Path) -> None:
    excluded = [f"--dpkgopt=path-exclude={path}" for path in _EXCLUDED]
    small = ['--aptopt=APT::Install-Recommends "false"', "--aptopt=Acquire::Languages { none; }"]
    include = [f"--include={wanted}"] if wanted else []
    call(
        ["mmdebstrap", "--variant=minbase", "--mode=root", *excluded, *small, *include, SUITE, str(archive), *_sources()],
        places.log("build-base"),
        "making the Debian base",
    )


def _sources() -> list[str]:
    """Lines for sources.list: the suite, its updates and its security fixes, from this machine's mirrors."""
    targets = output(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"],
        Path(os.devnull),
        "reading apt's sources",
    )
    mirrors: dict[str, str] = {}
    for line in targets.splitlines():
        address, _, label = line.partition(" ")
        mirrors.setdefault(label, address)
    main = mirrors.get("Debian", DEFAULT_MIRROR)
    if not main.startswith(("http:", "https:")):
        raise ImagesError(f"apt's mirror {main} cannot be used inside an image; set LOCKSTEP_BASE_IMAGE")
    lines = [f"deb {main} {SUITE} main", f"deb {main} {SUITE}-updates main"]
    if "Debian-Security" in mirrors:
        lines.append(f"deb {mirrors['Debian-Security']} {SUITE}-security main")
    return lines
