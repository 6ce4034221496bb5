"""`python -m lockstep_keyring.rotate STEP FILE`: change one kind of keys in the Secret that comes in as JSON, and print it.

A filter between `kubectl get -o json` and `kubectl replace -f -`, so that a key is never an argument or a file on a disk.
Steps: `add` puts a new key on top, which is used from then on; `announce` adds one at the end, which is only known;
`promote` moves the last one to the top; `retire` removes all but the first.
"""

import base64
import binascii
import json
import sys
from collections.abc import Callable, Mapping, Sequence

from lockstep_core.json_object import Json
from lockstep_keyring.errors import RotationImpossible
from lockstep_keyring.generate import new_key
from lockstep_keyring.keys import KEY_FILES

Lines = list[str]

STEPS: Mapping[str, Callable[[Lines], Lines]] = {
    "add": lambda lines: [new_key(), *lines],
    "announce": lambda lines: [*lines, new_key()],
    "promote": lambda lines: [lines[-1], *lines[:-1]],
    "retire": lambda lines: lines[:1],
}


def rotated(secret: Json, step: str, file: str) -> Json:
    """The Secret after a step. Raises RotationImpossible."""
    if step not in STEPS or file not in KEY_FILES:
        raise RotationImpossible(f"Say one of {', '.join(STEPS)} and one of {', '.join(KEY_FILES)}.")
    try:
        text = base64.b64decode(secret["data"][file], validate=True).decode("ascii")
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise RotationImpossible(f"What came in is no Secret with {file}.") from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise RotationImpossible(f"{file} holds no key.")
    changed = "".join(f"{line}\n" for line in STEPS[step](lines))
    return {**secret, "data": {**secret["data"], file: base64.b64encode(changed.encode()).decode()}}


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 0 when the changed Secret was printed."""
    try:
        step, file = arguments
        sys.stdout.write(json.dumps(rotated(json.load(sys.stdin), step, file)))
    except (RotationImpossible, ValueError) as error:
        # A parser's text may repeat what came in.
        sys.stderr.write(f"{error if isinstance(error, RotationImpossible) else __doc__}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
