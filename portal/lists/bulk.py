"""One act on many images: each by its own verb, with who was refused, by name and reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import ngettext_lazy

from images.lifecycle.changes import Change, Op
from images.lifecycle.images import (
    deactivate_image,
    delete_image,
    reactivate_image,
    update_image,
)
from images.lifecycle.tags import add_tag, remove_tag
from images.lifecycle.trash import trash_image
from images.models import Image
from images.states import Status
from portal.lists.trash import undo_trash
from portal.refusals import Refusal, in_words
from portal.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from images.actors import Actor

Asked = dict[str, Any]
"""What `BulkForm` has cleaned."""

OPPOSITE = {
    "tag": "untag",
    "untag": "tag",
    "visibility": "restore",
    "deactivate": "reactivate",
    "reactivate": "deactivate",
}
TOLD = {
    "tag": ngettext_lazy(
        "Tag “%(tag)s” put on %(count)d image.", "Tag “%(tag)s” put on %(count)d images.", "count"
    ),
    "untag": ngettext_lazy(
        "Tag “%(tag)s” taken from %(count)d image.",
        "Tag “%(tag)s” taken from %(count)d images.",
        "count",
    ),
    "visibility": ngettext_lazy(
        "Visibility of %(count)d image changed.", "Visibility of %(count)d images changed.", "count"
    ),
    "restore": ngettext_lazy(
        "Visibility of %(count)d image is as it was.",
        "Visibility of %(count)d images is as it was.",
        "count",
    ),
    "deactivate": ngettext_lazy(
        "%(count)d image deactivated: its data is not served any more.",
        "%(count)d images deactivated: their data is not served any more.",
        "count",
    ),
    "reactivate": ngettext_lazy(
        "%(count)d image reactivated: its data is served again.",
        "%(count)d images reactivated: their data is served again.",
        "count",
    ),
    "trash": ngettext_lazy(
        "%(count)d image moved to the trash.", "%(count)d images moved to the trash.", "count"
    ),
    "delete": ngettext_lazy("%(count)d image deleted.", "%(count)d images deleted.", "count"),
}


@dataclass(slots=True)
class Outcome:
    """What came of it: *was* are the visibilities before, *refused* the images by reason."""

    asked: Asked
    done: list[Image] = field(default_factory=list)
    was: dict[UUID, str] = field(default_factory=dict)
    refused: dict[str, list[Image]] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """Return in words what was done."""
        facts = {"count": len(self.done), "tag": self.asked["tag"]}
        return str(TOLD[self.asked["act"]] % facts)

    def undo(self, query: str) -> Undo | None:
        """Return what takes it back, if that can be and is not what was just done.

        It leads to the list that *query* asks for.
        """
        if self.asked["act"] == "trash" and self.done:
            return undo_trash(self.done, self.told, page=reverse("image-list") + query)
        act = OPPOSITE.get(self.asked["act"])
        if act is None or self.asked["is_undo"] or not self.done:
            return None
        fields = [("act", act), ("is_undo", "on"), ("tag", self.asked["tag"])]
        fields += [("image", str(image.pk)) for image in self.done]
        fields += [("was", f"{pk} {was}") for pk, was in self.was.items()]
        return Undo(self.told, reverse("images-bulk") + query, fields)


def do_to_all(images: list[Image], asked: Asked, *, actor: Actor) -> Outcome:
    """Do what is *asked* to each of *images*; one that is refused keeps no other from it."""
    outcome, verb = Outcome(asked), VERBS[asked["act"]]
    for image in images:
        was = image.visibility
        try:
            has_changed = verb(image, asked, actor)
        except Refusal as refusal:
            outcome.refused.setdefault(in_words(refusal), []).append(image)
            continue
        if has_changed:
            outcome.done.append(image)
            if asked["act"] == "visibility":
                outcome.was[image.pk] = was
    return outcome


def find_all(pks: list[UUID], actor: Actor) -> list[Image]:
    """Return those of the ids *pks* that *actor* sees, by name."""
    found = Image.objects.visible_to(actor).with_parts().filter(pk__in=pks)
    return sorted(found, key=str)


def _tag(image: Image, asked: Asked, actor: Actor) -> bool:
    if asked["tag"] in image.tag_names:
        return False
    add_tag(image, asked["tag"], actor=actor)
    return True


def _untag(image: Image, asked: Asked, actor: Actor) -> bool:
    if asked["tag"] not in image.tag_names:
        return False
    remove_tag(image, asked["tag"], actor=actor)
    return True


def _show_to(image: Image, asked: Asked, actor: Actor) -> bool:
    return _set_visibility(image, asked["visibility"], actor)


def _restore(image: Image, asked: Asked, actor: Actor) -> bool:
    return _set_visibility(image, asked["was"].get(image.pk, image.visibility), actor)


def _set_visibility(image: Image, wanted: str, actor: Actor) -> bool:
    if image.visibility == wanted:
        return False
    update_image(image, [Change(Op.SET, "visibility", wanted)], actor=actor)
    return True


def _deactivate(image: Image, asked: Asked, actor: Actor) -> bool:
    deactivate_image(image, actor=actor)
    return image.status != Status.DEACTIVATED


def _reactivate(image: Image, asked: Asked, actor: Actor) -> bool:
    reactivate_image(image, actor=actor)
    return image.status != Status.ACTIVE


def _trash(image: Image, asked: Asked, actor: Actor) -> bool:
    trash_image(image, actor=actor)
    return True


def _delete(image: Image, asked: Asked, actor: Actor) -> bool:
    delete_image(image, actor=actor)
    return True


VERBS: Mapping[str, Callable[[Image, Asked, Actor], bool]] = {
    "tag": _tag,
    "untag": _untag,
    "visibility": _show_to,
    "restore": _restore,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "trash": _trash,
    "delete": _delete,
}
