"""The namespace: its fields, the rules that the database holds, and how namespaces are found."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from images.actors import READER, Actor
from images.errors import NotVisible
from images.metadefs.models.resource_type import Association
from images.metadefs.models.stamped import MAX_NAME, Stamped
from images.metadefs.states import Visibility

MAX_DESCRIPTION = 500


class NamespaceQuerySet(models.QuerySet["Namespace"]):
    """Namespaces, found by who asks and by what is asked."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything *actor* may read: its project's own, and what is public."""
        if actor.sees_all:
            return self
        if not actor.has_role(READER):
            return self.none()
        return self.filter(Q(owner=actor.project) | Q(visibility=Visibility.PUBLIC))

    def with_associations(self) -> Self:
        """Load the resource types of each, in one query."""
        rows = Association.objects.select_related("resource_type")
        return self.prefetch_related(Prefetch("associations", queryset=rows))

    def with_parts(self) -> Self:
        """Load everything that lies in each, in one query a kind."""
        return self.with_associations().prefetch_related(
            "metadef_properties", "metadef_objects", "metadef_tags"
        )

    def get_or_absent(self, name: str) -> Namespace:
        """Return the namespace of that name, or raise `NotVisible`."""
        try:
            return self.get(namespace=name)
        except Namespace.DoesNotExist:
            raise NotVisible(f"Metadata definition namespace {name} was not found.") from None


class Namespace(Stamped):
    """A named set of definitions; an absent text is null, for the API tells it from ""."""

    namespace = models.CharField(_("namespace"), max_length=MAX_NAME)
    display_name = models.CharField(_("display name"), max_length=MAX_NAME, null=True)
    description = models.CharField(_("description"), max_length=MAX_DESCRIPTION, null=True)
    visibility = models.CharField(
        _("visibility"), max_length=16, choices=Visibility, default=Visibility.PRIVATE
    )
    protected = models.BooleanField(_("protected"), default=False)
    owner = models.CharField(_("owner"), max_length=255, db_index=True)

    objects = models.Manager.from_queryset(NamespaceQuerySet)()

    class Meta(Stamped.Meta):
        """A name is used once, by whomever."""

        verbose_name = _("namespace")
        verbose_name_plural = _("namespaces")
        constraints = [
            models.UniqueConstraint(fields=["namespace"], name="metadef_namespace_once"),
            models.CheckConstraint(condition=~Q(namespace=""), name="metadef_namespace_named"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="metadef_visibility_known"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="metadef_namespace_newest")]

    def __str__(self) -> str:
        """Return the name."""
        return self.namespace

    def facts(self) -> dict[str, Any]:
        """Return what an event tells of it."""
        return {
            "namespace": self.namespace,
            "display_name": self.display_name,
            "description": self.description,
            "visibility": self.visibility,
            "protected": self.protected,
            "owner": self.owner,
        }

    def prefix_for(self, resource_type: str) -> str:
        """Return what the properties' names begin with on *resource_type*, "" for nothing."""
        prefixes = (row.prefix for row in self.associations.all() if row.name == resource_type)
        return next(prefixes, None) or ""
