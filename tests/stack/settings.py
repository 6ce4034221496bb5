"""Paths of the stack's charts and images, and the sources of the charts' values."""

import json
from dataclasses import dataclass

from tests.stack.errors import StackError
from tests.stack.shell import BUILD


@dataclass(frozen=True)
class Images:
    """Full references of the images that the last build made."""

    by_name: dict[str, str]

    def __getitem__(self, name: str) -> str:
        if name not in self.by_name:
            raise StackError(f"There is no image `{name}` in build/images.json: run `make images`.")
        return self.by_name[name]


def images() -> Images:
    """What `images/build.sh` wrote."""
    path = BUILD / "images.json"
    if not path.exists():
        raise StackError("No images are built yet: run `make images`.")
    return Images(json.loads(path.read_text()))
