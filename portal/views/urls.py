"""Addresses of the pages for people."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
