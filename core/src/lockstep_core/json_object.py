"""A JSON object as it was decoded: what is in it is checked where it is read."""

from typing import Any

Json = dict[str, Any]
