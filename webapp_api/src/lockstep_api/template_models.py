"""The bodies of requests and responses about templates of copiers' settings."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from lockstep_api.models import ChangeRequest, Label, RequestModel, ResponseModel
from lockstep_core.copiers import CopierSettings


class NewTemplate(RequestModel):
    """Settings of copiers to save under a name."""

    name: Label
    settings: CopierSettings


class TemplateChange(ChangeRequest):
    """Changes to a template. `settings` replaces all settings."""

    name: Label | None = None
    settings: CopierSettings | None = None


class TemplateResponse(ResponseModel):
    """Settings of copiers that were saved under a name. A change here does not change copiers that were made from them."""

    id: UUID
    name: str
    settings: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime


class TemplateList(ResponseModel):
    """All templates of the caller, by name."""

    items: tuple[TemplateResponse, ...]
