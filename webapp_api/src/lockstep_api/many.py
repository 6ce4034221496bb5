"""Bodies of requests that concern many accounts or copiers at once, and of their responses."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from lockstep_api.models import (
    AccountResponse,
    CopierResponse,
    OperatingMode,
    RequestModel,
    ResponseModel,
    Tags,
)
from lockstep_api.store_errors import store_error
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.settings.findings import refusal
from lockstep_core.skips import Params
from lockstep_texts import say
from lockstep_texts.catalogue import Catalogue


def _distinct(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


Ids = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000), AfterValidator(_distinct)]
Slaves = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200), AfterValidator(_distinct)]


def _with_settings_as_text(values: dict[str, Any]) -> dict[str, Any]:
    settings = values.get("settings")
    return values if settings is None else {**values, "settings": json.dumps(settings)}


class ManyRequest(RequestModel):
    """The base of changes to many: at least one field beside the ids is set, and none to null."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        changes = {name: getattr(self, name) for name in self.model_fields_set if not name.endswith("_ids")}
        if not changes or None in changes.values():
            raise refusal("nothing_to_change")
        return self

    def arguments(self) -> dict[str, Any]:
        """The arguments of the database function: every field as `p_` and its name, ids as `p_accounts`."""
        values = _with_settings_as_text(self.model_dump(mode="json"))
        return {f"p_{name.replace('_ids', 's')}": value for name, value in values.items()}


class AccountsChange(ManyRequest):
    """Changes to many accounts. Tags are added and removed; others stay."""

    account_ids: Ids
    operating_mode: OperatingMode | None = None
    mode: CopierMode | None = None
    add_tags: Tags | None = None
    remove_tags: Tags | None = None


class CopiersChange(ManyRequest):
    """Changes to many copiers. `settings` replaces all settings of each."""

    copier_ids: Ids
    mode: CopierMode | None = None
    settings: CopierSettings | None = None


class AccountsChanged(ResponseModel):
    """The accounts as they are now."""

    items: tuple[AccountResponse, ...]


class CopiersChanged(ResponseModel):
    """The copiers as they are now, without notices."""

    items: tuple[CopierResponse, ...]


class NewCopiers(RequestModel):
    """A copier to add from a master to each of these slaves, all with the same settings."""

    master_id: UUID
    slave_ids: Slaves
    mode: CopierMode = CopierMode.ON
    settings: CopierSettings

    def arguments(self) -> dict[str, Any]:
        """The arguments of the database function."""
        values = _with_settings_as_text(self.model_dump(mode="json"))
        names = {"master_id": "p_master", "slave_ids": "p_slaves", "mode": "p_mode", "settings": "p_settings"}
        return {names[name]: value for name, value in values.items()}


class LinkProblem(ResponseModel):
    """Why there is no copier: a stable code, its params, and a sentence of both."""

    code: str
    params: Params
    detail: str


class LinkedSlave(ResponseModel):
    """The new copier of a slave, or why there is none."""

    slave_id: UUID
    copier: CopierResponse | None = None
    problem: LinkProblem | None = None


class LinkedSlaves(ResponseModel):
    """One entry for each slave, in the order of the request."""

    items: tuple[LinkedSlave, ...]


def linked(rows: Sequence[Mapping[str, Any]], words: Catalogue) -> LinkedSlaves:
    """The result for each slave. Raises the first error if no copier was made at all."""
    failed = [_error(row) for row in rows if "copier" not in row]
    if len(failed) == len(rows):
        raise failed[0]
    return LinkedSlaves(items=tuple(_linked(row, words) for row in rows))


def _error(row: Mapping[str, Any]) -> Any:
    return store_error(row["state"], row["message"], row["details"])


def _linked(row: Mapping[str, Any], words: Catalogue) -> LinkedSlave:
    if "copier" in row:
        return LinkedSlave(slave_id=row["slave_id"], copier=CopierResponse.model_validate(row["copier"]))
    error = _error(row)
    detail = say.problem(words, error.code, error.params)
    return LinkedSlave(slave_id=row["slave_id"], problem=LinkProblem(code=error.code, params=error.params, detail=detail))
