"""Addresses of the sign-in pages."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from portal.identity import views

urlpatterns = [
    path("accounts/login/", views.SignInView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/sign-in/<str:secret>/", views.SignInLinkView.as_view(), name="sign-in-link"),
    path("accounts/password/", views.SetPasswordView.as_view(), name="set-password"),
    path("accounts/project/", views.switch_project, name="switch-project"),
]
