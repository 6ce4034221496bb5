"""The API's errors: a status, a stable code and its params. `problems` makes the sentence, in the reader's language."""

from types import MappingProxyType
from typing import Literal

from lockstep_core.copiers import Finding
from lockstep_core.skips import Params

Resource = Literal[
    "account",
    "copier",
    "copy",
    "delivery",
    "guard",
    "request",
    "session",
    "subscription",
    "template",
    "token",
    "user",
    "webhook",
]
NO_PARAMS: Params = MappingProxyType({})


INVALID = "invalid_request"
"""The findings become its params when the response is written."""


class ApiError(Exception):
    """Root of the API's errors. `status` is the HTTP status; the catalogue has the words of `code` as `problems.<code>`."""

    def __init__(self, status: int, code: str, params: Params = NO_PARAMS, findings: tuple[Finding, ...] = ()) -> None:
        self.status = status
        self.code = code
        self.params = params
        self.findings = findings
        super().__init__(code)


class NotSignedIn(ApiError):
    """There is no token, or Supabase does not accept it. The user must sign in again."""

    def __init__(self) -> None:
        super().__init__(401, "not_signed_in")


class RequestRefused(ApiError):
    """A rule forbids the request. The user must act as the text says; the same request will be refused again."""


class InvalidRequest(ApiError):
    """The request is not as documented. `findings` names each invalid field. The user (or the client) must act."""

    def __init__(self, code: str, params: Params = NO_PARAMS, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(422, code, params, findings)


class InvalidFields(InvalidRequest):
    """Fields of a request are not as documented, and `findings` name them. The user (or the client) must act."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(INVALID, NO_PARAMS, findings)


class TooLarge(ApiError):
    """A body larger than any correct request. Never retry it."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, "too_large", {"limit": limit})


class TooSlow(ApiError):
    """The request was not there, or not answered, in time. Retry with growing pauses."""

    def __init__(self) -> None:
        super().__init__(408, "too_slow")


class ResourceNotFound(ApiError):
    """The caller has no such resource. The user must act."""

    def __init__(self, what: Resource) -> None:
        super().__init__(404, f"{what}_not_found")


class StoreUnavailable(ApiError):
    """Supabase does not answer. Retry with growing pauses."""

    def __init__(self) -> None:
        super().__init__(503, "store_unavailable")


class StoreBroken(ApiError):
    """Supabase gave an unexpected answer. Give up; whoever runs the service must look at the log."""

    def __init__(self, code: str) -> None:
        super().__init__(502, "store_broken")
        self.store_code = code


class SealingKeyUnavailable(ApiError):
    """The keyring has not published its keys here. Retry later."""

    def __init__(self) -> None:
        super().__init__(503, "sealing_key_unavailable")


class FeatureOff(ApiError):
    """The call needs a setting that this installation lacks. Never retry; whoever runs the service can set it."""

    def __init__(self) -> None:
        super().__init__(501, "not_available_here")


class TooManyRequests(ApiError):
    """One caller has sent too many requests. Retry after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(429, "too_many_requests")
        self.retry_after_s = retry_after_s


class SecondFactorRequired(ApiError):
    """The second factor is not verified in this session yet. The user must enter a code."""

    def __init__(self) -> None:
        super().__init__(403, "second_factor_required")


class WrongCode(ApiError):
    """The code is wrong, or was used before. The user must enter another one."""

    def __init__(self) -> None:
        super().__init__(422, "wrong_code")
