"""Words of the Image API: states, who sees, formats; and which state may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where an image stands (Image API v2, section "Image statuses")."""

    QUEUED = "queued", _("queued")
    SAVING = "saving", _("saving")
    UPLOADING = "uploading", _("uploading")
    IMPORTING = "importing", _("importing")
    ACTIVE = "active", _("active")
    DEACTIVATED = "deactivated", _("deactivated")
    DELETED = "deleted", _("deleted")


MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset(
        {Status.SAVING, Status.UPLOADING, Status.IMPORTING, Status.ACTIVE, Status.DELETED}
    ),
    Status.SAVING: frozenset({Status.ACTIVE, Status.QUEUED, Status.DELETED}),
    Status.UPLOADING: frozenset({Status.IMPORTING, Status.QUEUED, Status.DELETED}),
    Status.IMPORTING: frozenset({Status.ACTIVE, Status.QUEUED, Status.DELETED}),
    Status.ACTIVE: frozenset({Status.DEACTIVATED, Status.DELETED}),
    Status.DEACTIVATED: frozenset({Status.ACTIVE, Status.DELETED}),
    Status.DELETED: frozenset({Status.QUEUED, Status.ACTIVE, Status.DEACTIVATED}),
}
"""Which may follow which; only what lies in the trash comes back from `deleted`."""

IN_TRASH = "pending_delete"
"""What the Image API calls one whose deletion waits; here it is `deleted`, and in the trash."""


class Visibility(models.TextChoices):
    """Who may see an image."""

    PUBLIC = "public", _("public")
    COMMUNITY = "community", _("community")
    SHARED = "shared", _("shared")
    PRIVATE = "private", _("private")


class MemberStatus(models.TextChoices):
    """What a project answered to an image that was shared with it."""

    PENDING = "pending", _("pending")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")


class Right(models.TextChoices):
    """What a grant on one image allows; each of the others lets one see the image, too."""

    VIEW = "view", _("see")
    DOWNLOAD = "download", _("download")
    CHANGE = "change", _("change")
    SHARE = "share", _("share")
    DELETE = "delete", _("delete")

    @property
    def codename(self) -> str:
        """Return the name of its permission in Django's table."""
        return f"{self.value}_image"


class GranteeKind(models.TextChoices):
    """To whom a right can be granted."""

    USER = "user", _("person")
    GROUP = "group", _("group")
    PROJECT = "project", _("project")


class LocationStatus(models.TextChoices):
    """Where one store object of an image stands."""

    WRITING = "writing", _("writing")
    ACTIVE = "active", _("active")
    DELETING = "deleting", _("deleting")
    LOST = "lost", _("lost")


class TaskType(models.TextChoices):
    """What a task does (Image API v2, section "Tasks", but for `VERIFY`, which is our own)."""

    IMAGE_IMPORT = "api_image_import", _("import")
    LOCATION_IMPORT = "location_import", _("location")
    IMPORT = "import", _("import by an administrator")
    VERIFY = "verify", _("check of the data")


class TaskStatus(models.TextChoices):
    """How far a task has come."""

    PENDING = "pending", _("pending")
    PROCESSING = "processing", _("processing")
    SUCCESS = "success", _("success")
    FAILURE = "failure", _("failure")


class DiskFormat(models.TextChoices):
    """How the bytes are laid out as a disk."""

    AMI = "ami"
    ARI = "ari"
    AKI = "aki"
    VHD = "vhd"
    VHDX = "vhdx"
    VMDK = "vmdk"
    RAW = "raw"
    QCOW2 = "qcow2"
    VDI = "vdi"
    ISO = "iso"
    PLOOP = "ploop"


class ContainerFormat(models.TextChoices):
    """What the disk is wrapped in."""

    BARE = "bare"
    AMI = "ami"
    ARI = "ari"
    AKI = "aki"
    OVF = "ovf"
    OVA = "ova"
    DOCKER = "docker"
    COMPRESSED = "compressed"
