"""Addresses of the metadata-definition catalogue, beside those of the images."""

from __future__ import annotations

from django.urls import re_path

from images.api.urls import ROOT
from images.metadefs.api.views.namespaces import NamespaceListView, NamespaceView

ALL = ROOT + r"/metadefs/namespaces"
ONE = ALL + r"/(?P<namespace>[^/]+)"

urlpatterns = [
    re_path(ALL + r"$", NamespaceListView.as_view()),
    re_path(ONE + r"$", NamespaceView.as_view()),
]
