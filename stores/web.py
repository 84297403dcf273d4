"""Addresses on the web that the service may fetch: judged as written, and as their names resolve.

A connection goes to the very address that was judged, at the first request and at each redirect.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

import httpcore2
import httpx2

from stores.errors import BadAddress

if TYPE_CHECKING:
    from ipaddress import IPv4Network

MAX_REDIRECTS = 3
PATIENCE = httpx2.Timeout(30, connect=10)  # seconds without a byte
PORTS = {"http": 80, "https": 443}
SHAPE = re.compile(
    r"(https?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?"
    r"(?:/[!-\[\]-~]*|[?#][!-?A-\[\]-~]*)?",
    re.ASCII | re.IGNORECASE,
)
"""No user, no escape, no backslash and no letter beyond ASCII stands before the path.

Nor does a query or a fragment with an @, before which some see a user.
"""
EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""NAT64 and IPv4-compatible addresses, which end with an IPv4 address."""
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out for it; the rest is other people's networks, old or to come."""

Ip = IPv4Address | IPv6Address


def is_web(url: str) -> bool:
    """Is *url* one of http or https, however odd?"""
    return url.partition(":")[0].lower() in PORTS


@dataclass(frozen=True, slots=True)
class Fence:
    """Where the service may fetch: global addresses, and what the operator lets in.

    *networks* are reached beside the global ones, *hosts* wherever their names lead, and *ports*
    alone.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = field(default=frozenset(PORTS.values()))

    @classmethod
    def around(cls, networks: Iterable[str], hosts: Iterable[str], ports: Iterable[int]) -> Fence:
        """Return the fence of an operator's texts. Raises `ValueError`."""
        return cls(
            tuple(map(ip_network, networks)), frozenset(map(str.lower, hosts)), frozenset(ports)
        )

    def check(self, url: str) -> None:
        """Raise `BadAddress` for a *url* that must not be fetched, now or ever."""
        self.resolve(*self.check_text(url))

    def check_text(self, url: str) -> tuple[str, int]:
        """Return host and port of *url*; raise `BadAddress` for one that must never be fetched."""
        match = SHAPE.fullmatch(url)
        if match is None:
            raise BadAddress("The address does not pass filtering: it is no plain http(s) URL.")
        scheme, host, port = match[1].lower(), match[2].lower(), match[3]
        number = int(port) if port else PORTS[scheme]
        if number not in self.ports:
            raise BadAddress(f"The address does not pass filtering: port {number} is closed.")
        bare = host.strip("[]")
        if _is_number(bare) and not _is_ip(bare):
            raise BadAddress("The address does not pass filtering: its host is an odd number.")
        return bare, number

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of *host*, each of which may be reached. Raises `BadAddress`."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise BadAddress(f"The address does not pass filtering: no host {host}.") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            self._demand_reachable(host, address)
        return addresses

    def _demand_reachable(self, host: str, address: str) -> None:
        ip = _embedded(ip_address(address.partition("%")[0]))
        is_let_in = host.rstrip(".") in self.hosts or any(ip in one for one in self.networks)
        if not is_let_in and not _is_public(ip):
            raise BadAddress(f"The address does not pass filtering: {host} is in a closed network.")


def _is_public(ip: Ip) -> bool:
    """Is *ip* one of the whole internet?"""
    is_given_out = isinstance(ip, IPv4Address) or ip in GLOBAL_UNICAST
    return is_given_out and ip.is_global and not ip.is_multicast


def _is_number(host: str) -> bool:
    """Could a resolver take *host* for a number, of whatever base and form?"""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _embedded(ip: Ip) -> Ip:
    """Return the IPv4 address to which *ip* leads, if it is only another form of one."""
    if isinstance(ip, IPv4Address):
        return ip
    if any(ip in network for network in EMBEDDING):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1] or ip


class FencedBackend(httpcore2.NetworkBackend):
    """Connects to the addresses that the fence has judged, and to nothing else."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try each address of *host* in turn."""
        refusal: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._fence.resolve(host, port):
            try:
                return self._sockets.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as trouble:
                refusal = trouble
        raise refusal


class FencedTransport(httpx2.HTTPTransport):
    """httpx2's own, whose connections the fence makes; one for each request."""

    def __init__(self, fence: Fence) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=FencedBackend(fence),
        )


def fenced_client(fence: Fence) -> httpx2.Client:
    """Return a client that never leaves *fence*, nor follows more than three redirects."""

    def check_hop(request: httpx2.Request) -> None:
        fence.check_text(str(request.url))

    return httpx2.Client(
        transport=FencedTransport(fence),
        event_hooks={"request": [check_hop]},
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=PATIENCE,
        trust_env=False,
        headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "vitrine"},
    )
