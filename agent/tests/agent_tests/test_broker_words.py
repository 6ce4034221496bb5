"""Which words of a broker mean that a person entered something wrong, and which refusals may pass."""

import pytest

from lockstep_agent.boot.broker_words import meaning_of, reason_of_passing
from lockstep_core.resources.reasons import Reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Invalid account", Reason.INVALID_CREDENTIALS),
        ("invalid password", Reason.INVALID_CREDENTIALS),
        ("Account disabled", Reason.INVALID_CREDENTIALS),
        ("", Reason.INVALID_CREDENTIALS),
        ("OTP required", Reason.OTP_REQUIRED),
        ("Invalid one-time password", Reason.OTP_REQUIRED),
        ("Certificate required", Reason.CERTIFICATE_REQUIRED),
        ("Password must be changed", Reason.PASSWORD_CHANGE_FORCED),
        ("Change your password", Reason.PASSWORD_CHANGE_FORCED),
        ("Password has expired", Reason.PASSWORD_CHANGE_FORCED),
        ("Demo account expired", Reason.DEMO_EXPIRED),
    ],
)
def test_words_that_ask_for_a_person_are_told_apart(words: str, reason: Reason) -> None:
    assert meaning_of(words) is reason


@pytest.mark.parametrize(
    "words",
    [
        "Service is not available",
        "Server is busy",
        "No connection",
        "TLS handshake failed",
        "SSL certificate verify failed",
        "Certificate verification failed",
        "Invalid account state, try again later",
        "Trade server is under maintenance",
        "something that nobody has heard before",
    ],
)
def test_all_other_words_may_pass(words: str) -> None:
    assert meaning_of(words) is None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Old version", Reason.TERMINAL_OUTDATED),
        ("Old client version", Reason.TERMINAL_OUTDATED),
        ("old build of the terminal", Reason.TERMINAL_OUTDATED),
        ("Server is busy", Reason.BROKER_MAINTENANCE),
        ("Your account was sold", Reason.BROKER_MAINTENANCE),
    ],
)
def test_a_terminal_that_is_too_old_is_no_maintenance_and_may_still_update_itself(words: str, reason: Reason) -> None:
    assert (meaning_of(words), reason_of_passing(words)) == (None, reason)
