"""Objects as RBD images, laid out as Nova and Cinder expect them, to clone from."""

from __future__ import annotations

from stores.backends.rbd.store import RbdStore

__all__ = ["RbdStore"]
