"""The stores that the environment names: files always, Ceph and the web where they are wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal import environment as env

Stores = dict[str, dict[str, Any]]


def configured_stores(var: Path, *, pool: str, fence: dict[str, Any]) -> Stores:
    """Return `IMAGE_STORES`: by name the backend, its options, and a description.

    *var* holds the files unless they lie elsewhere, *pool* is Ceph's, or empty, *fence* what may
    be reached of the web. Raises `ImproperlyConfigured`.
    """
    stores: Stores = {
        "file": {
            "BACKEND": "stores.backends.filesystem.FilesystemStore",
            "DESCRIPTION": env.text("FILES_DESCRIPTION", "Files on this server"),
            "OPTIONS": {"path": str(env.folder("FILES", var / "images"))},
        },
    }
    if pool:
        stores["rbd"] = {
            "BACKEND": "stores.backends.rbd.RbdStore",
            "DESCRIPTION": env.text("CEPH_DESCRIPTION", "Ceph RBD"),
            "OPTIONS": {
                "pool": pool,
                "user": env.text("CEPH_USER", "vitrine"),
                "conf": env.readable_file("CEPH_CONF", "/etc/ceph/ceph.conf"),
                "thin_provisioning": env.flag("CEPH_THIN_PROVISIONING", default=True),
            },
        }
    if name := env.text("HTTP_STORE"):
        stores[name] = {"BACKEND": "stores.backends.http.HttpStore", "OPTIONS": fence}
    return stores
