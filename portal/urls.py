"""All addresses: the doors for programs first, then those for people."""

from django.contrib import admin
from django.urls import include, path
from health_check.views import HealthCheckView

from portal.views.home import home

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.permission_denied"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"

READY = ["health_check.checks.Database", "portal.health.DefaultStore"]

urlpatterns = [
    path("", home, name="image-list"),
    path("", include("images.api.urls")),
    path("identity", include("portal.identity.api.urls")),
    path("", include("portal.identity.urls")),
    path("", include("portal.views.urls")),
    path("admin/", admin.site.urls),
    path("healthz", HealthCheckView.as_view(checks=["health_check.checks.Database"])),
    path("readyz", HealthCheckView.as_view(checks=READY)),
]
