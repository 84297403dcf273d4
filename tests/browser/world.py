"""A site with believable content, made by the real acts, for pictures of its pages.

This runs in a process with the server's settings and database: `make_world` in `album` calls it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from images.actors import ADMIN, Actor, with_implied
from images.lifecycle.grants import grant_image
from images.lifecycle.links import NewLink, make_link, revoke_link
from images.metadefs.documents import read_namespace
from images.metadefs.lifecycle.namespaces import create_namespace
from images.models import Image
from portal.identity import groups, invitations, people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.keys import digest, new_secret
from portal.identity.links import create_link
from portal.identity.models import ApplicationCredential, Invitation, Project, User
from portal.identity.saved_filters import save_filter
from portal.identity.second_factor import APP, LAST
from portal.identity.service_accounts import create_account
from portal.sharing.grantees import find_grantee
from quotas.history import today
from quotas.limits import set_limit
from quotas.models import DailyUse, Resource
from tests.browser.chromium import PASSWORD
from tests.browser.content import GIB, MIB, make_images
from tests.portal.identity.conftest import code_of

DAYS_OF_USE = 60
DEFINITIONS: dict[str, Any] = {
    "namespace": "OS::Compute::LibvirtImage",
    "display_name": "libvirt driver options for images",
    "visibility": "public",
    "owner": "lab",
    "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
    "properties": {
        "disk_bus": {
            "title": "Disk bus",
            "type": "string",
            "enum": ["virtio", "scsi", "ide"],
            "description": "The bus by which the disk is wired to the machine.",
        },
    },
}


def build() -> dict[str, str]:
    """Fill a site that has the people of `make_people`; return what stands in its addresses."""
    lab, farm = people.find_project("lab"), people.find_project("farm")
    ada, bert = act_as("ada", lab), act_as("bert", farm)
    names = _more_people(lab)
    create_namespace(read_namespace(DEFINITIONS), actor=replace(ada, roles=with_implied(ADMIN)))
    names |= make_images(ada, bert, farm)
    _use(lab)
    set_limit(farm.pk, Resource.IMAGE_SIZE_TOTAL, 8 * MIB, actor=OPERATOR)
    save_filter("Ready to use", "status=active", actor=ada)
    names["filter"] = str(save_filter("GPU", "tag=gpu", actor=ada).pk)
    names |= _access(ada, bert, lab=lab, farm=farm)
    return names | _ways_in() | {"lab": lab.pk, "farm": farm.pk}


def fresh_code(app: str) -> str:
    """Return what the app of that secret shows, which opens also if it did a moment ago."""
    for used in Authenticator.objects.filter(type=APP):
        used.data.pop(LAST, None)
        used.save(update_fields=["data"])
    return code_of(app)


def act_as(user: str, project: Project) -> Actor:
    """Return *user* as it acts in *project*."""
    actor = project_actor(people.find_user(user), project=project.pk)
    assert actor is not None
    return actor


def _more_people(lab: Project) -> dict[str, str]:
    """Add a reader of the lab, somebody in no project, a newcomer, and who has a second factor.

    Return the secret of the last one's app, and which of the rows is the passkey.
    """
    for name in ("noor", "rita", "otto", "finn"):
        people.create_user(name, password=PASSWORD, email=f"{name}@example.org", actor=OPERATOR)
    atelier = people.create_project("atelier", description="Trying things out", actor=OPERATOR)
    for user, project, role in (
        ("noor", atelier, "manager"),
        ("otto", atelier, "member"),
        ("rita", lab, "reader"),
    ):
        people.give_role(people.find_user(user), project=project, role=role, actor=OPERATOR)
    old = people.create_project("winter-school", actor=OPERATOR)
    people.suspend_project(old, actor=OPERATOR)
    otto = people.find_user("otto")
    app = str(generate_totp_secret())
    TOTP.activate(otto, app)
    RecoveryCodes.activate(otto)
    return {"app": app, "key": str(_add_passkey(otto).pk)}


def _add_passkey(user: User) -> Authenticator:
    """Give *user* a passkey that no device has."""
    public_key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    held = AttestedCredentialData.create(bytes(16), b"key", public_key)
    flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED
    told = AuthenticatorData.create(bytes(32), flags, 0, held)
    credential = {
        "id": websafe_encode(b"key"),
        "rawId": websafe_encode(b"key"),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(
                b'{"type": "webauthn.create", "challenge": "", "origin": "http://localhost"}'
            ),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    data = {"name": "Otto’s YubiKey", "credential": credential}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def _use(lab: Project) -> None:
    """Give the lab limits, and days of growing use."""
    set_limit(lab.pk, Resource.IMAGE_SIZE_TOTAL, 2 * GIB, actor=OPERATOR)
    set_limit(lab.pk, Resource.IMAGE_COUNT_TOTAL, 40, actor=OPERATOR)
    for ago in range(1, DAYS_OF_USE):
        steps = (DAYS_OF_USE - ago) // 7
        DailyUse.objects.create(
            project=lab.pk,
            day=today() - timedelta(days=ago),
            used=(40 + 64 * steps) * MIB,
            reserved=0,
            images=2 + steps,
            uploads=0,
        )


def _access(ada: Actor, bert: Actor, *, lab: Project, farm: Project) -> dict[str, str]:
    """Let people, groups, robots and links get at the lab's images; return what leads there."""
    debian = Image.objects.get(name="debian-13-genericcloud-amd64")
    rita = find_grantee("user", "rita")
    until = timezone.now() + timedelta(days=30)
    grant_image(debian, actor=ada, to=rita, rights=["view", "download"], expires_at=until)
    farmers = find_grantee("project", "farm")
    grant_image(debian, actor=ada, to=farmers, rights=["view", "change"])
    link, _ = make_link(debian, NewLink(note="for a supplier", max_uses=5), actor=ada)
    _, over = make_link(debian, NewLink(note="for the auditors"), actor=ada)
    revoke_link(over, actor=ada)
    builders = groups.create_group("builders", project=lab, actor=ada)
    groups.add_to_group(people.find_user("rita"), group=builders, actor=ada)
    robot = create_account("nightly-build", role="member", project=lab, actor=ada)
    _, token = create_credential(NewCredential(name="ci"), actor=ada, account=robot)
    _, own = create_credential(NewCredential(name="laptop"), actor=ada)
    _, old = create_credential(NewCredential(name="old-workstation"), actor=ada)
    _ends(own, days=2)
    _ends(old, days=-3)
    mailed = invitations.invite_by_mail("eve@example.org", project=lab, role="reader", actor=ada)
    secret = new_secret("vn")
    Invitation.objects.filter(pk=mailed.pk).update(secret_hash=digest(secret))
    invitations.invite_user(people.find_user("ada"), project=farm, role="reader", actor=bert)
    return {
        "link": link,
        "group": str(builders.pk),
        "robot": robot.public_id,
        "token": str(token.pk),
        "own": str(own.pk),
        "old": str(old.pk),
        "invitation": secret,
        "ada": people.find_user("ada").public_id,
        "rita": people.find_user("rita").public_id,
    }


def _ends(credential: ApplicationCredential, *, days: int) -> None:
    """Let *credential* end in *days*."""
    ApplicationCredential.objects.filter(pk=credential.pk).update(
        expires_at=timezone.now() + timedelta(days=days)
    )


def _ways_in() -> dict[str, str]:
    """Return the secrets of a sign-in link and of a reset mail."""
    user: User = people.find_user("bert")
    return {
        "signing": create_link(user).split("/")[-2],
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "reset": default_token_generator.make_token(user),
    }
