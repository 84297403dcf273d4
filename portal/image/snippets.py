"""Commands that pages show, filled in for one image and safe to paste."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from images.models import Image

OPENSTACK = f"openstack --os-cloud {settings.CLOUD_NAME} image"
CONNECT = f"import openstack\n\ncloud = openstack.connect(cloud={settings.CLOUD_NAME!r})"
IN_PIECES = """\
import os

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

client = TusClient("{url}/uploads", {{"X-Auth-Token": os.environ["TOKEN"]}})
client.uploader(
    "disk.qcow2",
    chunk_size=64 << 20,
    metadata={{"name": "NAME", "disk_format": "qcow2"}},
    store_url=True,
    url_storage=FileStorage("uploads.json"),
).upload()"""
TERRAFORM = """\
data "openstack_images_image_v2" "image" {{
  name        = {name}
  most_recent = true
}}"""
PACKER = """\
source "openstack" "image" {{
  cloud        = "{cloud}"
  source_image = "{image}"
  image_name   = "NAME"
  flavor       = "FLAVOR"
}}"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A command, or a piece of a file or program, and what it does."""

    title: str
    text: str


def list_snippet() -> Snippet:
    """Return the first command that whoever has a new clouds.yaml may try."""
    return Snippet(_("Try it with the command line"), f"{OPENSTACK} list")


def upload_snippet() -> Snippet:
    """Return how the command line uploads."""
    text = f"{OPENSTACK} create --progress --disk-format qcow2 --file disk.qcow2 NAME"
    return Snippet(_("Upload with the command line"), text)


def upload_snippets() -> Iterator[Snippet]:
    """Yield how programs upload: the command line, Python, and in pieces over a bad line."""
    yield upload_snippet()
    create = 'cloud.create_image("NAME", filename="disk.qcow2", disk_format="qcow2", wait=True)'
    yield Snippet(_("Upload with Python"), f"{CONNECT}\n{create}")
    yield Snippet(
        _("Upload in pieces, and go on after a break"), IN_PIECES.format(url=settings.PUBLIC_URL)
    )


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
    save = f"cloud.image.download_image({str(image.pk)!r}, output={file_name!r}, stream=True)"
    yield Snippet(_("Download with Python"), f"{CONNECT}\n{save}")
    if can_share:
        yield Snippet(
            _("Share with a project, which then accepts"),
            f"{OPENSTACK} add project {image.pk} PROJECT",
        )
        yield Snippet(_("Accept, as that project"), f"{OPENSTACK} set --accept {image.pk}")
    yield from _machine_snippets(image)


def _machine_snippets(image: Image) -> Iterator[Snippet]:
    """Yield how those that make machines name *image*: by its newest of that name, or its id."""
    if image.name:
        text = TERRAFORM.format(name=in_hcl(image.name))
        yield Snippet(_("Find the newest of this name with Terraform"), text)
    text = PACKER.format(cloud=settings.CLOUD_NAME, image=image.pk)
    yield Snippet(_("Build upon it with Packer"), text)


def in_hcl(text: str) -> str:
    """Return *text* as a string of HashiCorp's language, in which `${` and `%{` would mean more."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")


def check_snippet(image: Image, *, file_name: str) -> Snippet:
    """Return how to compare the file that came with the hash of *image*."""
    line = shlex.quote(f"{image.os_hash_value}  {file_name}")
    return Snippet(_("Check what came"), f"echo {line} | {image.os_hash_algo}sum -c")


def link_snippet(address: str, *, file_name: str) -> Snippet:
    """Return how the command line downloads what a link leads to."""
    title = _("Download with curl, and go on after a break")
    return Snippet(title, f"curl -fL -C - -o {shlex.quote(file_name)} {address}")
