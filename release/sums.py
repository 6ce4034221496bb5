"""Checksums of a release's files, and a signature of them by whoever releases."""

import hashlib
import subprocess
from pathlib import Path

SUMS = "SHA256SUMS"
NAMESPACE = "lockstep-release"
"""What a signature is for: one that was made for something else does not pass."""


def write_sums(folder: Path) -> Path:
    """Writes the checksums of all files of a folder as `sha256sum --check` reads them."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith(SUMS))
    sums = folder / SUMS
    sums.write_text("".join(f"{_sha256(file)}  {file.name}\n" for file in files))
    return sums


def sign(sums: Path, key: Path) -> None:
    """Signs the checksums with an SSH key, as SHA256SUMS.sig. Raises CalledProcessError."""
    Path(f"{sums}.sig").unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-f", key, "-n", NAMESPACE, sums], check=True, capture_output=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
