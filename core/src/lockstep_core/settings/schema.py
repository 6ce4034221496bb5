"""The JSON Schema of a copier's settings. `python -m lockstep_core.settings.schema` prints it."""

import json
import sys
from typing import Any

from lockstep_core.settings.copier import CopierSettings


def schema() -> dict[str, Any]:
    """The schema, with the explanation of every field."""
    return CopierSettings.model_json_schema(by_alias=True)


def schema_text() -> str:
    """The schema as the file that is kept in docs."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
