"""Which addresses may be asked? Public ones of the internet, and those that an operator has opened one by one.

What a name resolves to is looked at once, and that very address is connected to: a name that resolves differently the
next moment gains nothing. One forbidden address among several refuses the name.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from registry.worker.links.troubles import RefusedError, UnreachableError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[str]]

# Below this, only the two ports of the web: nobody is to be written a mail by way of a link.
PORT_MIN: Final = 1024
WEB_PORTS: Final = frozenset({80, 443})
# Ranges that lead to an IPv4 address inside an IPv6 one, or that no public host has, whatever Python's version knows.
_NEVER: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"),
        *("2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)


def system_addresses(host: str, port: int) -> list[str]:
    """What the operating system resolves the name to, each address once.

    Raises:
        UnreachableError: nothing.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError("no-such-host") from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may be asked.

    Attributes:
        opened: `address:port` pairs that are let through although they are not public.
        resolve: the addresses of a name, as text.
    """

    opened: frozenset[str] = frozenset()
    resolve: Resolver = system_addresses

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of the host, all of which may be asked, in the resolver's order.

        Raises:
            UnreachableError: the name has none.
            RefusedError: one of them, or the port, may not be asked.
        """
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in self.resolve(host, port)]
        if not found:
            raise UnreachableError("no-such-host")
        if all(endpoint(address, port) in self.opened for address in found):
            return [str(address) for address in found]
        if port < PORT_MIN and port not in WEB_PORTS:
            raise RefusedError("privileged-port")
        if not all(is_public(address) for address in found):
            raise RefusedError("private-address")
        return [str(address) for address in found]


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may have this address; what hides another one inside never is."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo):
        return False
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def endpoint(address: Address, port: int) -> str:
    """`127.0.0.1:80` or `[::1]:80`."""
    return f"[{address}]:{port}" if isinstance(address, IPv6Address) else f"{address}:{port}"
