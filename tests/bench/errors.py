"""What can go wrong while two commits are measured; every text says what to do."""

from pathlib import Path


class BenchError(Exception):
    """Root of this package's errors. The person at the keyboard must act."""


class CommandFailed(BenchError):
    """A command ended badly. Its own words say why."""

    def __init__(self, command: list[str], folder: Path, code: int, output: str) -> None:
        super().__init__(f"`{' '.join(command)}` in {folder} ended with {code}:\n{output.strip()[-4000:]}")


class UnknownCommit(BenchError):
    """Git does not know the name. Name a commit, a branch or a tag of this repository."""

    def __init__(self, name: str) -> None:
        super().__init__(f"this repository has no commit {name!r}; name a commit, a branch or a tag")


class NothingInCommon(BenchError):
    """The two commits' benchmarks share no figure. Choose a commit whose benchmarks are nearer to today's."""

    def __init__(self) -> None:
        super().__init__("the two commits' benchmarks write no figure of the same name and unit; choose another commit")


class NothingCounted(BenchError):
    """Callgrind wrote no sum. Look at its file."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} holds no sum of callgrind's; was the opening counted?")


class StrangeFigures(BenchError):
    """A benchmark wrote a file that cannot be compared. Run it by itself and look at the file."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file} is not what a benchmark writes: {why}")
