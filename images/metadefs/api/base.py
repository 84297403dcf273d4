"""What the catalogue's views have in common: find the namespace of the address."""

from __future__ import annotations

from images.api.base import ApiView
from images.metadefs.models import Namespace
from images.metadefs.models.namespace import NamespaceQuerySet


class CatalogueView(ApiView):
    """A view of the metadata-definition catalogue."""

    def visible(self) -> NamespaceQuerySet:
        """Return the namespaces that the actor sees."""
        return Namespace.objects.visible_to(self.actor)

    def namespace(self) -> Namespace:
        """Return the namespace of the address if the actor sees it, else raise `NotVisible`."""
        return self.visible().get_or_absent(self.kwargs["namespace"])
