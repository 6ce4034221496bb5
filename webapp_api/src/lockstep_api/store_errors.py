"""Turns errors of Supabase into errors of the API. Pure."""

import re

from lockstep_api.errors import ApiError, InvalidRequest, NotSignedIn, RequestRefused, StoreBroken, StoreUnavailable

_TAKEN = {
    "trading_accounts_one_per_login": ("account_exists", "You have added this login already."),
    "copiers_one_per_pair": ("copier_exists", "These two accounts are linked already."),
    "templates_one_per_name": ("template_exists", "You have a template of this name already. Choose another name."),
}
_SESSION = re.compile(r"PGRST30\d|401|bad_jwt|no_authorization")
_VALUE = re.compile(r"22...|23502|23514")
_LATER = re.compile(r"429|5\d\d|08...|53...|57...|40001|40P01|PGRST00\d|SUP")


def store_error(code: str | None, message: str | None, details: object) -> ApiError:
    """The error of the API for an error of Supabase, by its SQLSTATE or PostgREST code, message and details."""
    # The project's own SQL functions raise `PT4xx` for HTTP status 4xx, with the error's code in the details.
    code = code or ""
    own = re.fullmatch(r"PT(4\d\d)", code)
    if own and isinstance(details, str):
        return NotSignedIn() if own[1] == "401" else RequestRefused(int(own[1]), details, message or "This is not possible.")
    if code == "23505":
        return _taken(message or "")
    if code == "23503":
        return RequestRefused(409, "gone", "Something this refers to has just been removed. Look again and retry.")
    if code == "42501":
        return RequestRefused(403, "forbidden", "You may not do this. Sign in again if you think you should.")
    return _by_kind(code)


def _by_kind(code: str) -> ApiError:
    if _SESSION.fullmatch(code):
        return NotSignedIn()
    if _VALUE.fullmatch(code):
        return InvalidRequest(
            "invalid_value", "One of the values cannot be stored. Compare the request with the documentation."
        )
    return StoreUnavailable() if _LATER.fullmatch(code) else StoreBroken(code)


def _taken(message: str) -> ApiError:
    for constraint, (code, text) in _TAKEN.items():
        if constraint in message:
            return RequestRefused(409, code, text)
    return RequestRefused(409, "already_exists", "This exists already.")
