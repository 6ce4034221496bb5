"""Under which licences the packages are that we use, as the packages themselves say."""

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions

UNSAID = "no licence named"
FEW = 3
LONGEST = 60
Licences = Mapping[str, list[str]]


def of_npm_lock(text: str) -> Licences:
    """Names of packages by licence, of a package-lock.json."""
    packages = json.loads(text)["packages"].items()
    return _grouped(
        (str(each.get("license") or UNSAID), path.rpartition("node_modules/")[2]) for path, each in packages if path
    )


def of_python_packages() -> Licences:
    """Names of the packages of this Python's environment by licence."""
    return _grouped((of_distribution(each), str(each.metadata["Name"])) for each in distributions())


def of_distribution(distribution: Distribution) -> str:
    """An SPDX expression where the package has one, else what its classifiers say, else the first words of its own."""
    said = distribution.metadata
    classified = [each.split(" :: ")[-1] for each in said.get_all("Classifier") or () if each.startswith("License :: ")]
    return said.get("License-Expression") or "; ".join(classified) or _first_line(said.get("License") or "") or UNSAID


def listing(licences: Licences) -> str:
    """A line for each licence, the most used first; where few packages have one, with their names."""
    most_first = sorted(licences.items(), key=lambda each: (-len(each[1]), each[0]))
    return "".join(f"  {len(names):4} {licence}{_named(names)}\n" for licence, names in most_first)


def _named(names: list[str]) -> str:
    return f" ({', '.join(names)})" if len(names) <= FEW else ""


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:LONGEST]


def _grouped(pairs: Iterable[tuple[str, str]]) -> Licences:
    found: dict[str, list[str]] = {}
    for licence, name in sorted(pairs):
        found.setdefault(licence, []).append(name)
    return found
