"""Addresses of the sign-in pages; those of django-allauth under the names that it knows."""

from __future__ import annotations

from allauth.account.views import reauthenticate
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from portal.identity import own_views, reset, views
from portal.identity import sign_on_views as sign_on

to_account = RedirectView.as_view(pattern_name="account")
to_password = RedirectView.as_view(pattern_name="set-password")

urlpatterns = [
    path("accounts/login/", views.SignInView.as_view(), name="login"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/logout/", LogoutView.as_view(), name="account_logout"),
    path("accounts/sign-in/<str:secret>/", views.SignInLinkView.as_view(), name="sign-in-link"),
    path("accounts/sign-in-again/", views.SignInAgainView.as_view(), name="sign-in-again"),
    path("accounts/oidc/<slug:provider_id>/login/", sign_on.begin, name="openid_connect_login"),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        sign_on.come_back,
        name="openid_connect_callback",
    ),
    path("accounts/oidc/cancelled/", sign_on.cancelled, name="socialaccount_login_cancelled"),
    path("accounts/again/", reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", own_views.SetPasswordView.as_view(), name="set-password"),
    path("accounts/password/reset/", reset.AskView.as_view(), name="password_reset"),
    path("accounts/password/reset/sent/", reset.SentView.as_view(), name="password_reset_done"),
    path(
        "accounts/password/reset/<str:uidb64>/<str:token>/",
        reset.ConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("accounts/project/", own_views.switch_project, name="switch-project"),
    path("accounts/second-factor/", to_account, name="mfa_index"),
    path("accounts/second-factor/webauthn/", to_account, name="mfa_list_webauthn"),
    path(
        "accounts/second-factor/required/",
        views.SecondFactorRequiredView.as_view(),
        name="second-factor-required",
    ),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("admin/login/", views.admin_login, name="admin-login"),
    path("admin/password_change/", to_password, name="admin-password"),
]
