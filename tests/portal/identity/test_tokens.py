from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from images.actors import NOBODY
from portal.identity import people
from portal.identity.actors import OPERATOR, token_actor
from portal.identity.credentials import delete_credential
from portal.identity.errors import BadCredentials
from portal.identity.keys import digest
from portal.identity.models import ApplicationCredential, Project, Token, User
from portal.identity.tokens import Proof, Scope, find_token, issue_token, revoke_token
from tests.portal.identity.conftest import acting, new_token

Robot = tuple[str, ApplicationCredential]


def by_robot(robot: Robot) -> tuple[str, Token]:
    """Return a token that was got with an application credential."""
    credential = robot[1]
    proof = Proof(credential.user, methods=("application_credential",), credential=credential)
    return issue_token(proof, scope=Scope(project=credential.project))


def is_dead(secret: str) -> bool:
    """Tell whether nobody gets in with *secret*."""
    try:
        return token_actor(find_token(secret)) is None
    except BadCredentials:
        return True


def test_issue_token_keeps_only_the_hash(alice: User, demo: Project) -> None:
    secret, token = new_token(alice, Scope(project=demo))

    assert secret.startswith("vt_")
    assert len(secret) == 46
    assert token.secret_hash == digest(secret)
    assert secret not in {str(value) for value in vars(token).values()}


def test_issue_token_sets_an_end(alice: User, settings: Settings) -> None:
    settings.IDENTITY_TOKEN_HOURS = 3

    token = new_token(alice, Scope())[1]

    assert timedelta(hours=2.9) < token.expires_at - token.issued_at < timedelta(hours=3.1)


@pytest.mark.parametrize("is_system", [True, False])
def test_issue_token_refuses_a_scope_that_is_not_the_users(
    alice: User, elsewhere: Project, *, is_system: bool
) -> None:
    scope = Scope(is_system=True) if is_system else Scope(project=elsewhere)

    with pytest.raises(BadCredentials):
        new_token(alice, scope)

    assert not Token.objects.exists()


def test_find_token_and_its_actor_take_one_query(
    alice: User, demo: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret = new_token(alice, Scope(project=demo))[0]

    with django_assert_num_queries(1):
        actor = token_actor(find_token(secret))

    assert actor == acting(alice, demo)


@pytest.mark.parametrize("secret", ["", "vt_", "nonsense", "vt_" + "A" * 43, "\xff" * 300])
def test_find_token_refuses_what_was_never_given(db: None, secret: str) -> None:
    with pytest.raises(BadCredentials):
        find_token(secret)


def test_token_dies_when_revoked(alice: User) -> None:
    secret, token = new_token(alice, Scope())

    revoke_token(token, actor=NOBODY)

    assert is_dead(secret)


def test_token_dies_of_age(alice: User) -> None:
    secret = new_token(alice, Scope())[0]

    Token.objects.update(expires_at=timezone.now())

    assert is_dead(secret)


def test_token_dies_with_its_user_for_good(alice: User, demo: Project) -> None:
    secret = new_token(alice, Scope(project=demo))[0]

    people.suspend_user(alice, actor=OPERATOR)

    assert is_dead(secret)
    people.restore_user(alice, actor=OPERATOR)
    assert is_dead(secret)


def test_token_dies_when_its_user_is_deactivated_by_any_means(alice: User) -> None:
    secret = new_token(alice, Scope())[0]

    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert is_dead(secret)


def test_token_dies_with_the_password(alice: User) -> None:
    secret = new_token(alice, Scope())[0]

    people.set_password(alice, "another fine password", actor=OPERATOR)

    assert is_dead(secret)


def test_token_dies_with_the_membership_for_good(alice: User, demo: Project) -> None:
    secret = new_token(alice, Scope(project=demo))[0]

    people.remove_role(alice, project=demo, actor=OPERATOR)

    assert is_dead(secret)
    people.give_role(alice, project=demo, role="member", actor=OPERATOR)
    assert is_dead(secret)


def test_token_of_another_project_survives_a_lost_membership(
    alice: User, demo: Project, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="reader", actor=OPERATOR)
    secret = new_token(alice, Scope(project=elsewhere))[0]

    people.remove_role(alice, project=demo, actor=OPERATOR)

    assert not is_dead(secret)


def test_token_rests_while_its_project_is_suspended(alice: User, demo: Project) -> None:
    secret = new_token(alice, Scope(project=demo))[0]

    people.suspend_project(demo, actor=OPERATOR)

    assert is_dead(secret)


def test_system_token_dies_with_the_administrators_office(root: User, alice: User) -> None:
    people.make_administrator(alice, actor=OPERATOR)
    secret = new_token(root, Scope(is_system=True))[0]

    people.unmake_administrator(root, actor=OPERATOR)

    assert is_dead(secret)


def test_token_dies_with_its_credential(robot: Robot) -> None:
    secret = by_robot(robot)[0]

    delete_credential(robot[1], actor=OPERATOR)

    assert is_dead(secret)


def test_token_ends_with_its_credential(robot: Robot) -> None:
    robot[1].expires_at = timezone.now() + timedelta(minutes=1)
    robot[1].save()

    token = by_robot(robot)[1]

    assert token.expires_at == robot[1].expires_at


def test_token_dies_when_its_credential_expires_early(robot: Robot) -> None:
    secret = by_robot(robot)[0]

    ApplicationCredential.objects.update(expires_at=timezone.now())

    assert is_dead(secret)


def test_token_takes_a_changed_role_at_once(alice: User, demo: Project) -> None:
    secret = new_token(alice, Scope(project=demo))[0]

    people.give_role(alice, project=demo, role="reader", actor=OPERATOR)

    actor = token_actor(find_token(secret))
    assert actor is not None
    assert actor.roles == {"reader"}


def test_token_from_a_token_keeps_end_and_audit_chain(alice: User, demo: Project) -> None:
    first = new_token(alice, Scope())[1]
    second = issue_token(Proof(alice, ("token",), parent=first), scope=Scope(project=demo))[1]
    third = issue_token(Proof(alice, ("token",), parent=second), scope=Scope())[1]

    assert first.expires_at == second.expires_at == third.expires_at
    assert third.audit_ids == [third.audit_id, first.audit_id]
