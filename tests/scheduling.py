"""Which tests stay together when several processes share them.

Groups of our own, since pytest-xdist 3.8 does not find its `xdist_group` marks with pytest 9.2.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

CEPH = "ceph"
ROOMS_ON_CEPH = ("tests/stores/", "tests/browser/")


class CephScheduling(LoadScopeScheduling):  # type: ignore[misc] # it comes without types
    """Give one process what needs the one Ceph, which tests freeze and empty; else file by file."""

    def _split_scope(self, nodeid: str) -> str:
        on_ceph = nodeid.startswith(ROOMS_ON_CEPH) or "rbd" in nodeid
        return CEPH if on_ceph else nodeid.partition("::")[0]
