"""The help of every setting by its path, as the page of rules shows it. A path is `limits/max_leverage`, or
`symbols/symbol_mapping/*/from` for what each item of a list has, or `sizing/fixed` for a choice between groups of settings.
"""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from lockstep_core.settings.copier import CopierSettings

_ITEM = "*"


def help_texts() -> Mapping[str, str]:
    """English help by path. Raises AssertionError where one path has two texts, since a page can show but one."""
    found: dict[str, str] = {}
    for path, text in _fields(CopierSettings, ""):
        if found.setdefault(path, text) != text:
            raise AssertionError(f"{path} has two texts")
    return found


def _fields(model: type[BaseModel], head: str) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        path = f"{head}{field.alias or name}"
        yield path, field.description or ""
        yield from _within(field.annotation, path, len(_models(field.annotation)) > 1)


def _within(kind: Any, path: str, is_choice: bool) -> Iterator[tuple[str, str]]:
    if get_origin(kind) is tuple:
        yield from _within(get_args(kind)[0], f"{path}/{_ITEM}", is_choice)
        return
    for model in _models(kind):
        if is_choice:
            (mode,) = get_args(model.model_fields["mode"].annotation)
            yield f"{path}/{mode}", " ".join((model.__doc__ or "").split())
        for inner, text in _fields(model, f"{path}/"):
            if not (is_choice and inner == f"{path}/mode"):
                yield inner, text


def _models(kind: Any) -> tuple[type[BaseModel], ...]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return (kind,)
    if get_origin(kind) in (Annotated, Union, UnionType):
        return tuple(model for inner in get_args(kind) for model in _models(inner))
    return ()
