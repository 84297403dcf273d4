"""Single sign-on: who somebody of a provider is here, and in which projects.

A provider's person is known by provider and subject, and by nothing that can be chosen. An address
links to an account that was here before only if the operator says so, the provider has verified
it, and one account alone has it; never to an administrator.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from images.actors import ADMIN, READER, Actor, with_implied
from images.lifecycle.transactions import retried
from portal.identity.errors import BadValue, NameTaken
from portal.identity.events import record_user
from portal.identity.models import Membership, Project, User
from portal.identity.people import give_role, remove_role
from portal.identity.permissions import demand_operator
from portal.identity.roles import Role

ORDER = [READER, Role.MEMBER, Role.MANAGER]


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # the library has no types
    """What django-allauth asks about the people of providers."""

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Return the account that the provider's verified address links to, if there is one."""
        email = _verified_email(sociallogin)
        if not (settings.OIDC_LINK_BY_EMAIL and email):
            return None
        found = list(User.objects.filter(email__iexact=email)[:2])
        if len(found) != 1 or found[0].is_superuser or found[0].is_staff:
            return None
        return found[0], email

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Give who is known here the projects of today's groups; addresses are not kept apart."""
        sociallogin.email_addresses = [
            one for one in sociallogin.email_addresses if one.email == _verified_email(sociallogin)
        ]
        if sociallogin.is_existing:
            follow_groups(sociallogin.user, groups_in(sociallogin), actor=_actor(sociallogin))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Tell whether an account may be made: not beside one that has the address already."""
        email = _verified_email(sociallogin)
        is_taken = bool(email) and User.objects.filter(email__iexact=email).exists()
        return settings.OIDC_SIGN_UP and not is_taken

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> User:
        """Take names, and an address only if the provider has verified it."""
        if data.get("email") != _verified_email(sociallogin):
            data = data | {"email": ""}
        user: User = super().populate_user(request, sociallogin, data)
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account, without a password, in the projects of its groups."""
        actor = _actor(sociallogin)
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            record_user("create", user, actor, after={"name": user.username, "email": user.email})
            follow_groups(user, groups_in(sociallogin), actor=actor)
        return user


@retried
@transaction.atomic
def link(user: User, *, provider: str, subject: str, actor: Actor) -> None:
    """Let the person *subject* of *provider* sign in as *user* from now on."""
    demand_operator(actor)
    if provider not in {one["provider_id"] for one in settings.OIDC_PROVIDERS}:
        raise BadValue(f"There is no provider {provider!r}.")
    _, is_new = SocialAccount.objects.get_or_create(
        provider=provider, uid=subject, defaults={"user": user}
    )
    if not is_new:
        raise NameTaken("This identity of the provider belongs to an account already.")
    record_user("link", user, actor, provider=provider)


def signs_on_only(user: User) -> bool:
    """Tell whether *user* comes in by a provider alone, and shall have no password."""
    is_known = SocialAccount.objects.filter(user=user).exists()
    return bool(is_known and not user.has_usable_password())


@retried
@transaction.atomic
def follow_groups(user: User, groups: set[str], *, actor: Actor) -> None:
    """Make *user*, in each project that a rule names, what *groups* say, and nothing else."""
    wanted: dict[str, str] = {}
    for group, rules in settings.OIDC_GROUPS.items():
        for name, role in rules:
            held = [wanted.get(name, ""), role if group in groups else ""]
            wanted[name] = max(held, key=lambda one: ORDER.index(one) if one else -1)
    for project in Project.objects.filter(name__in=wanted):
        _set_role(user, project, wanted[project.name], actor=actor)


def groups_in(sociallogin: SocialLogin) -> set[str]:
    """Return the groups that the provider tells of."""
    data: dict[str, Any] = sociallogin.account.extra_data or {}
    for part in (data.get("userinfo"), data.get("id_token"), data):
        claim = (part or {}).get(settings.OIDC_GROUPS_CLAIM)
        if isinstance(claim, list):
            return {str(one) for one in claim}
    return set()


def _set_role(user: User, project: Project, role: str, *, actor: Actor) -> None:
    now = Membership.objects.filter(user=user, project=project).first()
    if role and (now is None or now.role != role):
        give_role(user, project=project, role=role, actor=actor)
    elif not role and now is not None:
        remove_role(user, project=project, actor=actor)


def _verified_email(sociallogin: SocialLogin) -> str:
    return next((one.email for one in sociallogin.email_addresses if one.verified), "")


def _actor(sociallogin: SocialLogin) -> Actor:
    """Return who acts when a provider says something of its people."""
    return Actor(user=f"oidc:{sociallogin.account.provider}", roles=with_implied(ADMIN))
