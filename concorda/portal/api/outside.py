"""The way out: one POST to an address in the open internet, and to nothing inside."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

PATIENCE = 10.0
"""Seconds for one step of the connection; twice as many for all of it."""
PORTS = {"https": 443, "http": 80}
EMBEDS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 networks whose addresses lead on to an IPv4 address that is written in them."""


class Unreachable(Exception):
    """It cannot be sent there; the message says why."""


@dataclass(frozen=True)
class Destination:
    """An address that was looked at: `ip` is the one that was found to be outside, and the one connected to."""

    secure: bool
    host: str
    port: int
    path: str
    ip: str


def destination(url: str) -> Destination:
    """Look at an address; raise Unreachable unless every machine it may mean is outside."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Unreachable(_("This is not an address.")) from error
    if not host or not port or parts.username or parts.password is not None or not url.isprintable() or " " in url:
        raise Unreachable(_("This is not an address."))
    allowed = f"{host}:{port}" in settings.WEBHOOK_INSIDE
    if parts.scheme != "https" and not allowed:
        raise Unreachable(_("The address has to begin with https://."))
    found = addresses(host, port)
    if not allowed and not all(is_outside(ip) for ip in found):
        raise Unreachable(_("This address lies inside a network of its own; only addresses in the internet are told."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme == "https", host, port, path, found[0])


def addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("There is no machine of this name.")) from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_outside(text: str) -> bool:
    """Whether an IP address lies in the open internet: not private, loopback, link-local, reserved or multicast."""
    ip = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and any(ip in network for network in EMBEDS):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(str(inner))
    return ip.is_global and not ip.is_multicast


class Pinned(http.client.HTTPConnection):
    """Connects to the very machine that was looked at, whatever its name means by now."""

    def __init__(self, to: Destination) -> None:
        super().__init__(to.host, to.port, timeout=PATIENCE)
        self.to = to

    def connect(self) -> None:
        self.sock = socket.create_connection((self.to.ip, self.to.port), PATIENCE)
        if self.to.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.to.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it and return the status; nothing is followed, and nothing but the status is read."""
    connection = Pinned(destination(url))
    limit = threading.Timer(2 * PATIENCE, connection.close)
    limit.start()
    try:
        connection.request("POST", connection.to.path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, AttributeError) as error:  # closed meanwhile, it has no socket
        raise Unreachable(str(error)[:200] or type(error).__name__) from error
    finally:
        limit.cancel()
        connection.close()
