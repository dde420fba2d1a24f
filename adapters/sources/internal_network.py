"""Which addresses are internal, and so not read from unless a setting says so."""

import ipaddress
import socket

from indexer.errors import SourceUnavailable

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def refuse_internal(host: str) -> tuple[str, ...]:
    """The IP addresses of ``host``; raises SourceUnavailable where any of them is internal.

    A name that is not known passes, without addresses: connecting to it says why, in its own words.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    addresses = tuple(dict.fromkeys(str(place[0]) for *_, place in found))
    for address in addresses:
        refuse(address, host)
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def refuse(address: str, host: str) -> None:
    """Raise SourceUnavailable where ``address``, one of those of ``host``, is internal."""
    if not is_public(address):
        named = "" if address == host.strip("[]") else f" ({address})"
        raise SourceUnavailable(
            f"'{host}'{named} is an address of an internal network, which documentation is not read from. "
            "Where that is meant, set allow_private = true for this source."
        )


def is_literal(host: str) -> bool:
    """Whether this is an IP address instead of a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
