"""Addresses of the metadata-definition catalogue, beside those of the images."""

from __future__ import annotations

from django.urls import re_path

from images.api.urls import ROOT
from images.metadefs.api.views.namespaces import NamespaceListView, NamespaceView
from images.metadefs.api.views.objects import ObjectListView, ObjectView
from images.metadefs.api.views.properties import PropertyListView, PropertyView
from images.metadefs.api.views.resource_types import (
    AssociationListView,
    AssociationView,
    ResourceTypeListView,
)
from images.metadefs.api.views.schemas import CatalogueSchemaView
from images.metadefs.api.views.tags import TagListView, TagView

ALL = ROOT + r"/metadefs/namespaces"
ONE = ALL + r"/(?P<namespace>[^/]+)"
NAME = r"/(?P<name>[^/]+)$"

urlpatterns = [
    re_path(ALL + r"$", NamespaceListView.as_view()),
    re_path(ONE + r"$", NamespaceView.as_view()),
    re_path(ONE + r"/objects$", ObjectListView.as_view()),
    re_path(ONE + r"/objects" + NAME, ObjectView.as_view()),
    re_path(ONE + r"/properties$", PropertyListView.as_view()),
    re_path(ONE + r"/properties" + NAME, PropertyView.as_view()),
    re_path(ONE + r"/tags$", TagListView.as_view()),
    re_path(ONE + r"/tags" + NAME, TagView.as_view()),
    re_path(ONE + r"/resource_types$", AssociationListView.as_view()),
    re_path(ONE + r"/resource_types" + NAME, AssociationView.as_view()),
    re_path(ROOT + r"/metadefs/resource_types$", ResourceTypeListView.as_view()),
    re_path(ROOT + r"/schemas/metadefs" + NAME, CatalogueSchemaView.as_view()),
]
