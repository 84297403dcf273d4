"""The fields of an image, as the upload and edit pages ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.lifecycle.changes import Change, Op
from images.models import Image
from images.models.image import MAX_MINIMUM
from images.permissions import is_allowed
from images.states import ContainerFormat, DiskFormat, Status, Visibility
from portal.look import PortalForm, as_written
from portal.names import store_name
from stores.registry import all_stores, default_store_name

if TYPE_CHECKING:
    from images.actors import Actor
    from portal.image.seen import Seen

MAX_TAG = 255
NAMED = {
    Visibility.PRIVATE: _("private: only this project"),
    Visibility.SHARED: _("shared: this project, and those you share it with"),
    Visibility.COMMUNITY: _("community: everybody may use it, in nobody’s list"),
    Visibility.PUBLIC: _("public: everybody, in every list"),
}
NEEDED = {Visibility.PUBLIC: "publicize", Visibility.COMMUNITY: "communitize"}


class TagsField(forms.CharField):
    """Words, split at commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Tags"), help_text=_("Words, split at commas."), required=False, **kwargs
        )

    def clean(self, value: Any) -> set[str]:
        """Return the set of words."""
        words = words_in(super().clean(value))
        if any(len(word) > MAX_TAG for word in words):
            raise forms.ValidationError(
                _("A tag has at most %(most)d characters."), params={"most": MAX_TAG}
            )
        return words


class ImageForm(PortalForm):
    """What may be set of an image whether it has data or not."""

    name = forms.CharField(label=_("Name"), max_length=255)
    visibility = forms.ChoiceField(label=_("Visibility"))
    min_disk = forms.IntegerField(
        label=_("Minimal disk, GB"), min_value=0, max_value=MAX_MINIMUM, initial=0
    )
    min_ram = forms.IntegerField(
        label=_("Minimal RAM, MB"), min_value=0, max_value=MAX_MINIMUM, initial=0
    )
    tags = TagsField()

    def __init__(self, *args: Any, image: Image, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visibility = self.fields["visibility"]
        assert isinstance(visibility, forms.ChoiceField)  # noqa: S101 -- for the type checker
        visibility.choices = [
            (value, words)
            for value, words in NAMED.items()
            if value == image.visibility
            or value not in NEEDED
            or is_allowed(actor, NEEDED[value], image)
        ]


class NewImageForm(ImageForm):
    """The record of an image whose data come next."""

    disk_format = forms.ChoiceField(
        label=_("Disk format"),
        choices=[("", pgettext_lazy("disk format", "Choose…")), *as_written(DiskFormat)],
    )
    container_format = forms.ChoiceField(
        label=_("Container format"),
        choices=as_written(ContainerFormat),
        initial=ContainerFormat.BARE,
    )
    store = forms.ChoiceField(label=_("Store"))
    project = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("name", "disk_format", "store", "visibility")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs["initial"] = {"visibility": Visibility.PRIVATE, "store": default_store_name()}
        kwargs["initial"]["project"] = self._project = actor.project
        super().__init__(*args, image=Image(owner=actor.project), actor=actor, **kwargs)
        store = self.fields["store"]
        assert isinstance(store, forms.ChoiceField)  # noqa: S101 -- for the type checker
        store.choices = [
            (name, store_name(one)) for name, one in all_stores().items() if not one.read_only
        ]

    def clean(self) -> None:
        """Refuse what was filled in for another project than the one that is acted in now."""
        if self.cleaned_data.get("project") not in {None, "", self._project}:
            raise forms.ValidationError(
                _(
                    "You act in another project now than when this page came. Change back to it,"
                    " or load the page again."
                )
            )

    @property
    def image_fields(self) -> dict[str, Any]:
        """What `create_image` takes; the store is chosen with the data."""
        taken = self.cleaned_data.keys() - {"store", "project"}
        return {name: self.cleaned_data[name] for name in taken}


class EditImageForm(ImageForm):
    """The fields of an image that is there; formats only while it waits for data."""

    disk_format = NewImageForm.base_fields["disk_format"]
    container_format = NewImageForm.base_fields["container_format"]
    protected = forms.BooleanField(
        label=_("Protected"), help_text=_("Nobody can delete it."), required=False
    )
    os_hidden = forms.BooleanField(
        label=_("Hidden"),
        help_text=_("Lists leave it out; its address still works."),
        required=False,
    )

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("name", "visibility", "protected", "os_hidden", "disk_format")

    def __init__(self, *args: Any, image: Image, seen: Seen, **kwargs: Any) -> None:
        given = kwargs.pop("initial", None) or {}
        shown = present(image) | given | {"seen": str(seen)}
        shown["tags"] = ", ".join(sorted(shown["tags"]))
        super().__init__(*args, image=image, **kwargs | {"initial": shown})
        self._seen = seen
        self.fields["name"].required = seen.is_changed("name", "")
        if image.status != Status.QUEUED:
            del self.fields["disk_format"], self.fields["container_format"]

    @property
    def changes(self) -> list[Change]:
        """What was changed on the page, and nothing else: a colleague's change is not undone."""
        values = {name: self.cleaned_data[name] for name in self.fields if name in EDITED}
        changed = [name for name, value in values.items() if self._seen.is_changed(name, value)]
        return [Change(Op.SET, name, values[name]) for name in changed]


EDITED = EditImageForm.base_fields.keys() - {"seen"}


def present(image: Image) -> dict[str, Any]:
    """Return the values that the edit page shows of *image*, as its boxes send them back."""
    plain = {name: getattr(image, name) for name in EDITED if name != "tags"}
    tags = words_in(one_line(", ".join(sorted(image.tag_names))))
    return plain | {"name": one_line(image.name or ""), "tags": tags}


def one_line(text: str) -> str:
    """Return *text* as a box of one line sends it: no line ends, and no space around it."""
    return text.replace("\r", "").replace("\n", "").strip()


def words_in(text: str) -> set[str]:
    """Return the words that stand between the commas of *text*."""
    return {word.strip() for word in text.split(",")} - {""}
