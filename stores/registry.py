"""Which stores there are: `IMAGE_STORES` and `DEFAULT_STORE`, made into stores once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from stores.errors import BadAddress, UnknownStore

if TYPE_CHECKING:
    from stores.base import Store


def default_store_name() -> str:
    """Return the name of the store that takes an image when nobody names one."""
    return str(settings.DEFAULT_STORE)


def get_store(name: str | None = None) -> Store:
    """Return the store called *name*, or the default one. Raises `UnknownStore`."""
    wanted = default_store_name() if name is None else name
    if wanted not in settings.IMAGE_STORES:
        raise UnknownStore(f"There is no store named {wanted[:80]!r}.")
    return _make_store(wanted)


def all_stores() -> dict[str, Store]:
    """Return every store by its name, in the order of the settings."""
    return {name: _make_store(name) for name in settings.IMAGE_STORES}


def find_place(url: str, key: str) -> tuple[Store, str]:
    """Return the store of the data at *url* that the image of *key* may take, and what to open.

    Raises `BadAddress`; nobody else's object has a place.
    """
    for store in all_stores().values():
        if address := store.place(url, key):
            return store, address
    raise BadAddress("The address does not pass filtering: no store here has data of it.")


@cache
def _make_store(name: str) -> Store:
    """Import the backend only now: without Ceph's libraries every other store works."""
    entry = settings.IMAGE_STORES[name]
    backend = import_string(entry["BACKEND"])
    options = entry.get("OPTIONS", {})
    return cast("Store", backend(name, description=entry.get("DESCRIPTION", ""), **options))


@receiver(setting_changed, dispatch_uid="stores.forget_stores")
def forget_stores(sender: object, *, setting: str, **kwargs: object) -> None:
    """Make the stores anew when a test changes their settings."""
    if setting == "IMAGE_STORES":
        _make_store.cache_clear()
