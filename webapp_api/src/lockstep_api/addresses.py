"""Where a request comes from: the address that its limits count by. Pure.

The door before the API adds its peer's address to `X-Forwarded-For`. All people of the website come by way of its pods,
so the website says for whom it asks in a header of its own, which it signs with a key that it shares with the API. What
others write into either header is ignored.
"""

import hashlib
import hmac
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Network, ip_address

VISITOR_HEADER = b"x-lockstep-visitor"
_FORWARDED = b"x-forwarded-for"
_CONTEXT = b"lockstep visitor v1"
_VALID_S = 60

Headers = Sequence[tuple[bytes, bytes]]


def sign_visitor(key: bytes, address: str, now_s: int) -> str:
    """The value of the header: Unix time in s, the address, and the HMAC-SHA256 of both."""
    return f"{now_s} {address} {_signature(key, str(now_s), address)}"


def address_of(peer: str, headers: Headers, key: bytes | None, proxies: int, now_s: float) -> str:
    """The address that a request comes from. `proxies` is the number of proxies before the door that add to
    `X-Forwarded-For`.
    """
    found = _signed(headers, key, now_s) or _forwarded(headers, proxies) if _is_loopback(peer) else None
    return _counted(found) or _counted(peer) or peer


def _signed(headers: Headers, key: bytes | None, now_s: float) -> str | None:
    values = [value for name, value in headers if name == VISITOR_HEADER]
    if key is None or len(values) != 1:
        return None
    try:
        at, address, signature = values[0].decode("ascii").split(" ")
        is_fresh = abs(now_s - int(at)) <= _VALID_S
    except ValueError:
        return None
    return address if hmac.compare_digest(signature, _signature(key, at, address)) and is_fresh else None


def _signature(key: bytes, at: str, address: str) -> str:
    return hmac.new(key, b"\0".join([_CONTEXT, at.encode(), address.encode()]), hashlib.sha256).hexdigest()


def _forwarded(headers: Headers, proxies: int) -> str | None:
    """The entry that the outermost of our own proxies added. The peer may have written what stands before it."""
    values = b",".join(value for name, value in headers if name == _FORWARDED).decode("latin-1")
    entries = [entry.strip() for entry in values.split(",") if entry.strip()]
    return entries[max(0, len(entries) - 1 - proxies)] if entries else None


def _is_loopback(peer: str) -> bool:
    """Only the door, which is in the same pod, reaches the API on the loopback address."""
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def _counted(address: str | None) -> str | None:
    """The key to count by: an IPv4 address, or the /64 of an IPv6 address, since one machine may have a whole /64. None for
    an invalid address.
    """
    try:
        found = ip_address((address or "").strip("[]"))
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))
