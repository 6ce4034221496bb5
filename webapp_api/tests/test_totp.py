"""One-time codes against the vectors of RFC 6238, and backup codes."""

import pytest

from lockstep_api import totp

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("unix_s", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(unix_s: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, unix_s // totp.STEP_S) == code
    assert totp.step_of(RFC_SECRET, code, unix_s, 0) == unix_s // totp.STEP_S


def test_a_code_is_good_for_its_neighbours_and_never_again() -> None:
    code = totp.code_at(RFC_SECRET, 100)
    assert [totp.step_of(RFC_SECRET, code, step * 30, 0) for step in (98, 99, 100, 101, 102)] == [None, 100, 100, 100, None]
    assert totp.step_of(RFC_SECRET, code, 3000, 100) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "ä23456", "abcdef"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.step_of(RFC_SECRET, code, 59, 0) is None


def test_the_secret_is_shown_as_apps_want_it() -> None:
    assert totp.secret_text(RFC_SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    uri = totp.otpauth_uri(RFC_SECRET, "a b@example.test")
    assert uri.startswith("otpauth://totp/Lockstep:a%20b%40example.test?secret=GEZD")


def test_backup_codes_differ_and_forgive_spelling() -> None:
    codes = totp.new_backup_codes()
    assert len(set(codes)) == totp.BACKUP_CODES
    assert totp.backup_hash("u", codes[0]) == totp.backup_hash("u", codes[0].replace("-", " ").upper())
    assert totp.backup_hash("u", codes[0]) != totp.backup_hash("v", codes[0])
