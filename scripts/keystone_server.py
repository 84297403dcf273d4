"""A Keystone for the tests: `keystone_server.py FOLDER PORT` sets up what is missing, and serves.

Runs in an environment of its own. FOLDER holds keystone.conf; the administrator's password comes in
OS_BOOTSTRAP_PASSWORD. To import Keystone takes longer than all the rest: it is done once, and each
command of keystone-manage runs in a child.
"""

from __future__ import annotations

import getpass
import grp
import os
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from keystone.cmd import cli
from keystone.server import wsgi


def manage(folder: Path, *words: str) -> None:
    """Run a command of keystone-manage in a child; it must succeed."""
    child = os.fork()
    if not child:
        status = 1
        try:
            cli.main(["keystone-manage", f"--config-dir={folder}", *words])
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"keystone-manage {words[0]} failed")


def set_up(folder: Path, url: str) -> None:
    """Make the tables, the keys of tokens and credentials, and the first administrator."""
    owner = (
        f"--keystone-user={getpass.getuser()}",
        f"--keystone-group={grp.getgrgid(os.getgid())[0]}",
    )
    manage(folder, "db_sync")
    manage(folder, "fernet_setup", *owner)
    manage(folder, "credential_setup", *owner)
    urls = [f"--bootstrap-{interface}-url={url}" for interface in ("public", "internal", "admin")]
    manage(folder, "bootstrap", "--bootstrap-region-id=RegionOne", *urls)


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn with one process of eight threads, on loopback."""

    def __init__(self, port: str) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        """Say what a command line would."""
        wanted = {"bind": f"127.0.0.1:{self.port}", "threads": 8, "control_socket_disable": True}
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return Keystone, which is read when its settings are there."""
        return wsgi.initialize_public_application()


def main(folder: Path, port: str) -> None:
    """Set up and serve on loopback."""
    if not (folder / "ready").exists():
        set_up(folder, f"http://127.0.0.1:{port}/v3")
        (folder / "ready").touch()
    os.environ["OS_KEYSTONE_CONFIG_DIR"] = str(folder)
    sys.argv = ["keystone"]  # it reads the command line too
    Server(port).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
