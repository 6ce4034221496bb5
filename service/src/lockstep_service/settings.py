"""All settings of a process at once, as a pydantic model."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lockstep_service.errors import InvalidSettings
from lockstep_service.variables import PREFIX

Model = TypeVar("Model", bound=BaseModel)


def read_settings(model: type[Model], environ: Mapping[str, str]) -> Model:
    """The settings in an environment: each field is the variable of the same name in capitals after `LOCKSTEP_`.

    Raises InvalidSettings that names the variables at fault and repeats no value.
    """
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise InvalidSettings(f"Settings that cannot be used: {wrong}") from None
