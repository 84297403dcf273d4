"""Addresses of our own REST, for what the Image API has no words for; none ends with a slash."""

from __future__ import annotations

from django.urls import path

from portal.api.grants import GrantListView, GrantView
from portal.api.links import LinkListView, LinkView
from portal.api.usage import ProjectUsageView

IMAGE = "images/<str:image_id>"

urlpatterns = [
    path(f"{IMAGE}/grants", GrantListView.as_view()),
    path(f"{IMAGE}/grants/<str:kind>/<str:name>", GrantView.as_view()),
    path(f"{IMAGE}/links", LinkListView.as_view()),
    path(f"{IMAGE}/links/<str:link_id>", LinkView.as_view()),
    path("projects/<str:project_id>/usage", ProjectUsageView.as_view()),
]
