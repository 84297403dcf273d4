"""The images of a site with believable content, as old as they would be."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from images.actors import ADMIN, Actor, with_implied
from images.lifecycle.data import receiving
from images.lifecycle.grants import grant_image
from images.lifecycle.images import create_image, deactivate_image
from images.lifecycle.members import answer_share, share_image
from images.lifecycle.trash import trash_image
from images.lifecycle.uploads import NewUpload, begin_upload
from images.lifecycle.verification import check_data, verify_image
from images.models import Event, Image, Location, Trashed
from portal.identity.models import Project
from portal.sharing.grantees import find_grantee
from stores.registry import get_store

MIB = 1 << 20
GIB = 1 << 30


def upload(name: str, content: bytes | None, actor: Actor, **fields: Any) -> Image:
    """Make an image, with data unless *content* is None."""
    usual = {"disk_format": "raw", "container_format": "bare", "visibility": "private"}
    image = create_image({"name": name, **usual, **fields}, actor=actor)
    if content is not None:
        with receiving(image, actor=actor, size=len(content)) as session:
            session.fill([content])
        image.refresh_from_db()
    return image


def qcow2(size: int, length: int) -> bytes:
    """Return *length* bytes that begin as a qcow2 image of a disk of *size* bytes does."""
    numbers = (2, 0, 0, 16, size, 0, 0, 0x30000, 0x10000, 1, 0, 0)
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", *numbers)
    return head + bytes(length - len(head))


def age(image: Image, **ago: float) -> Image:
    """Let all that has happened to *image* lie that far back."""
    by = timedelta(**ago)
    times = {"created_at": image.created_at - by, "updated_at": image.updated_at - by}
    Image.remembered.filter(pk=image.pk).update(**times)
    told = Event.objects.filter(image_id=image.pk)
    QuerySet.update(told, created_at=F("created_at") - by)  # their own refuses to change the past
    Trashed.objects.filter(image=image).update(trashed_at=timezone.now() - by)
    return image


def make_images(ada: Actor, bert: Actor, farm: Project) -> dict[str, str]:
    """Make the images of the lab and what the farm shares with it; return their ids by name."""
    root = replace(ada, roles=with_implied(ADMIN))
    disk = {"disk_format": "qcow2"}
    ubuntu = upload(
        "ubuntu-24.04-server-cloudimg-amd64",
        qcow2(20 * GIB, 58 * MIB),
        root,
        **disk,
        visibility="public",
        tags={"lts"},
    )
    age(ubuntu, days=41)
    age(upload("rescue-2025", b"r" * 3 * MIB, ada), days=33)
    fedora = upload("fedora-41-cloud-base", qcow2(5 * GIB, 31 * MIB), ada, **disk)
    deactivate_image(fedora, actor=ada)
    age(fedora, days=20)
    age(upload("windows-server-2025", b"w" * 64 * MIB, ada, protected=True), days=12)
    alpine = upload("alpine-3.22-cloud", qcow2(GIB, 9 * MIB), ada, **disk, visibility="community")
    age(alpine, days=6)
    gpu = upload("ubuntu-24.04-cuda-12", qcow2(40 * GIB, 47 * MIB), ada, **disk, tags={"gpu"})
    age(gpu, days=3)
    queued = age(upload("installer-netboot", None, ada, disk_format="iso"), hours=5)
    debian = upload(
        "debian-13-genericcloud-amd64",
        qcow2(3 * GIB, 24 * MIB),
        ada,
        **disk,
        visibility="shared",
        tags={"cloud", "linux"},
        min_disk=3,
        min_ram=512,
        properties={
            "architecture": "x86_64",
            "hw_disk_bus": "virtio",
            "os_distro": "debian",
            "os_version": "13",
        },
    )
    share_image(debian, actor=ada, project=farm.pk)
    answer_share(debian, actor=bert, project=farm.pk, answer="accepted")
    check_data(str(verify_image(debian, actor=ada).pk))
    age(debian, hours=2)
    lost = age(upload("centos-stream-9", b"c" * MIB, ada), days=50)
    get_store().delete(lost.locations.get().key)
    _trash(ada)
    _shares(bert, ada)
    _unfinished(ada)
    names = {"image": debian, "queued": queued, "lost": lost, "off": fedora, "kept": alpine}
    return {name: str(image.pk) for name, image in names.items()}


def _trash(ada: Actor) -> None:
    """Put three images into the lab's trash, on three days."""
    for name, mebibytes, days in (("debian-12", 21, 6), ("sensors-test", 4, 3), ("tmp", 1, 0.02)):
        image = upload(name, bytes(mebibytes * MIB), ada)
        trash_image(image, actor=ada)
        age(image, days=days)


def _shares(bert: Actor, ada: Actor) -> None:
    """Let the farm share images with the lab: one waits, one was accepted, one rejected."""
    assert ada.project
    for name, answer in (
        ("harvest-sensor-5", "pending"),
        ("harvest-sensor-4", "accepted"),
        ("greenhouse-camera", "rejected"),
    ):
        image = upload(name, b"h" * 2 * MIB, bert, visibility="shared")
        share_image(image, actor=bert, project=ada.project)
        if answer != "pending":
            answer_share(image, actor=ada, project=ada.project, answer=answer)
    granted = upload("barn-gateway", b"g" * MIB, bert)
    user = find_grantee("user", "ada")
    grant_image(granted, actor=bert, to=user, rights=["view", "download"])


def _unfinished(ada: Actor) -> None:
    """Leave an upload of another day, which the tray offers to go on with."""
    fields = {"name": "oracle-linux-9", "disk_format": "qcow2", "container_format": "bare"}
    wanted = NewUpload(
        length=320 * MIB,
        fields={**fields, "visibility": "private"},
        filename="OL9U6_x86_64.qcow2",
        fingerprint="another day’s",
    )
    begin_upload(wanted, actor=ada)
    Location.objects.filter(image__name="oracle-linux-9").update(heartbeat_at=timezone.now())
