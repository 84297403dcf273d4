"""An image's data as a file for a browser: its name, and ranges that go on after a break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import content_disposition_header

from images.api.download import continuing, download, read_range

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.api.download import Answer, ByteRange
    from images.models import Image
    from stores.base import Reader

LONGEST_FILE_NAME = 255  # bytes, on the file systems of Linux


def send_file(request: HttpRequest, image: Image, reader: Reader) -> Answer:
    """Return the answer that sends of *image* what is asked for, as a file, and closes *reader*."""
    response = download(reader, request.headers, image=image)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name(image)
    )
    return response


def asked_part(request: HttpRequest, image: Image, reader: Reader) -> ByteRange | None:
    """Return the range that is asked for, None for all. Raises `BadRange`, `BadRequest`."""
    return read_range(continuing(request.headers, image), reader.size)


def file_name(image: Image) -> str:
    """Return a name for the data as a file: the image's, with nothing that could mislead.

    No command takes it for an option, and no file system finds it too long.
    """
    name = image.name or str(image.pk)
    name = "".join(
        letter if letter.isprintable() and letter not in "/\\" else "_" for letter in name
    )
    name = f"_{name[1:]}" if name.startswith("-") else name
    ending = f".{image.disk_format}"
    if name.lower().endswith(ending):
        name, ending = name[: -len(ending)], name[-len(ending) :]
    most = LONGEST_FILE_NAME - len(ending)
    return name.encode()[:most].decode(errors="ignore") + ending
