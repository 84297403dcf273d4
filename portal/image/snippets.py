"""Commands that pages show, filled in for one image and safe to paste."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from images.models import Image

OPENSTACK = f"openstack --os-cloud {settings.CLOUD_NAME} image"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A command, and what it does."""

    title: str
    text: str


def list_snippet() -> Snippet:
    """Return the first command that whoever has a new clouds.yaml may try."""
    return Snippet(_("Try it with the command line"), f"{OPENSTACK} list")


def upload_snippet() -> Snippet:
    """Return how the command line uploads."""
    text = f"{OPENSTACK} create --progress --disk-format qcow2 --file disk.qcow2 NAME"
    return Snippet(_("Upload with the command line"), text)


def image_snippets(image: Image, *, file_name: str, can_share: bool) -> Iterator[Snippet]:
    """Yield what one may do with *image* elsewhere; its data are called *file_name* there."""
    file = shlex.quote(file_name)
    address = f"{settings.PUBLIC_URL}/v2/images/{image.pk}/file"
    yield Snippet(_("Download with the command line"), f"{OPENSTACK} save --file {file} {image.pk}")
    yield Snippet(
        _("Download with curl, and go on after a break"),
        f'curl -fL -C - -H "X-Auth-Token: $TOKEN" -o {file} {address}',
    )
    if image.os_hash_value:
        yield check_snippet(image, file_name=file_name)
    if can_share:
        yield Snippet(
            _("Share with a project, which then accepts"),
            f"{OPENSTACK} add project {image.pk} PROJECT",
        )


def check_snippet(image: Image, *, file_name: str) -> Snippet:
    """Return how to compare the file that came with the hash of *image*."""
    line = shlex.quote(f"{image.os_hash_value}  {file_name}")
    return Snippet(_("Check what came"), f"echo {line} | {image.os_hash_algo}sum -c")


def link_snippet(address: str, *, file_name: str) -> Snippet:
    """Return how the command line downloads what a link leads to."""
    title = _("Download with curl, and go on after a break")
    return Snippet(title, f"curl -fL -C - -o {shlex.quote(file_name)} {address}")
