"""Route for symbols of a copier's master that were not found at its slave's broker."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute
from lockstep_api.symbols import REASONS, SymbolMatch, match_symbols

router = APIRouter(prefix="/v1/copiers", route_class=SignedInRoute, tags=["copiers"], responses=documented(401, 403, 503))


@router.get("/{copier}/symbols", responses=documented(404))
async def symbols(copier: UUID, store: StoreOf) -> SymbolMatch:
    """Symbols of the master that were not found at the slave's broker, with names that they may have there."""
    found = await store.copier(copier)
    skipped = await store.skipped_for(copier, REASONS)
    seen = await store.symbols_of(UUID(found["slave_id"])) if skipped else []
    return match_symbols(skipped, _mapped(found["settings"]), seen)


def _mapped(settings: dict[str, Any]) -> list[str]:
    mappings = (settings.get("symbols") or {}).get("symbol_mapping") or []
    return [str(mapping.get("from")) for mapping in mappings]
