"""The address that limits count by: whom the website signs for, what the door added, and nothing that a caller wrote."""

import pytest

from lockstep_api.addresses import VISITOR_HEADER, address_of, sign_visitor

KEY = b"k" * 32
NOW_S = 1_800_000_000
DOOR = "127.0.0.1"
FORWARDED = b"x-forwarded-for"


def signed(address: str, key: bytes = KEY, at_s: int = NOW_S) -> tuple[bytes, bytes]:
    return VISITOR_HEADER, sign_visitor(key, address, at_s).encode()


def test_the_signature_is_the_one_that_the_website_makes() -> None:
    signature = "fac383dba338dd2b8f75fdd56aac08c43490bc001e6be5d977df9812ef9282ca"
    assert sign_visitor(KEY, "2001:db8::1", 1_800_000_000) == f"1800000000 2001:db8::1 {signature}"


def test_the_website_says_for_whom_it_asks() -> None:
    headers = [(FORWARDED, b"10.0.0.7"), signed("203.0.113.9")]
    assert address_of(DOOR, headers, KEY, 0, NOW_S) == "203.0.113.9"


@pytest.mark.parametrize(
    "headers",
    [
        [(VISITOR_HEADER, b"203.0.113.9")],
        [(VISITOR_HEADER, f"{NOW_S} 203.0.113.9 ".encode())],
        [(VISITOR_HEADER, f"{NOW_S} 203.0.113.9 {'0' * 64}".encode())],
        [(VISITOR_HEADER, b"\xff\xfe \xff \xff")],
        [signed("203.0.113.9", key=b"o" * 32)],
        [signed("203.0.113.9", at_s=NOW_S - 61)],
        [signed("203.0.113.9", at_s=NOW_S + 61)],
        [signed("203.0.113.9"), signed("203.0.113.10")],
        [(VISITOR_HEADER, sign_visitor(KEY, "203.0.113.9", NOW_S).replace("113.9", "113.8").encode())],
        [signed("not an address")],
    ],
)
def test_what_is_not_signed_so_now_is_ignored(headers: list[tuple[bytes, bytes]]) -> None:
    assert address_of(DOOR, [*headers, (FORWARDED, b"10.0.0.7")], KEY, 0, NOW_S) == "10.0.0.7"
    assert address_of(DOOR, [signed("203.0.113.9"), (FORWARDED, b"10.0.0.7")], None, 0, NOW_S) == "10.0.0.7"


def test_only_what_our_own_proxies_added_counts() -> None:
    spoofed = [(FORWARDED, b"1.1.1.1, 2.2.2.2"), (FORWARDED, b"10.0.0.7")]
    assert address_of(DOOR, spoofed, KEY, 0, NOW_S) == "10.0.0.7"
    assert address_of(DOOR, spoofed, KEY, 1, NOW_S) == "2.2.2.2", "an ingress controller before the door"
    assert address_of(DOOR, [(FORWARDED, b"10.0.0.7")], KEY, 1, NOW_S) == "10.0.0.7", "a pod that went past it"
    assert address_of(DOOR, [(FORWARDED, b"nonsense")], KEY, 0, NOW_S) == DOOR


def test_without_a_door_no_header_is_believed() -> None:
    headers = [(FORWARDED, b"1.1.1.1"), signed("203.0.113.9")]
    assert address_of("10.0.0.7", headers, KEY, 0, NOW_S) == "10.0.0.7"
    assert address_of("", headers, KEY, 0, NOW_S) == ""


def test_one_machine_is_one_address() -> None:
    for written in ("2001:db8:1:2::1", "2001:0db8:0001:0002:ffff::", "[2001:db8:1:2::3]"):
        assert address_of(DOOR, [(FORWARDED, written.encode())], KEY, 0, NOW_S) == "2001:db8:1:2::/64"
    assert address_of(DOOR, [(FORWARDED, b"::ffff:192.0.2.1")], KEY, 0, NOW_S) == "192.0.2.1"
