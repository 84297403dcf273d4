"""The shipped nginx site in front of a server under test, on loopback and with a key of its own."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import leaks
from tests.faults.site import Site
from tests.faults.wire import PATIENCE, Wire
from tests.live import ROOT, free_port

SHIPPED = ROOT / "deploy" / "nginx"
START_SECONDS = 20
MAIN = """
daemon off;
pid {place}/pid;
error_log {place}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    {site}
}}
"""


@dataclass(frozen=True, slots=True)
class ProxiedSite(Site):
    """A site whose every request passes through the proxy at *port*, by TLS; *plain* is without."""

    port: int
    plain: int

    @property
    def address(self) -> tuple[str, int]:
        """Where the proxy listens."""
        return "127.0.0.1", self.port

    def wire(self) -> Wire:
        """Return a new connection to the proxy, by TLS."""
        return SecureWire(self.address)


class SecureWire(Wire):
    """A connection by TLS to whoever has the address."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self.socket.settimeout(PATIENCE)


@contextmanager
def proxied(site: Site, place: Path, *, patience: int = 30) -> Iterator[ProxiedSite]:
    """Serve *site* through nginx with the shipped configuration, whose places alone are changed.

    *patience* is how many seconds it waits for a client.
    """
    place.chmod(0o755)  # nginx's workers may be another user
    make_certificate(place)
    port, plain = free_port(), free_port()
    text = (SHIPPED / "site.conf").read_text()
    for shipped, here in {
        r"server 127\.0\.0\.1:8000;": "server {}:{};".format(*site.address),
        r"listen \[::\].*;": "",
        r"listen 80;": f"listen 127.0.0.1:{plain};",
        r"listen 443": f"listen 127.0.0.1:{port}",
        r"/etc/ssl/certs/images\.example\.org\.pem": f"{place}/certificate.pem",
        r"/etc/ssl/private/images\.example\.org\.key": f"{place}/key.pem",
        r"/var/log/nginx/vitrine\.log": f"{place}/access.log",
        r"/etc/nginx/vitrine-proxy\.conf": f"{place}/proxy.conf",
    }.items():
        text = replaced(shipped, here, text)
    passing = replaced("30s;", f"{patience}s;", (SHIPPED / "proxy.conf").read_text())
    (place / "proxy.conf").write_text(passing)
    (place / "nginx.conf").write_text(MAIN.format(place=place, site=text))
    command = ["nginx", "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")]
    process = subprocess.Popen(command, env=os.environ)
    try:
        await_port(port, process)
        fields = {name: getattr(site, name) for name in Site.__dataclass_fields__}
        yield ProxiedSite(**fields, port=port, plain=plain)
    finally:
        process.terminate()
        process.wait(30)
        leaks.assert_no_secret((place / "access.log").read_text(), where="the proxy")


def replaced(shipped: str, here: str, text: str) -> str:
    """Return *text* with *here* in the place of *shipped*, which must be there."""
    text, count = re.subn(shipped, here, text)
    assert count, f"The shipped site has no {shipped}"
    return text


def make_certificate(place: Path) -> None:
    """Make a key and a certificate that nobody signed."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-keyout", str(place / "key.pem"), "-out", str(place / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")
