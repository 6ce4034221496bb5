"""Runs Wine: this machine's, or that of the root file system WINE_ROOTFS, which is entered by chroot as root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

USER = 1000
IN_ROOTFS = (
    'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; '
    'mount --bind /etc/resolv.conf "$0/etc/resolv.conf" 2>/dev/null; '
    'chroot --userspec=1000:1000 "$0" env -i "$@"; exit $?'
)
"""The shell must stay as the namespace's first process: it dies with us (--kill-child), and all processes of its PID
namespace with it. The kernel clears that tie for a process that changes its user, as chroot does (PR_SET_PDEATHSIG in
prctl(2))."""


@dataclass(frozen=True, slots=True)
class Wine:
    """Runs Windows programs. `root` is empty for this machine's own Wine.

    Each terminal has its own prefix and so its own wineserver, because one wineserver cannot serve several PID namespaces.
    """

    root: str
    work: Path
    template: Path

    def inside(self, path: Path) -> str:
        """The path inside the root file system."""
        return str(path).removeprefix(self.root)

    def windows(self, path: Path) -> str:
        """The path for Windows programs."""
        return "Z:" + self.inside(path).replace("/", "\\")

    def start(self, script: str, home_folder: Path) -> subprocess.Popen[bytes]:
        """Runs a shell script with Wine and the prefix `prefix`. Every process that it starts ends with it."""
        home = self.inside(home_folder)
        variables = [f"HOME={home}", f"WINEPREFIX={home}/prefix", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "WINEDEBUG=-all"]
        variables.append("WINEDLLOVERRIDES=mscoree,mshtml=")
        command = ["unshare", "--pid", "--fork", "--kill-child"]
        if self.root:
            command += ["--mount", "bash", "-c", IN_ROOTFS, self.root, *variables, "sh", "-c", script]
        else:
            command += ["--mount-proc", "env", "-i", *variables, "sh", "-c", script]
        with (self.work / "wine.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def make_prefix(self, home_folder: Path) -> None:
        """Copies the template's Wine prefix to this folder."""
        if not (home_folder / "prefix").exists():
            shutil.copytree(self.template, home_folder / "prefix", symlinks=True)
        self.give_away(home_folder)

    def give_away(self, folder: Path) -> None:
        """Gives the files to Wine's user, because Wine refuses a prefix of another user."""
        if self.root:
            subprocess.run(["chown", "-R", f"{USER}:{USER}", str(folder)], check=True)


def find_wine() -> tuple[str, str]:
    """(root, why not). `why not` says why Wine cannot run, else it is empty; `root` is empty for this machine's Wine."""
    rootfs = os.environ.get("WINE_ROOTFS", "")
    if rootfs and not (Path(rootfs) / "usr/lib/x86_64-linux-gnu/wine").is_dir():
        return "", f"no Wine in WINE_ROOTFS={rootfs}"
    if os.geteuid() != 0:
        return "", "needs root (namespaces)"
    if not rootfs and shutil.which("wine") is None:
        return "", "no Wine on this machine; give WINE_ROOTFS or use tests/terminal/run_in_wine.sh"
    if shutil.which("x86_64-w64-mingw32-g++-posix") is None:
        return "", "no mingw compiler on this machine"
    return rootfs, ""
