"""How an image lies in a pool, exactly as in Glance: 8 MiB objects and a protected snapshot."""

from __future__ import annotations

from contextlib import suppress

import rados
import rbd

from stores.base import Stretch
from stores.errors import ObjectInUse

ORDER = 23
"""Objects of 2 ** 23 bytes."""
SNAPSHOT = "snap"
"""What Nova and Cinder clone from."""


def create(ioctx: rados.Ioctx, key: str, size: int) -> rbd.Image:
    """Make an image of *size* bytes with the cluster's default features, and open it."""
    rbd.RBD().create(ioctx, key, size, order=ORDER)
    return rbd.Image(ioctx, key)


def reopen(ioctx: rados.Ioctx, key: str, stretch: Stretch) -> rbd.Image:
    """Open an image that is not finished yet again, ready for *stretch*.

    `write_zeroes` always leaves zeros; `discard` may leave what does not fill a whole object
    (`rbd_skip_partial_discard`). Either waits until a writer that is dead is shut out (30 s).
    """
    if stretch.dirty_until > stretch.at:
        _unlock(ioctx, key)
    image = rbd.Image(ioctx, key)
    try:
        if any(image.list_snaps()):  # sealed by somebody who could not tell any more
            _unpublish(image)
        stop = min(stretch.dirty_until, image.size())
        if stop > stretch.at:
            image.write_zeroes(stretch.at, stop - stretch.at)
    except rbd.Error:
        image.close()
        raise
    return image


def publish(image: rbd.Image) -> None:
    """Make the snapshot that can be cloned.

    Its number comes from the monitor, which commits at most once a second
    (`paxos_propose_interval`): up to a second if it has just committed something, else 60 ms.
    """
    image.create_snap(SNAPSHOT)
    image.protect_snap(SNAPSHOT)


def has_snapshot(ioctx: rados.Ioctx, key: str) -> bool:
    """Tell whether the image called *key* was sealed."""
    with rbd.Image(ioctx, key, read_only=True) as image:
        return any(snapshot["name"] == SNAPSHOT for snapshot in image.list_snaps())


def has_dependents(ioctx: rados.Ioctx, key: str) -> bool:
    """Tell whether clones, or snapshots that are not ours, need the image called *key*.

    There is none if there is no such image.
    """
    with suppress(rbd.ImageNotFound), rbd.Image(ioctx, key, read_only=True) as image:
        names = [snapshot["name"] for snapshot in image.list_snaps()]
        return any(name != SNAPSHOT or _has_clones(image) for name in names)
    return False


def _has_clones(image: rbd.Image) -> bool:
    """Tell whether our snapshot has a clone, wherever.

    Nova's lie in a pool of Nova's own, that we may not read: of these RBD says just that.
    """
    image.set_snap(SNAPSHOT)
    try:
        return any(image.list_children())
    except rbd.PermissionError:
        return True


def remove(ioctx: rados.Ioctx, key: str) -> None:
    """Remove an image and its snapshot; one that is not there, or half gone, is no error.

    Raises `ObjectInUse` before anything changes. Waits 30 s for the watch of a client that died.
    """
    if has_dependents(ioctx, key):
        raise ObjectInUse(f"A clone or a snapshot depends on the object {key}.")
    with suppress(rbd.ImageNotFound):
        _unlock(ioctx, key)
        _remove_snapshot(ioctx, key)
    with suppress(rbd.ImageNotFound):  # without a header it cannot be opened, and still has a name
        rbd.RBD().remove(ioctx, key)


def _unlock(ioctx: rados.Ioctx, key: str) -> None:
    """Give back a lock that a handle of this very client could not, while the store was frozen.

    RBD lets no client break its own lock; a client that broke it would shut this one out.
    """
    with rbd.Image(ioctx, key, read_only=True) as image:
        if any(image.watchers_list()):
            return  # somebody lives
        for _, cookie, _ in (image.list_lockers() or {}).get("lockers", ()):
            with suppress(rados.ObjectNotFound):  # the lock of another client
                ioctx.unlock(f"rbd_header.{image.id()}", "rbd_lock", cookie)


def _remove_snapshot(ioctx: rados.Ioctx, key: str) -> None:
    with rbd.Image(ioctx, key) as image:
        if any(image.list_snaps()):
            _unpublish(image)


def _unpublish(image: rbd.Image) -> None:
    if image.is_protected_snap(SNAPSHOT):
        image.unprotect_snap(SNAPSHOT)
    image.remove_snap(SNAPSHOT)
