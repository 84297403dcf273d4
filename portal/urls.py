"""All addresses: the doors for programs first, then those for people."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from images.api.urls import otherwise
from portal.health import healthz, readyz
from portal.identity.admin.hidden import hide
from portal.views.docs import api_document, api_page
from portal.views.home import home

hide()

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.not_found"
handler429 = "portal.errors.too_often"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", home, name="image-list"),
    path("", include("images.api.urls")),
    path("", include("images.metadefs.api.urls")),
    path("", include("quotas.api.urls")),
    path("", include(otherwise)),
    path("api/", include("portal.api.urls")),
    path("identity", include("portal.identity.api.urls")),
    path("", include("portal.identity.urls")),
    path("", include("portal.views.urls")),
    path("", include("portal.views.project_urls")),
    path("docs/", api_page, name="api-page"),
    path("docs/openapi.json", api_document, name="api-document"),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("readyz", readyz),
]
