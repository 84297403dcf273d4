"""What the pages are about: images, shares, links, robots, mails, limits; made by real acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import leaks
from tests.browser.chromium import PASSWORD, new_context, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.live import Server

CAST = f"""
from datetime import timedelta
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from images.lifecycle.data import receiving
from images.lifecycle.grants import grant_image
from images.lifecycle.images import create_image
from images.lifecycle.links import NewLink, make_link, revoke_link
from images.lifecycle.members import answer_share, share_image
from images.lifecycle.trash import trash_image
from portal.sharing.grantees import find_grantee
from portal.identity import groups, invitations, people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.keys import digest, new_secret
from portal.identity.links import create_link
from portal.identity.models import ApplicationCredential, Invitation
from portal.identity.saved_filters import save_filter
from portal.identity.service_accounts import create_account
from quotas.history import today
from quotas.limits import set_limit
from quotas.models import DailyUse, Resource

lab, farm = people.find_project("lab"), people.find_project("farm")
ada = project_actor(people.find_user("ada"), project=lab.pk)
bert = project_actor(people.find_user("bert"), project=farm.pk)
raw = {{"disk_format": "raw", "container_format": "bare"}}
properties = {{"os_distro": "debian", "hw_disk_bus": "virtio"}}
facts = {{"tags": {{"cloud", "lts"}}, "properties": properties}}

def fill(image, actor):
    with receiving(image, actor=actor) as session:
        session.fill([b"bytes of a disk"])

image = create_image({{"name": "debian-13-genericcloud-amd64", **raw, **facts}}, actor=ada)
fill(image, ada)
share_image(image, actor=ada, project=farm.pk)
to = find_grantee("user", "bert")
grant_image(image, actor=ada, to=to, rights=["view", "download"], expires_at=None)
link, row = make_link(image, NewLink(note="supplier", max_uses=5), actor=ada)
_, over = make_link(image, NewLink(note="over"), actor=ada)
revoke_link(over, actor=ada)
queued = create_image({{"name": "installer-netboot", **raw, "protected": True}}, actor=ada)
for answer in ("pending", "accepted", "rejected"):
    theirs = create_image({{"name": f"harvest-{{answer}}", **raw}}, actor=bert)
    share_image(theirs, actor=bert, project=lab.pk)
    answer_share(theirs, actor=ada, project=lab.pk, answer=answer)
granted = create_image({{"name": "harvest-granted", **raw}}, actor=bert)
grant_image(granted, actor=bert, to=find_grantee("user", "ada"), rights=["view"], expires_at=None)
old = create_image({{"name": "fedora-41-cloud-base", **raw}}, actor=ada)
fill(old, ada)
trash_image(old, actor=ada)
save_filter("lts", "tag=lts", actor=ada)

robot = create_account("nightly-build", role="member", project=lab, actor=ada)
_, token = create_credential(NewCredential(name="ci"), actor=ada, account=robot)
_, own = create_credential(NewCredential(name="laptop"), actor=ada)
soon = timezone.now() + timedelta(days=2)
ApplicationCredential.objects.filter(pk=own.pk).update(expires_at=soon)
mailed = invitations.invite_by_mail("eve@example.org", project=lab, role="reader", actor=ada)
secret = new_secret("vn")
Invitation.objects.filter(pk=mailed.pk).update(secret_hash=digest(secret))
user = people.find_user("ada")
invitations.invite_user(user, project=farm, role="reader", actor=bert)
group = groups.create_group("builders", project=lab, actor=OPERATOR)
groups.add_to_group(user, group=group, actor=OPERATOR)
forgetful = people.find_user("bert")
reset = default_token_generator.make_token(forgetful)
signing = create_link(forgetful).split("/")[-2]
mia = people.create_user("mia", password="{PASSWORD}", actor=OPERATOR)
people.give_role(mia, project=lab, role="member", actor=OPERATOR)

set_limit(lab.pk, Resource.IMAGE_SIZE_TOTAL, 8 << 20, actor=OPERATOR)
set_limit(lab.pk, Resource.IMAGE_COUNT_TOTAL, 4, actor=OPERATOR)
for ago in range(1, 90):
    day, used = today() - timedelta(days=ago), (90 - ago) * 65536
    DailyUse.objects.create(project=lab.pk, day=day, used=used, reserved=0, images=3, uploads=0)
print(image.pk, link, queued.pk, robot.public_id, token.pk, own.pk, secret, signing)
print(urlsafe_base64_encode(force_bytes(forgetful.pk)), reset)
print(lab.pk, group.pk, user.public_id)
"""
NAMES = (
    *("image", "link", "queued", "robot", "token", "own", "invitation", "signing"),
    *("uid", "reset", "lab", "group", "ada"),
)
SECRETS = ("link", "invitation", "signing", "reset")

FACTOR = """
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from portal.identity import people

mia = people.find_user("mia")
TOTP.activate(mia, generate_totp_secret())
RecoveryCodes.activate(mia)
public_key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
held = AttestedCredentialData.create(bytes(16), b"key", public_key)
flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED
attested = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, held), {})
told = b'{"type": "webauthn.create", "challenge": "", "origin": "http://localhost"}'
credential = {
    "id": websafe_encode(b"key"), "rawId": websafe_encode(b"key"), "type": "public-key",
    "response": {
        "clientDataJSON": websafe_encode(told), "attestationObject": websafe_encode(attested),
    },
    "clientExtensionResults": {"credProps": {"rk": True}},
}
data = {"name": "yubikey", "credential": credential}
print(Authenticator.objects.create(user=mia, type="webauthn", data=data).pk)
"""


def make_all(browser: Browser, server: Server) -> dict[str, str]:
    """Make it all on *server*, and return what stands in the addresses.

    mia signs in before she has a second factor: her session asks for it no more.
    """
    found = dict(zip(NAMES, server.run(CAST).split(), strict=True))
    leaks.learn(*(found[name] for name in SECRETS))
    with new_context(browser) as context:
        sign_in(context.new_page(), server, "mia")
    return found | {"key": server.run(FACTOR).strip()}
