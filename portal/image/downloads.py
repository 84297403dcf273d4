"""An image's data as a file for a browser: its name, and ranges that go on after a break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import content_disposition_header

from images.api.download import continuing, download, etag, read_range

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.api.download import Answer, ByteRange
    from images.models import Image
    from stores.base import Reader


def send_file(request: HttpRequest, image: Image, reader: Reader) -> Answer:
    """Return the answer that sends of *image* what is asked for, as a file, and closes *reader*."""
    headers = continuing(request.headers, image)
    response = download(reader, headers, checksum=image.checksum)
    response["ETag"] = etag(image)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name(image)
    )
    return response


def asked_part(request: HttpRequest, image: Image, reader: Reader) -> ByteRange | None:
    """Return the range that is asked for, None for all. Raises `BadRange`, `BadRequest`."""
    return read_range(continuing(request.headers, image), reader.size)


def file_name(image: Image) -> str:
    """Return a name for the data as a file: the image's, with nothing that could mislead."""
    name = image.name or str(image.pk)
    name = "".join(
        letter if letter.isprintable() and letter not in "/\\" else "_" for letter in name
    )
    ending = f".{image.disk_format}"
    return name if name.lower().endswith(ending) else name + ending
