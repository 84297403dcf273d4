"""What only the catalogue refuses; all else is in the tree of `images.errors`."""

from __future__ import annotations

from images.errors import Conflict


class NameTaken(Conflict):
    """Another namespace, or another part of its kind in the namespace, has the name."""


class NoFiles(Exception):
    """There is no file of a namespace where one was looked for."""
