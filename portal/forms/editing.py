"""One image on the edit page: what is shown, what was changed, and what two changed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from images.lifecycle.changes import Op
from portal.forms.images import EDITED, EditImageForm, present
from portal.forms.properties import Properties, open_properties
from portal.image.definitions import definitions_for
from portal.image.seen import Seen, conflicts

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import QueryDict

    from images.actors import Actor
    from images.lifecycle.changes import Change
    from images.models import Image
    from portal.image.seen import Conflict


class Editing:
    """The form and the table of properties of *image*, empty or as they were *sent*."""

    def __init__(self, image: Image, actor: Actor, sent: QueryDict | None) -> None:
        self._image, self._actor, self._sent = image, actor, sent
        self.known = definitions_for(actor)
        self._free, self.locked = open_properties(image, actor, self.known)
        self._now = present(image)
        self._fresh = Seen.of(self._now, self._free)
        sent_back = Seen.read(str(sent.get("seen", ""))) if sent else None
        self.seen: Seen = sent_back or self._fresh

    @property
    def kwargs(self) -> dict[str, Any]:
        """What the form of the fields takes."""
        return {"image": self._image, "actor": self._actor, "seen": self.seen}

    @property
    def properties(self) -> Any:
        """The table; rows that were sent belong to the properties that were shown."""
        rows = [{"name": one, "value": self._free.get(one, "")} for one in self.seen.properties]
        return self._table(self._sent, rows, self.seen)

    def wanted(self, form: EditImageForm, table: Any) -> list[Change]:
        """Return what its sender wants changed; of two values it may have chosen the other's."""
        taken = set(self._sent.getlist("theirs")) if self._sent else set()
        return [
            one
            for one in form.changes + table.changes
            if one.name not in taken and not self._is_gone(one)
        ]

    def _is_gone(self, change: Change) -> bool:
        return change.op is Op.REMOVE and change.name not in self._free

    def conflicts(self, changes: Collection[Change]) -> list[Conflict]:
        """Return those of *changes* that would undo somebody else's."""
        labels = {name: str(EditImageForm.base_fields[name].label) for name in EDITED}
        return conflicts(self.seen, changes, self._now | self._free, labels)

    def again(self, changes: Collection[Change]) -> dict[str, Any]:
        """Return form and table as they are shown again: the image as it is, *changes* over it."""
        mine = {one.name: one.value for one in changes if one.is_base}
        gone = {one.name for one in changes if one.op is Op.REMOVE}
        set_to = {one.name: one.value for one in changes if not one.is_base and one.op is Op.SET}
        rows = [
            {"name": name, "value": set_to.get(name, value), "DELETE": name in gone}
            for name, value in self._free.items()
        ]
        rows += [{"name": one, "value": set_to[one]} for one in set_to if one not in self._free]
        form = EditImageForm(**self.kwargs | {"seen": self._fresh}, initial=mine)
        return {"form": form, "properties": self._table(None, rows, self._fresh)}

    def _table(self, sent: QueryDict | None, rows: list[dict[str, Any]], seen: Seen) -> Any:
        table: Any = Properties  # which its factory makes, with arguments of its own
        return table(
            sent, initial=rows, prefix="properties", seen=seen, form_kwargs={"known": self.known}
        )
