"""tus 1.0 on the wire (tus.io/protocols/resumable-upload): its words, and what it is told."""

from __future__ import annotations

from django.conf import settings
from django.utils.http import http_date
from rest_framework.request import Request

from images.api.errors import WrongVersion
from images.models import Upload

VERSION = "1.0.0"
EXTENSIONS = (
    *("creation", "creation-with-upload", "creation-defer-length", "checksum", "expiration"),
    *("termination", "concatenation"),
)
CHECKSUMS = ("sha1", "md5", "sha256", "sha512")
PIECE = "application/offset+octet-stream"
OFFSET, LENGTH, DEFER = "Upload-Offset", "Upload-Length", "Upload-Defer-Length"
METADATA, CONCAT, CHECKSUM = "Upload-Metadata", "Upload-Concat", "Upload-Checksum"


def demand_version(request: Request) -> None:
    """Raise `WrongVersion` unless the client speaks what we do."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion(f"The header Tus-Resumable must be {VERSION}.")


def abilities() -> dict[str, str]:
    """Return the headers that say what is served."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(settings.IMAGE_SIZE_CAP),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }


def address_of(upload: Upload) -> str:
    """Return where *upload* is found, as a path: clients come by names that we do not know."""
    return f"/uploads/{upload.pk}"


def standing(upload: Upload) -> dict[str, str]:
    """Return the headers that tell how far *upload* is, and how long it waits."""
    told = {"Upload-Expires": http_date(upload.expires_at.timestamp())}
    if not upload.is_final or upload.is_whole:
        told[OFFSET] = str(upload.offset)
    return told


def description(upload: Upload) -> dict[str, str]:
    """Return the headers that tell what *upload* is."""
    told = {LENGTH: str(upload.length)} if upload.length is not None else {DEFER: "1"}
    if upload.metadata:
        told[METADATA] = upload.metadata
    if upload.concat:
        told[CONCAT] = upload.concat
    return told | standing(upload)
