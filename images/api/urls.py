"""Addresses of the Image API; no address ends with a slash."""

from __future__ import annotations

from django.urls import path, re_path

from images.api.views.data import DataView
from images.api.views.discovery import (
    ImportInfoView,
    SchemaView,
    StoreDetailsView,
    StoresView,
    UnknownView,
    health,
    versions,
)
from images.api.views.events import EventListView
from images.api.views.images import ImageViewSet
from images.api.views.locations import LocationsView, StoreImageView
from images.api.views.members import MemberListView, MemberView
from images.api.views.tags import TagView
from images.api.views.tasks import ImageTasksView, TaskListView, TaskView
from images.api.views.trash import RestoreView, TrashedView, TrashView
from images.api.views.uploads import UnfinishedView, UploadsView, UploadView

MINOR = r"(?:\.(?:1[0-8]|[0-9]))?"
ROOT = r"^v2" + MINOR
IMAGE = ROOT + r"/images/(?P<image_id>[^/]+)"
REST = r"(?P<rest>(?s:.*))"

images = ImageViewSet.as_view({"get": "list", "post": "create"}, bodyless=frozenset())
image = ImageViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
deactivate = ImageViewSet.as_view({"post": "deactivate"}, bodyless=frozenset({"POST"}))
reactivate = ImageViewSet.as_view({"post": "reactivate"}, bodyless=frozenset({"POST"}))

urlpatterns = [  # what is asked most comes first: each pattern is tried in turn
    re_path(ROOT + r"/images$", images),
    re_path(IMAGE + r"$", image),
    re_path(IMAGE + r"/file$", DataView.as_view()),
    re_path(IMAGE + r"/actions/deactivate$", deactivate),
    re_path(IMAGE + r"/actions/reactivate$", reactivate),
    re_path(IMAGE + r"/tags/(?P<tag>[^/]+)$", TagView.as_view()),
    re_path(IMAGE + r"/members$", MemberListView.as_view()),
    re_path(IMAGE + r"/members/(?P<project>[^/]+)$", MemberView.as_view()),
    re_path(IMAGE + r"/locations$", LocationsView.as_view()),
    re_path(IMAGE + r"/tasks$", ImageTasksView.as_view()),
    re_path(ROOT + r"/stores/(?P<store>[^/]+)/(?P<image_id>[^/]+)$", StoreImageView.as_view()),
    re_path(ROOT + r"/tasks$", TaskListView.as_view()),
    re_path(ROOT + r"/tasks/(?P<task_id>[^/]+)$", TaskView.as_view()),
    re_path(ROOT + r"/info/stores$", StoresView.as_view()),
    re_path(ROOT + r"/info/stores/detail$", StoreDetailsView.as_view()),
    re_path(ROOT + r"/info/import$", ImportInfoView.as_view()),
    re_path(ROOT + r"/?$", versions, {"status": 200}),
    path("versions", versions, {"status": 200}),
    path("versions/", versions, {"status": 200}),
    path("healthcheck", health),
    path("uploads", UploadsView.as_view()),
    path("uploads/", UploadsView.as_view()),
    path("uploads/<str:upload_id>", UploadView.as_view()),
    path("api/events", EventListView.as_view()),
    path("api/uploads", UnfinishedView.as_view()),
    path("api/trash", TrashView.as_view()),
    path("api/trash/<str:image_id>", TrashedView.as_view()),
    path("api/trash/<str:image_id>/restore", RestoreView.as_view()),
]

otherwise = [
    re_path(ROOT + r"/schemas/(?P<name>.+)$", SchemaView.as_view()),
    re_path(ROOT + "/" + REST + "$", UnknownView.as_view()),
    re_path(r"^v[0-9][^/]*(?:/" + REST + ")?$", versions, {"status": 300}),
]
"""What answers to the addresses that are left: behind those of every other part of the API."""
