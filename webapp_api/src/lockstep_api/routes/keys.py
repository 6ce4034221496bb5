"""Route for the key to seal passwords to."""

from fastapi import APIRouter, Response

from lockstep_api.context import KeysOf
from lockstep_api.problems import documented
from lockstep_api.sealing import SealingKey

router = APIRouter(prefix="/v1/sealing-key", tags=["keys"], responses=documented(503))


@router.get("")
async def sealing_key(keys: KeysOf, response: Response) -> SealingKey:
    """The keyring's newest public key."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return keys.sealing[0]
