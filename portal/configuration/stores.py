"""The stores that the environment names: files always, Ceph and the web where they are wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal.configuration import environment as env

STORE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
Stores = Mapping[str, Mapping[str, Any]]


def _(words: str) -> str:
    """Mark *words* for the catalogues; Django's own mark would read the settings that we make."""
    return words


def configured_stores(var: Path) -> tuple[Stores, str]:
    """Return `IMAGE_STORES`, by name the backend and its options, and the default one's name.

    *var* holds the files unless they lie elsewhere. Raises `ImproperlyConfigured`.
    """
    pool = env.text("CEPH_POOL")
    fence = env.fence("IMPORT_ALLOWED")  # where the service may fetch
    stores: dict[str, dict[str, Any]] = {
        "file": {
            "BACKEND": "stores.backends.filesystem.FilesystemStore",
            "DESCRIPTION": env.text("FILES_DESCRIPTION", _("Files on this server")),
            "OPTIONS": {"path": str(env.folder("FILES", var / "images"))},
        },
    }
    if pool:
        stores["rbd"] = {
            "BACKEND": "stores.backends.rbd.RbdStore",
            "DESCRIPTION": env.text("CEPH_DESCRIPTION", _("Ceph RBD")),
            "OPTIONS": {
                "pool": pool,
                "user": env.text("CEPH_USER", "vitrine"),
                "conf": env.readable_file("CEPH_CONF", "/etc/ceph/ceph.conf"),
                "thin_provisioning": env.flag("CEPH_THIN_PROVISIONING", default=True),
            },
        }
    if name := env.text("HTTP_STORE"):
        if not STORE_NAME.fullmatch(name) or name in stores:
            raise ImproperlyConfigured(
                "VITRINE_HTTP_STORE must be letters, digits, - and _, and no other store's name,"
                f" not {name!r}."
            )
        stores[name] = {"BACKEND": "stores.backends.http.HttpStore", "OPTIONS": fence}
    default = "rbd" if pool else "file"
    return stores, env.choice("DEFAULT_STORE", default, tuple(stores))
