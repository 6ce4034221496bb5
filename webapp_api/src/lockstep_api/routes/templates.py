"""Routes for templates: settings of copiers saved under a name, to make further copiers from."""

from uuid import UUID

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute
from lockstep_api.template_models import NewTemplate, TemplateChange, TemplateList, TemplateResponse

router = APIRouter(
    prefix="/v1/templates", route_class=SignedInRoute, tags=["templates"], responses=documented(401, 403, 503)
)


@router.post("", status_code=201, responses=documented(409, 413))
async def save(body: NewTemplate, store: StoreOf) -> TemplateResponse:
    """Saves settings under a name."""
    return TemplateResponse.model_validate(await store.save_template(body))


@router.get("")
async def templates(store: StoreOf) -> TemplateList:
    """All templates of the caller."""
    return TemplateList.model_validate({"items": await store.templates()})


@router.patch("/{template}", responses=documented(404, 409, 413))
async def change(template: UUID, body: TemplateChange, store: StoreOf) -> TemplateResponse:
    """Changes the name or the settings of a template. Copiers that were made from it stay as they are."""
    return TemplateResponse.model_validate(await store.change_template(template, body))


@router.delete("/{template}", status_code=204, responses=documented(404))
async def delete(template: UUID, store: StoreOf) -> None:
    """Deletes a template. Copiers that were made from it stay as they are."""
    await store.delete_template(template)
