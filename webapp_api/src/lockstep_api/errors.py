"""The API's errors. Every text says what to do, and is safe to show and to log."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """Root of the API's errors. `status` is the HTTP status, `code` a stable word, the text a sentence for people."""

    def __init__(self, status: int, code: str, text: str, more: Mapping[str, Any] | None = None) -> None:
        self.status = status
        self.code = code
        self.text = text
        self.more = dict(more or {})
        super().__init__(f"{code}: {text}")


class NotSignedIn(ApiError):
    """There is no token, or Supabase does not accept it. The user must sign in again."""

    def __init__(self) -> None:
        super().__init__(401, "not_signed_in", "You are not signed in, or your session has ended. Sign in and try again.")


class RequestRefused(ApiError):
    """A rule forbids the request. The user must act as the text says; the same request will be refused again."""


class InvalidRequest(ApiError):
    """The request is not as documented. `problems` names each invalid field. The user (or the client) must act."""

    def __init__(self, code: str, text: str, problems: tuple[Mapping[str, str], ...] = ()) -> None:
        super().__init__(422, code, text, {"problems": [dict(p) for p in problems]})


class TooLarge(ApiError):
    """A body larger than any correct request. Never retry it."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, "too_large", f"A request may have {limit} bytes at most.")


class TooSlow(ApiError):
    """The request was not there, or not answered, in time. Retry with growing pauses."""

    def __init__(self) -> None:
        super().__init__(408, "too_slow", "The request took too long. Check the connection and try again.")


class ResourceNotFound(ApiError):
    """The caller has no such resource. The user must act."""

    def __init__(self, what: str) -> None:
        super().__init__(404, f"{what}_not_found", f"You have no such {what}.")


class StoreUnavailable(ApiError):
    """Supabase does not answer. Retry with growing pauses."""

    def __init__(self) -> None:
        super().__init__(503, "store_unavailable", "Your data cannot be reached at the moment. Try again in a few seconds.")


class StoreBroken(ApiError):
    """Supabase gave an unexpected answer. Give up; whoever runs the service must look at the log."""

    def __init__(self, code: str) -> None:
        super().__init__(
            502, "store_broken", "Something is wrong on our side. Try later; support can tell from the request id."
        )
        self.store_code = code


class SealingKeyUnavailable(ApiError):
    """The keyring has not published its keys here. Retry later."""

    def __init__(self) -> None:
        super().__init__(503, "sealing_key_unavailable", "Passwords cannot be sealed at the moment. Try again in a minute.")


class FeatureOff(ApiError):
    """The call needs a setting that this installation lacks. Never retry; whoever runs the service can set it."""

    def __init__(self) -> None:
        super().__init__(501, "not_available_here", "This is not available on this installation.")


class TooManyRequests(ApiError):
    """One caller has sent too many requests. Retry after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(429, "too_many_requests", "That was too much at once. Wait a moment and try again.")
        self.retry_after_s = retry_after_s


class SecondFactorRequired(ApiError):
    """The second factor is not verified in this session yet. The user must enter a code."""

    def __init__(self) -> None:
        super().__init__(403, "second_factor_required", "Enter the code of your second factor first.")


class WrongCode(ApiError):
    """The code is wrong, or was used before. The user must enter another one."""

    def __init__(self) -> None:
        super().__init__(422, "wrong_code", "This code is wrong or was used already. Wait for the next one and enter it.")
