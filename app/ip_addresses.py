"""Addresses of machines, each written in one way, so that the same machine is always counted as the same."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def read_address(text: str) -> IPv4Address | IPv6Address:
    """Return the address that `text` writes.

    An IPv4 address inside an IPv6 one (`::ffff:192.0.2.1`, as a socket for both writes it) is the IPv4
    address: otherwise all of IPv4 would be one IPv6 network. Source: RFC 4291, 2.5.5.2.

    Raises:
        ValueError: it is no address.
    """
    found = ip_address(text.strip())
    inside = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return inside or found
