"""Make everything ready to serve, and print what scripts/run needs to know.

Three lines: where to listen, the Host that requests may carry, and the link to sign in with. On
trouble one sentence, and 1. One process does it all, because starting Django is what takes time.
"""

from __future__ import annotations

import os
import socket
import sys
from hashlib import sha256
from io import StringIO
from pathlib import Path

import django
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection


def main() -> None:
    """Check, migrate, collect; each only as far as needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        django.setup()
        import portal.gunicorn  # noqa: F401, PLC0415 -- its own settings may be wrong, too

        _prepare()
    except (ImproperlyConfigured, CommandError) as trouble:
        sys.exit(str(trouble))
    except DatabaseError as trouble:
        first = str(trouble).strip().partition("\n")[0]
        sys.exit(f"VITRINE_DATABASE_URL: the database does not take us: {first}")
    except KeyboardInterrupt:
        sys.exit(130)


def _prepare() -> None:
    from django.conf import settings  # noqa: PLC0415 -- only now are they there

    host, port = settings.LISTEN
    _check_port(host.strip("[]"), port)
    _check_settings()
    settings.DATABASES["default"]["OPTIONS"].pop(
        "pool", None
    )  # it would wait, and not say for what
    _migrate()
    _collect_static(Path(settings.STATIC_ROOT))
    link = StringIO()
    call_command("sign_in_link", stdout=link)
    print(f"{host}:{port}", settings.ALLOWED_HOSTS[0], link.getvalue().strip(), sep="\n")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn will
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise ImproperlyConfigured(
                f"VITRINE_LISTEN: {host}:{port} cannot be listened on: {trouble.strerror}."
            ) from None


def _check_settings() -> None:
    found = [message for message in checks.run_checks() if not message.is_silenced()]
    errors = [str(message.msg) for message in found if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(errors))
    for message in found:
        print(message, file=sys.stderr)


def _migrate() -> None:
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- needs the apps

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    connection.close()


def _collect_static(root: Path) -> None:
    """Collect and compress, which takes seconds, only when a source is another than last time."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 -- needs the apps

    files = sorted(
        Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])
    )
    facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    now = sha256(repr(facts).encode()).hexdigest()
    stamp = root.with_name(f"{root.name}.sources")
    if not (root.is_dir() and stamp.exists() and stamp.read_text() == now):
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)


if __name__ == "__main__":
    main()
