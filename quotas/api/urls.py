"""Addresses of the Image API that quotas answer."""

from __future__ import annotations

from django.urls import re_path

from images.api.urls import ROOT
from quotas.api.views import UsageView

urlpatterns = [re_path(ROOT + r"/info/usage$", UsageView.as_view())]
