"""What a column of the admin says that its field does not say by itself."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat

from images.models import Image


def size_of(image: Image) -> str:
    """Return the size of *image* as people say it."""
    return "–" if image.size is None else filesizeformat(image.size)
