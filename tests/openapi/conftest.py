from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.openapi.site import Site, open_site


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a running service that describes itself."""
    with open_site(tmp_path_factory.mktemp("openapi")) as site:
        yield site
