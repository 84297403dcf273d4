"""What images announce to the apps above: `-ing` may refuse by raising, `-ed` may not.

All but `reaped` are sent inside the act's transaction with `send` (a refusal travels and rolls
back); the sender is `Image`. Receivers take `**kwargs`, so that an argument may be added.
"""

from __future__ import annotations

from django.dispatch import Signal

image_creating = Signal()
"""image, actor. Nobody sees the image yet. Raise `OverQuota` to refuse: nothing of it stays."""

upload_starting = Signal()
"""image, attempt. Transaction 1, before a byte is read; the attempt's size is the declared bytes,
or None. Raise `OverQuota` to refuse; return up to how many bytes it need not ask again, None: any.
"""

upload_landing = Signal()
"""image, attempt, size. In place of starting and finishing: all *size* bytes were here when the
upload began. Raise `OverQuota` to refuse."""

upload_growing = Signal()
"""image, attempt, size. An attempt without a declared size is at *size* bytes, and asks for more in
a transaction of its own. Raise `OverQuota` to stop it; return as `upload_starting`."""

upload_finishing = Signal()
"""image, attempt, size. Transaction 2, with the true *size* in bytes. Raise `OverQuota` to refuse.
"""

upload_abandoned = Signal()
"""image, attempt. In the transaction that undoes the attempt: give back what it held."""

image_deleted = Signal()
"""image. In the transaction of the deletion, before its locations go."""

location_adding = Signal()
"""image, location, size. Before *location*, where *size* bytes lie already, becomes one of the
places of the data. Raise `OverQuota` to refuse."""

location_removed = Signal()
"""image, location. In the transaction in which *location*, one of the places of the data, goes."""

import_starting = Signal()
"""image. In the transaction in which *image* becomes one that is importing. Raise `OverQuota` to
refuse."""

import_ended = Signal()
"""image. In the transaction in which it is so no longer, done, undone or deleted."""

image_moving = Signal()
"""image, owner. Before *owner*, a project or None, becomes the owner of *image*: the bill moves.
Raise `OverQuota` to refuse."""

reaped = Signal()
"""No arguments, outside of a transaction: a round of the reaper is done, clear what has run out."""
