"""The reference of a copier's settings for people. `python -m lockstep_core.settings.reference` prints it."""

import sys
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lockstep_core.formula.nodes import FUNCTIONS, VARIABLES
from lockstep_core.settings.copier import CopierSettings
from lockstep_core.skips import MEANINGS, PASSING

_HEAD = """# A copier's settings

Written from the models in `lockstep_core.settings`; the same as JSON Schema is
[copier-settings.schema.json](copier-settings.schema.json). What the settings do is shown by examples in
[copying-rules.md](copying-rules.md). Amounts of lots and factors are decimal texts ("0.10").

"""


def reference() -> str:
    """The page."""
    groups = dict.fromkeys(groups_of(CopierSettings))
    return _HEAD + "\n".join(_group(group) for group in groups) + "\n" + _formulas() + "\n" + _codes()


def groups_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and all within it, some perhaps more than once."""
    yield model
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            yield from groups_of(inner)


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) in (Annotated, Union, UnionType, tuple):
        for inner in get_args(kind):
            yield from _models(inner)


def _group(model: type[BaseModel]) -> str:
    rows = "\n".join(_row(name, field) for name, field in model.model_fields.items())
    about = " ".join((model.__doc__ or "").split())
    return f"## {model.__name__}\n{about}\n\n| setting | default | |\n| --- | --- | --- |\n{rows}\n"


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{field.alias or name}` | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if isinstance(value, BaseModel):
        return "see there"
    if value is None or value == ():
        return "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)


def _formulas() -> str:
    variables = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items())
    functions = ", ".join(f"`{name}`" for name in FUNCTIONS)
    return (
        "## Variables of formulas\nOperators: `+ - * / % ^`, comparisons, `a ? b : c`. Functions: "
        f"{functions}. A variable that is not known at the moment makes the copy be skipped.\n\n"
        f"| variable | |\n| --- | --- |\n{variables}\n"
    )


def _codes() -> str:
    codes = "\n".join(
        f"| `{code.value}` | {meaning} | {'yes' if code in PASSING else ''} |" for code, meaning in MEANINGS.items()
    )
    head = (
        "## Reasons why something is not copied\nStable codes; with each come the setting and a sentence. An opening "
        "*waits* for what may pass, for as long as its signal is fresh.\n\n"
    )
    return f"{head}| code | | waits |\n| --- | --- | --- |\n{codes}\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
