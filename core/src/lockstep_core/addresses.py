"""Addresses and ports to which no terminal may be led, whoever names them."""

from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

MAIL_PORTS: Final = frozenset((25, 465, 587, 2525))
"""No terminal reaches these, so neither a broker nor a proxy is there."""

NOT_PUBLIC: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
        ),
    )
)
"""Ranges that are nobody's public address, and Azure's own service at 168.63.129.16."""


def is_public(address: str) -> bool:
    """Whether this is a public IPv4 address. Others are of the cluster or of its host, where no terminal may be led."""
    try:
        parsed = IPv4Address(address)
    except AddressValueError:
        return False
    return not any(parsed in network for network in NOT_PUBLIC)


def is_port_for_terminals(port: int) -> bool:
    """Whether a terminal may connect to this port."""
    return 1 <= port <= 65535 and port not in MAIL_PORTS
