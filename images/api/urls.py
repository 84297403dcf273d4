"""Addresses of the Image API; no address ends with a slash."""

from django.urls import path, re_path

from images.api.views.data import DataView
from images.api.views.discovery import (
    ImportInfoView,
    SchemaView,
    StoresView,
    UnknownView,
    VersionsView,
    health,
)
from images.api.views.images import ActionView, ImageViewSet
from images.api.views.members import MemberListView, MemberView
from images.api.views.tags import TagView

images = ImageViewSet.as_view({"get": "list", "post": "create"})
image = ImageViewSet.as_view(
    {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
)
ROOT = r"^v2(?:\.(?:1[0-8]|[0-9]))?"
IMAGE = ROOT + r"/images/(?P<image_id>[^/]+)"

urlpatterns = [
    path("versions", VersionsView.as_view(status=200)),
    path("versions/", VersionsView.as_view(status=200)),
    path("healthcheck", health),
    re_path(ROOT + r"/?$", VersionsView.as_view(status=200)),
    re_path(ROOT + r"/images$", images),
    re_path(IMAGE + r"$", image),
    re_path(IMAGE + r"/file$", DataView.as_view()),
    re_path(IMAGE + r"/actions/(?P<act>deactivate|reactivate)$", ActionView.as_view()),
    re_path(IMAGE + r"/tags/(?P<tag>[^/]+)$", TagView.as_view()),
    re_path(IMAGE + r"/members$", MemberListView.as_view()),
    re_path(IMAGE + r"/members/(?P<project>[^/]+)$", MemberView.as_view()),
    re_path(ROOT + r"/schemas/(?P<name>.+)$", SchemaView.as_view()),
    re_path(ROOT + r"/info/stores$", StoresView.as_view()),
    re_path(ROOT + r"/info/import$", ImportInfoView.as_view()),
    re_path(ROOT + r"/(?P<rest>.*)$", UnknownView.as_view()),
    re_path(r"^v[0-9][^/]*(?:/(?P<rest>.*))?$", VersionsView.as_view(status=300)),
]
