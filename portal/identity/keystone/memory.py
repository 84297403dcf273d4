"""What a process remembers for a short while: bounded, and shared by its threads."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Any

ROOM = 10_000  # things; the oldest go first


class ShortMemory:
    """Values that are forgotten after some seconds, by the methods of a memcached client."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Any, tuple[float, Any]] = OrderedDict()

    def get(self, key: Any) -> Any:
        """Return what is remembered of *key*, None if nothing is."""
        until, value = self._kept.get(key, (0.0, None))
        return value if monotonic() < until else None

    def set(self, key: Any, value: Any, time: float) -> None:
        """Remember *value* for *time* seconds."""
        with self._lock:
            self._keep(key, value, time)

    def claim(self, key: Any, *, seconds: float) -> bool:
        """Tell whether *key* was not claimed before: of many threads one wins."""
        with self._lock:
            if self.get(key):
                return False
            self._keep(key, True, seconds)  # noqa: FBT003 -- a value like any other
            return True

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()

    def _keep(self, key: Any, value: Any, seconds: float) -> None:
        self._kept[key] = (monotonic() + seconds, value)
        self._kept.move_to_end(key)
        if len(self._kept) > ROOM:
            self._kept.popitem(last=False)
