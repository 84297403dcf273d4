"""What the menu of a row offers; its words and addresses are found once for all rows of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.utils.functional import Promise

OPEN, DOWNLOAD, TRASH, DELETE = "open", "download", "trash", "delete"
CHOICES: dict[str, tuple[str, str | Promise]] = {
    OPEN: ("image", _("Open")),
    "upload": ("image-upload", _("Upload data")),
    DOWNLOAD: ("image-download", _("Download")),
    "share": ("image-share", _("Share")),
    "modify": ("image-edit", _("Edit")),
    TRASH: ("image-delete", _("Move to the trash")),
    DELETE: ("image-delete", _("Delete")),
}
"""The pages and the words of the acts, in their order."""

NO_IMAGE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu; *is_file* tells that its address is no page."""

    words: str
    address: str
    is_file: bool


class Menus:
    """The menus of a page's rows, in the language of who reads it."""

    def __init__(self) -> None:
        self._offered = {
            act: (str(words), *reverse(page, args=[NO_IMAGE]).split(str(NO_IMAGE)))
            for act, (page, words) in CHOICES.items()
        }

    def of(self, pk: UUID, may: Collection[str]) -> list[Choice]:
        """Return what is offered for the image *pk* to who *may* do that."""
        hidden = DELETE if TRASH in may else TRASH
        return [
            Choice(words, f"{before}{pk}{after}", is_file=act == DOWNLOAD)
            for act, (words, before, after) in self._offered.items()
            if act == OPEN or (act in may and act != hidden)
        ]
