"""The pages of a project's service accounts: robots that belong to no person."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from portal.forms.credentials import AccountForm, CredentialForm
from portal.identity.actors import project_actor
from portal.identity.credentials import create_credential
from portal.identity.models import Project
from portal.identity.permissions import can_manage
from portal.identity.service_accounts import (
    accounts_of,
    create_account,
    delete_account,
    restore_account,
    suspend_account,
)
from portal.views.base import ActView, PageMixin
from portal.views.tokens import show_secret

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor
    from portal.identity.models import User


class ProjectMixin(PageMixin):
    """A page of the project in which one acts; what it has to hide is for its managers."""

    @cached_property
    def project(self) -> Project:
        """The project, or 404 for who is in none."""
        return get_object_or_404(Project, pk=self.actor.project)

    @property
    def may_manage(self) -> bool:
        """Tell whether who looks may make and unmake service accounts."""
        return can_manage(self.actor, self.project)


class AccountsView(ProjectMixin, ActView):
    """/project/service-accounts: which there are, and a form for another."""

    template_name = "portal/service_accounts.html"
    form_class = AccountForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the accounts of the project."""
        accounts = (
            accounts_of(self.project.pk)
            .prefetch_related("memberships")
            .annotate(
                tokens_count=Count("application_credentials"),
                last_used_at=Max("application_credentials__last_used_at"),
            )
        )
        return super().get_context_data(accounts=accounts, may_manage=self.may_manage, **kwargs)

    def do(self, form: AccountForm) -> HttpResponse:
        """Make the account, and go on to its first token."""
        account = create_account(project=self.project, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, _("Made: %(name)s.") % {"name": account})
        return redirect("service-account", account.public_id)


class AccountMixin(ProjectMixin):
    """A page of one service account, for who manages its project."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the right before anything is shown; of another project's nothing is there."""
        is_there = request.user.is_authenticated and accounts_of(self.project.pk).filter(
            public_id=kwargs["pk"]
        )
        if is_there and not self.may_manage:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def account(self) -> User:
        """The account of the address, or 404."""
        return get_object_or_404(accounts_of(self.project.pk), public_id=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the account."""
        shown: dict[str, Any] = super().get_context_data(  # type: ignore[misc] # of the view below
            account=self.account, project=self.project, **kwargs
        )
        return shown


class AccountView(AccountMixin, ActView):
    """/project/service-accounts/<id>: its tokens, and a form for another."""

    template_name = "portal/service_account.html"
    form_class = CredentialForm

    @property
    def holder(self) -> Actor | None:
        """The account, acting; None while the project or its role is gone."""
        return project_actor(self.account, project=self.project.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know which roles there are to give."""
        return super().get_form_kwargs() | {"actor": self.holder or self.actor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show its tokens and its role."""
        tokens = self.account.application_credentials.select_related("project")
        role = self.account.memberships.filter(project=self.project).first()
        return super().get_context_data(credentials=tokens, membership=role, **kwargs)

    def do(self, form: CredentialForm) -> HttpResponse:
        """Make the token, and show its secret this once."""
        secret, credential = create_credential(form.wanted, actor=self.actor, account=self.account)
        return show_secret(self.request, credential, secret)


class SwitchAccountView(AccountMixin, View):
    """/project/service-accounts/<id>/{suspend,restore}."""

    act: str | None = None
    verb = {"suspend": suspend_account, "restore": restore_account}
    told = {
        "suspend": gettext_lazy("Suspended: its tokens open nothing any more."),
        "restore": gettext_lazy("Restored: its tokens open what they did before."),
    }

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Do it and go back to the account."""
        self.verb[str(self.act)](self.account, actor=self.actor)
        messages.success(request, self.told[str(self.act)])
        return redirect("service-account", pk)


class DeleteAccountView(AccountMixin, TemplateView):
    """/project/service-accounts/<id>/delete: the question, and the deed."""

    template_name = "portal/service_account_delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what goes with it."""
        tokens = self.account.application_credentials.all()
        return super().get_context_data(credentials=tokens, **kwargs)

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Delete it."""
        delete_account(self.account, actor=self.actor)
        messages.success(request, _("Deleted: %(name)s.") % {"name": self.account})
        return redirect("service-accounts")
