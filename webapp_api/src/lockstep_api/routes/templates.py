"""Templates: sets of rules that a person keeps under a name, to begin further copiers with."""

from uuid import UUID

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.models import NewTemplate, Template, TemplateChange, Templates
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1/templates", tags=["templates"], responses=documented(401, 403, 503))


@router.post("", status_code=201, responses=documented(409, 413, 422))
async def save(body: NewTemplate, store: StoreOf) -> Template:
    """Keeps a set of rules under a name."""
    return Template.model_validate(await store.save_template(body))


@router.get("")
async def templates(store: StoreOf) -> Templates:
    """All own templates."""
    return Templates.model_validate({"items": await store.templates()})


@router.patch("/{template}", responses=documented(404, 409, 413, 422))
async def change(template: UUID, body: TemplateChange, store: StoreOf) -> Template:
    """Gives a template another name, or other rules. Copiers that began with it stay as they are."""
    return Template.model_validate(await store.change_template(template, body))


@router.delete("/{template}", status_code=204, responses=documented(404))
async def delete(template: UUID, store: StoreOf) -> None:
    """Deletes a template. Copiers that began with it stay as they are."""
    await store.delete_template(template)
