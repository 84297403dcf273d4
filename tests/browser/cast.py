"""What the pages of robots, links, mails and the inbox are about, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import leaks

if TYPE_CHECKING:
    from tests.live import Server

CAST = """
from datetime import timedelta
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from images.lifecycle.links import NewLink, make_link, revoke_link
from images.lifecycle.members import answer_share, share_image
from images.lifecycle.trash import trash_image
from portal.identity import invitations, people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.keys import digest, new_secret
from portal.identity.links import create_link
from portal.identity.models import ApplicationCredential, Invitation
from portal.identity.service_accounts import create_account

lab = people.find_project("lab")
ada = project_actor(people.find_user("ada"), project=lab.pk)
bert = project_actor(people.find_user("bert"), project=people.find_project("farm").pk)
raw = {"disk_format": "raw", "container_format": "bare"}
image = create_image({"name": "debian-13-genericcloud-amd64", **raw}, actor=ada)
with receiving(image, actor=ada) as session:
    session.fill([b"bytes of a disk"])
link, row = make_link(image, NewLink(note="a supplier", max_uses=5), actor=ada)
_, over = make_link(image, NewLink(note="over"), actor=ada)
revoke_link(over, actor=ada)
for answer in ("pending", "accepted", "rejected"):
    theirs = create_image({"name": f"harvest-{answer}", **raw}, actor=bert)
    share_image(theirs, actor=bert, project=lab.pk)
    answer_share(theirs, actor=ada, project=lab.pk, answer=answer)
old = create_image({"name": "fedora-41-cloud-base", **raw}, actor=ada)
trash_image(old, actor=ada)
robot = create_account("nightly-build", role="member", project=lab, actor=ada)
_, token = create_credential(NewCredential(name="ci"), actor=ada, account=robot)
_, own = create_credential(NewCredential(name="laptop"), actor=ada)
ApplicationCredential.objects.filter(pk=own.pk).update(
    expires_at=timezone.now() + timedelta(days=2)
)
mailed = invitations.invite_by_mail("eve@example.org", project=lab, role="reader", actor=ada)
secret = new_secret("vn")
Invitation.objects.filter(pk=mailed.pk).update(secret_hash=digest(secret))
invitations.invite_user(people.find_user("ada"), project=people.find_project("farm"),
                        role="reader", actor=bert)
user = people.find_user("bert")
reset = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
signing = create_link(user).split("/")[-2]
print(image.pk, link, robot.public_id, token.pk, own.pk, secret, signing, *reset)
"""
NAMES = ("image", "link", "robot", "token", "own", "invitation", "signing", "uid", "reset")
OPEN = [
    *("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/sent/"),
    *("/accounts/password/reset/{uid}/{reset}/", "/accounts/password/reset/x/x-x/"),
    *("/accounts/sign-in/{signing}/", "/accounts/sign-in/vl_x/"),
    *("/invitations/{invitation}", "/invitations/vn_x", "/links/{link}", "/links/vd_x"),
]
SIGNED_IN = [
    *(
        "/inbox",
        "/trash",
        "/invitations",
        "/account",
        "/images/{image}/links",
        "/images/{image}/share",
    ),
    *("/account/tokens/{own}", "/account/tokens/{own}/revoke", "/project/service-accounts"),
    *(f"/project/service-accounts/{{robot}}{end}" for end in ("", "/delete")),
    *("/account/tokens/{token}", "/account/tokens/{token}/revoke"),
]


def make_cast(server: Server) -> dict[str, str]:
    """Make it all on *server*, and return what stands in the addresses."""
    found = dict(zip(NAMES, server.run(CAST).split(), strict=True))
    leaks.learn(*(found[name] for name in ("link", "invitation", "signing", "reset")))
    return found
