"""Addresses of the pages for people."""

from __future__ import annotations

from django.urls import path

from portal.image.tabs import OVERVIEW, TABS
from portal.views import service_accounts as robots
from portal.views import tokens
from portal.views.account import (
    AccountView,
    KeyboardView,
    choose_language,
    choose_theme,
)
from portal.views.activity import ActivityView, ExportView
from portal.views.changes import DeleteView, EditView, SwitchView
from portal.views.filters import FiltersView, FilterView, RemoveFilterView
from portal.views.grants import GrantView
from portal.views.grants import RevokeView as RevokeGrantView
from portal.views.images import DownloadView, ImageView, VerifyView
from portal.views.inbox import AnswerView, InboxView
from portal.views.links import ImageLinksView, LinkFileView, LinkView, SwitchLinkView
from portal.views.lists import BulkView
from portal.views.project import ProjectView
from portal.views.sessions import EndOthersView, EndSessionView
from portal.views.sharing import ShareView, UnshareView
from portal.views.trash import PurgeView, RestoreView, TrashView
from portal.views.uploads import NewImageView, UploadView

IMAGE = "images/<uuid:pk>"
API_TOKEN = "account/tokens/<public_id:pk>"  # noqa: S105 -- an address
ROBOTS = "project/service-accounts"
ROBOT = f"{ROBOTS}/<public_id:pk>"

urlpatterns = [
    path("images/new", NewImageView.as_view(), name="image-new"),
    path("images/bulk", BulkView.as_view(), name="images-bulk"),
    path("images/filters", FiltersView.as_view(), name="filters"),
    path("images/filters/<int:pk>", FilterView.as_view(), name="filter"),
    path("images/filters/<int:pk>/remove", RemoveFilterView.as_view(), name="filter-remove"),
    path(IMAGE, ImageView.as_view(), name="image"),
    *(
        path(f"{IMAGE}/{tab}", ImageView.as_view(tab=tab), name=f"image-{tab}")
        for tab in TABS
        if tab != OVERVIEW
    ),
    path(f"{IMAGE}/verify", VerifyView.as_view(), name="image-verify"),
    path(f"{IMAGE}/upload", UploadView.as_view(), name="image-upload"),
    path(f"{IMAGE}/download", DownloadView.as_view(), name="image-download"),
    path(f"{IMAGE}/edit", EditView.as_view(), name="image-edit"),
    path(f"{IMAGE}/delete", DeleteView.as_view(), name="image-delete"),
    path(f"{IMAGE}/deactivate", SwitchView.as_view(act="deactivate"), name="image-deactivate"),
    path(f"{IMAGE}/reactivate", SwitchView.as_view(act="reactivate"), name="image-reactivate"),
    path(f"{IMAGE}/share", ShareView.as_view(), name="image-share"),
    path(f"{IMAGE}/grants/<str:kind>", GrantView.as_view(), name="image-grant"),
    path(f"{IMAGE}/grants/<str:kind>/<str:name>", RevokeGrantView.as_view(), name="image-revoke"),
    path(f"{IMAGE}/share/<str:project>", UnshareView.as_view(), name="image-unshare"),
    path(f"{IMAGE}/links", ImageLinksView.as_view(), name="image-links"),
    path(
        f"{IMAGE}/links/<uuid:link>/revoke",
        SwitchLinkView.as_view(name="revoke"),
        name="image-link-revoke",
    ),
    path(
        f"{IMAGE}/links/<uuid:link>/restore",
        SwitchLinkView.as_view(name="restore"),
        name="image-link-restore",
    ),
    path("links/<str:secret>", LinkView.as_view(), name="link"),
    path("links/<str:secret>/file", LinkFileView.as_view(), name="link-file"),
    path("activity", ActivityView.as_view(), name="activity"),
    path("activity.csv", ExportView.as_view(form="csv"), name="activity-csv"),
    path("activity.jsonl", ExportView.as_view(form="jsonl"), name="activity-jsonl"),
    path("inbox", InboxView.as_view(), name="inbox"),
    path("inbox/<uuid:pk>", AnswerView.as_view(), name="inbox-answer"),
    path("trash", TrashView.as_view(), name="trash"),
    path("trash/restore", RestoreView.as_view(), name="trash-restore"),
    path("trash/purge", PurgeView.as_view(), name="trash-purge"),
    path("project", ProjectView.as_view(), name="project"),
    path("account", AccountView.as_view(), name="account"),
    path(API_TOKEN, tokens.TokenView.as_view(), name="token"),
    path(f"{API_TOKEN}/renew", tokens.RenewView.as_view(), name="token-renew"),
    path(f"{API_TOKEN}/secret", tokens.RotateView.as_view(), name="token-rotate"),
    path(f"{API_TOKEN}/revoke", tokens.RevokeView.as_view(), name="token-revoke"),
    path(ROBOTS, robots.AccountsView.as_view(), name="service-accounts"),
    path(ROBOT, robots.AccountView.as_view(), name="service-account"),
    path(
        f"{ROBOT}/suspend",
        robots.SwitchAccountView.as_view(act="suspend"),
        name="service-account-suspend",
    ),
    path(
        f"{ROBOT}/restore",
        robots.SwitchAccountView.as_view(act="restore"),
        name="service-account-restore",
    ),
    path(f"{ROBOT}/delete", robots.DeleteAccountView.as_view(), name="service-account-delete"),
    path("account/sessions", EndOthersView.as_view(), name="sessions-end"),
    path("account/sessions/<str:mark>", EndSessionView.as_view(), name="session-end"),
    path("account/keyboard", KeyboardView.as_view(), name="keyboard"),
    path("account/theme", choose_theme, name="theme"),
    path("account/language", choose_language, name="language"),
]
