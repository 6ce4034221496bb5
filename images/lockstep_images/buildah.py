"""Runs buildah with its own storage, so that the machine's storage is left alone."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lockstep_images.errors import ToolMissingError
from lockstep_images.locks import making
from lockstep_images.places import Places, call, output


@dataclass(frozen=True)
class Buildah:
    """`options` precede every command: the storage's place and its driver."""

    places: Places
    options: tuple[str, ...]

    def tags(self) -> frozenset[str]:
        """Every reference in the storage."""
        text = output(
            ["buildah", *self.options, "images", "--json", "--no-trunc"], self.places.log("buildah"), "reading image storage"
        )
        return frozenset(name for image in json.loads(text or "[]") or [] for name in image.get("names") or [])

    def build(self, reference: str, containerfile: Path, context: Path, parent: str, apt: Path, log: Path) -> None:
        (apt / "partial").mkdir(parents=True, exist_ok=True)
        build = ["build", "--layers", "--pull-never", "--format", "oci", "--isolation", "chroot", "--network", "host"]
        inputs = ["--build-arg", f"BASE={parent}", "--volume", f"{apt}:/var/cache/apt/archives"]
        names = ["--tag", reference, "--file", str(containerfile), str(context)]
        call(["buildah", *self.options, *build, *inputs, *names], log, f"building {reference}")

    def from_archive(self, reference: str, archive: Path, log: Path) -> None:
        """Imports an image of one layer: the root file system in a tar archive."""
        start = ["buildah", *self.options, "from", "--pull-never", "scratch"]
        container = output(start, log, "starting an image").strip()
        try:
            call(["buildah", *self.options, "add", container, str(archive), "/"], log, f"filling {reference}")
            call(["buildah", *self.options, "config", "--cmd", "/bin/bash", container], log, f"configuring {reference}")
            call(["buildah", *self.options, "commit", "--format", "oci", container, reference], log, f"saving {reference}")
        finally:
            call(["buildah", *self.options, "rm", container], self.places.log("buildah"), "removing a build container")

    def tag(self, existing: str, reference: str) -> None:
        call(["buildah", *self.options, "tag", existing, reference], self.places.log("buildah"), f"tagging {reference}")

    def pull(self, reference: str, log: Path) -> None:
        call(["buildah", *self.options, "pull", reference], log, f"pulling {reference}")

    def push(self, reference: str, to: str, log: Path, compression_level: str = "6") -> None:
        level = ["--compression-level", compression_level]
        call(["buildah", *self.options, "push", *level, reference, to], log, f"copying {reference}")

    def remove(self, reference: str) -> None:
        call(["buildah", *self.options, "rmi", reference], self.places.log("buildah"), f"removing {reference}")


def buildah_here(places: Places) -> Buildah:
    if not shutil.which("buildah"):
        raise ToolMissingError("buildah")
    driver = _driver(places)
    storage = places.storage / driver
    storage.mkdir(parents=True, exist_ok=True)
    return Buildah(places, ("--root", str(storage), "--runroot", str(places.run), "--storage-driver", driver))


def _driver(places: Places) -> str:
    """Returns overlay where it can be mounted, else vfs, which is slow and large but works everywhere."""
    chosen = os.environ.get("LOCKSTEP_STORAGE_DRIVER")
    known = places.storage / "driver"
    with making(places, "storage-driver"):
        if not chosen and known.is_file():
            return known.read_text().strip()
        places.storage.mkdir(parents=True, exist_ok=True)
        chosen = chosen or ("overlay" if _overlay_works(places.storage / "probe") else "vfs")
        known.write_text(chosen)
    return chosen


def _overlay_works(probe: Path) -> bool:
    for name in ("lower", "upper", "work", "merged"):
        (probe / name).mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work"
    mounted = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", layers, str(probe / "merged")], capture_output=True, check=False
    )
    if not mounted.returncode:
        subprocess.run(["umount", str(probe / "merged")], check=True)
    shutil.rmtree(probe, ignore_errors=True)
    return not mounted.returncode
