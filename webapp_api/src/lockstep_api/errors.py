"""What can go wrong for a person who uses the API. Every text says what to do and is safe to show and to log."""

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
    """No token, or one that Supabase does not take. The user must sign in again."""

    def __init__(self) -> None:
        super().__init__(401, "not_signed_in", "You are not signed in, or your session has ended. Sign in and try again.")


class Refused(ApiError):
    """The rules do not allow it. The user must act as the text says; the same request will be refused again."""


class InvalidRequest(ApiError):
    """The request is not as documented. `problems` names each field at fault. The user (or the client) must act."""

    def __init__(self, code: str, text: str, problems: tuple[Mapping[str, str], ...] = ()) -> None:
        super().__init__(422, code, text, {"problems": [dict(p) for p in problems]})


class TooLarge(ApiError):
    """A body larger than any correct request. Never retry it."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, "too_large", f"A request may have {limit} bytes at most.")


class NotFound(ApiError):
    """There is no such thing among the caller's own. The user must act."""

    def __init__(self, what: str) -> None:
        super().__init__(404, f"{what}_not_found", f"You have no such {what}.")


class StoreUnavailable(ApiError):
    """Supabase does not answer, or not now. Retry with growing pauses; every call here may be repeated."""

    def __init__(self) -> None:
        super().__init__(503, "store_unavailable", "Your data cannot be reached at the moment. Try again in a few seconds.")


class StoreBroken(ApiError):
    """Supabase answered something that it should not. Give up; whoever runs the service must look at the log."""

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
    """This installation lacks what the call needs. Never retry; whoever runs the service can switch it on."""

    def __init__(self) -> None:
        super().__init__(501, "not_available_here", "This is not available on this installation.")


class TooManyRequests(ApiError):
    """More requests than one caller may make. Retry after the time told."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(429, "too_many_requests", "That was too much at once. Wait a moment and try again.")
        self.retry_after_s = retry_after_s


class SecondFactorRequired(ApiError):
    """The session has not shown its second factor yet. The user must enter a code."""

    def __init__(self) -> None:
        super().__init__(403, "second_factor_required", "Enter the code of your second factor first.")


class WrongCode(ApiError):
    """A code that does not fit, or was used before. The user must enter another."""

    def __init__(self) -> None:
        super().__init__(422, "wrong_code", "This code is wrong or was used already. Wait for the next one and enter it.")
