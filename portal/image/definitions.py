"""What the metadata definitions say of an image's properties: what they mean, which values fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from images.metadefs.models import Association, MetadefObject, MetadefProperty, Namespace
from images.properties import RESERVED_PREFIX, can_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from images.actors import Actor

RESOURCE = "OS::Glance::Image"
FLAGS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Definition:
    """One property as its namespace defines it; *schema* is a JSON schema without the name."""

    name: str
    schema: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.schema.get("title") or self.name)

    @property
    def description(self) -> str:
        """What it means."""
        return str(self.schema.get("description") or "")

    @property
    def choices(self) -> list[str]:
        """All values that there are, as texts; none, where anything goes."""
        if self.schema.get("type") == "boolean":
            return [*FLAGS]
        return [_written(value) for value in self.schema.get("enum") or ()]

    @property
    def is_locked(self) -> bool:
        """Does nobody change its value?"""
        return bool(self.schema.get("readonly"))

    @property
    def hint(self) -> str:
        """What a value looks like, in words."""
        low, high = self.schema.get("minimum"), self.schema.get("maximum")
        words = [HINTS[kind]()] if (kind := self.schema.get("type")) in HINTS else []
        words += [_("at least %(least)s") % {"least": low}] if low is not None else []
        words += [_("at most %(most)s") % {"most": high}] if high is not None else []
        return ", ".join(words)

    def trouble(self, text: str) -> str | None:
        """Return what is wrong with the value *text*; None if it fits.

        A pattern is not tried: whoever wrote it could keep the server busy with it.
        """
        if self.choices:
            known = {choice.lower() for choice in self.choices}
            return None if text.lower() in known else self._one_of()
        if self.schema.get("type") in HINTS:
            return self._number_trouble(text)
        most = self.schema.get("maxLength")
        if most is not None and len(text) > most:
            return _("At most %(most)d characters.") % {"most": most}
        return None

    def _one_of(self) -> str:
        return _("One of these is wanted: %(choices)s.") % {"choices": ", ".join(self.choices)}

    def _number_trouble(self, text: str) -> str | None:
        try:
            number = int(text) if self.schema["type"] == "integer" else float(text)
        except ValueError:
            return _("Wanted: %(hint)s.") % {"hint": self.hint}
        low, high = self.schema.get("minimum", number), self.schema.get("maximum", number)
        return None if low <= number <= high else _("Wanted: %(hint)s.") % {"hint": self.hint}


HINTS = {"integer": lambda: _("a whole number"), "number": lambda: _("a number")}


def definitions_for(actor: Actor) -> dict[str, Definition]:
    """Return by full name what is defined for images in the namespaces that *actor* may read.

    Three queries. Of a name that several define the first namespace's counts, by its name.
    """
    seen = Namespace.objects.visible_to(actor)
    of_images = Association.objects.filter(resource_type__name=RESOURCE, namespace__in=seen)
    prefixes = {
        one.namespace_id: one.prefix or "" for one in of_images.order_by("namespace__namespace")
    }
    found: dict[str, Definition] = {}
    for namespace, name, schema in _parts(list(prefixes)):
        full = prefixes[namespace] + name
        found.setdefault(full, Definition(full, schema))
    return found


def _parts(namespaces: list[int]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield namespace, name and schema of each property, alone or in an object."""
    if not namespaces:
        return
    order = {"namespace__in": namespaces}
    for one in MetadefProperty.objects.filter(**order).order_by("namespace__namespace", "name"):
        yield one.namespace_id, one.name, one.definition
    for group in MetadefObject.objects.filter(**order).order_by("namespace__namespace", "name"):
        for name, schema in group.properties.items():
            yield group.namespace_id, name, schema


def why_locked(name: str, actor: Actor, known: Mapping[str, Definition]) -> str:
    """Return why the value of the property *name* cannot be changed here; "" if it can."""
    if name.startswith(RESERVED_PREFIX):
        return _("The service itself keeps it.")
    if name in known and known[name].is_locked:
        return _("Its definition says that nobody changes it.")
    if not can_change(name, actor, "update"):
        return _("The operator’s rules keep it from your role.")
    return ""


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
