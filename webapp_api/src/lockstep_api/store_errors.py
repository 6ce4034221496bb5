"""Turns errors of Supabase into errors of the API. Pure."""

import json
import re

from lockstep_api.errors import (
    NO_PARAMS,
    ApiError,
    InvalidRequest,
    NotSignedIn,
    RequestRefused,
    StoreBroken,
    StoreUnavailable,
)
from lockstep_core.skips import Params

_TAKEN = {
    "trading_accounts_one_per_login": "account_exists",
    "copiers_one_per_pair": "copier_exists",
    "templates_one_per_name": "template_exists",
}
_OWN_STATUS = re.compile(r"PT(4\d\d)")
_OWN_CODE = re.compile(r"[a-z_]{1,64}")
_SESSION = re.compile(r"PGRST30\d|401|bad_jwt|no_authorization")
_VALUE = re.compile(r"22...|23502|23514")
_LATER = re.compile(r"429|5\d\d|08...|53...|57...|40001|40P01|PGRST00\d|SUP")


def store_error(code: str | None, message: str | None, details: object) -> ApiError:
    """The error of the API for an error of Supabase, by its SQLSTATE or PostgREST code, message and details."""
    code = code or ""
    # `private.refuse` raises `PT4xx` for HTTP status 4xx, with its code as the message and the params in the details.
    own = _OWN_STATUS.fullmatch(code)
    if own and _OWN_CODE.fullmatch(message or ""):
        return NotSignedIn() if own[1] == "401" else RequestRefused(int(own[1]), message or "", _params(details))
    if code == "23505":
        return RequestRefused(409, _taken(message or ""))
    if code == "23503":
        return RequestRefused(409, "gone")
    if code == "42501":
        return RequestRefused(403, "forbidden")
    return _by_kind(code)


def _params(details: object) -> Params:
    try:
        params = json.loads(details) if isinstance(details, str) else {}
    except ValueError:
        return NO_PARAMS
    return params if isinstance(params, dict) else NO_PARAMS


def _by_kind(code: str) -> ApiError:
    if _SESSION.fullmatch(code):
        return NotSignedIn()
    if _VALUE.fullmatch(code):
        return InvalidRequest("invalid_value")
    return StoreUnavailable() if _LATER.fullmatch(code) else StoreBroken(code)


def _taken(message: str) -> str:
    return next((code for constraint, code in _TAKEN.items() if constraint in message), "already_exists")
