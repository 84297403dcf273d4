"""Every page that a person can open, in each state that looks different: what pictures show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests import leaks
from tests.browser import poses
from tests.browser.chromium import fill_in_form, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page

    from tests.live import Server

NOBODY = ""
ADMIN = "/admin/"
IMAGE = "/images/{image}"
PROJECT = "/projects/{lab}"
GROUP = f"{PROJECT}/groups/{{group}}"
ROBOT = "/project/service-accounts/{robot}"
FACTOR = "/accounts/second-factor"
HALF_WAY = f"{FACTOR}/authenticate/"
"""The page on which who has a second factor stands after the password."""
DOCS = "/docs/"
"""The page of the APIs, which a reader of others draws."""
SECRETS = ("app", "link", "invitation", "signing", "reset")
CODE = "from tests.browser.world import fresh_code; print(fresh_code({!r}))"


@dataclass(frozen=True, slots=True)
class Shot:
    """The page at *path* as *user* sees it, in a *pose* if it takes some acts to get there.

    Names in braces in *path* are those that `make_world` returns.
    """

    name: str
    path: str
    user: str = "ada"
    pose: Callable[[Page], AbstractContextManager[None]] = poses.still


def make_world(server: Server) -> dict[str, str]:
    """Fill *server*, which has the people of `make_people`; return what stands in addresses."""
    told = server.run(
        "from tests.browser.world import build; import json; print(json.dumps(build()))"
    )
    found: dict[str, str] = json.loads(told)
    leaks.learn(*(found[name] for name in SECRETS))
    return found


def enter(page: Page, server: Server, user: str, names: dict[str, str]) -> None:
    """Let *page* be *user*'s, if it is anybody's; *names* are those of `make_world`."""
    if user == poses.CAREFUL:
        fill_in_form(page, server, user, lands=HALF_WAY)
        page.locator("[name=code]").fill(server.run(CODE.format(names["app"])).strip())
        page.keyboard.press("Enter")
        page.wait_for_url(f"{server.url}/")
    elif user != NOBODY:
        sign_in(page, server, user)


LOST = Shot("error-data-lost", "/images/{lost}/download")
"""What is shown in place of a file."""

FIRST_SHOTS = [
    Shot("images-empty", "/"),
    Shot("operate-first-steps", "/operate", "root"),
]
"""Of a site on which nothing has been done yet."""

SHOTS = [
    Shot("sign-in", "/accounts/login/", NOBODY),
    Shot("sign-in-wrong", "/accounts/login/", NOBODY, poses.wrong_password),
    Shot("sign-in-throttled", "/accounts/login/", NOBODY, poses.throttled),
    Shot("sign-in-link", "/accounts/sign-in/{signing}/", NOBODY),
    Shot("sign-in-link-over", "/accounts/sign-in/vl_x/", NOBODY),
    Shot("sign-in-second-step", HALF_WAY, NOBODY, poses.half_signed_in),
    Shot("reset", "/accounts/password/reset/", NOBODY),
    Shot("reset-sent", "/accounts/password/reset/sent/", NOBODY),
    Shot("reset-new-password", "/accounts/password/reset/{uid}/{reset}/", NOBODY),
    Shot("reset-over", "/accounts/password/reset/x/x-x/", NOBODY),
    Shot("invitation-by-mail", "/invitations/{invitation}", NOBODY),
    Shot("invitation-over", "/invitations/vn_x", NOBODY),
    Shot("link", "/links/{link}", NOBODY),
    Shot("link-over", "/links/vd_x", NOBODY),
    Shot("images", "/"),
    Shot("images-filtered", "/?status=active&tag=lts&q=ubuntu"),
    Shot("images-no-result", "/?q=solaris&status=active"),
    Shot("images-ticked", "/", pose=poses.two_ticked),
    Shot("images-trashed", "/", pose=poses.one_trashed),
    Shot("images-row-menu", "/", pose=poses.row_menu_open),
    Shot("images-account-menu", "/", pose=poses.account_menu_open),
    Shot("images-keys", "/", pose=poses.keys_shown),
    Shot("images-tray", "/", pose=poses.tray_open),
    Shot("images-reader", "/", "rita"),
    Shot("images-no-project", "/", "finn"),
    Shot("filters", "/images/filters"),
    Shot("upload", "/images/new"),
    Shot("upload-command", "/images/new?way=command"),
    Shot("upload-chosen", "/images/new", pose=poses.file_chosen),
    Shot("upload-refused", "/images/new", pose=poses.too_large_chosen),
    Shot("upload-moving", "/images/new", pose=poses.moving),
    Shot("upload-tray", "/images/new", pose=poses.moving_in_tray),
    Shot("upload-reader", "/images/new", "rita"),
    Shot("upload-to-image", "/images/{queued}/upload"),
    Shot("image", IMAGE),
    Shot("image-properties", f"{IMAGE}/properties"),
    Shot("image-sharing", f"{IMAGE}/sharing"),
    Shot("image-activity", f"{IMAGE}/activity"),
    Shot("image-use", f"{IMAGE}/use"),
    Shot("image-deactivated", "/images/{off}"),
    Shot("image-queued", "/images/{queued}"),
    Shot("image-no-properties", "/images/{kept}/properties"),
    Shot("image-not-shared", "/images/{kept}/sharing"),
    Shot("image-reader", IMAGE, "rita"),
    Shot("image-other-project", IMAGE, "bert"),
    Shot("image-edit", f"{IMAGE}/edit"),
    Shot("image-edit-conflict", f"{IMAGE}/edit", pose=poses.changed_meanwhile),
    Shot("image-edit-wrong", f"{IMAGE}/edit", pose=poses.wrong_value),
    Shot("image-share", f"{IMAGE}/share"),
    Shot("image-grant", f"{IMAGE}/grants/user"),
    Shot("image-links", f"{IMAGE}/links"),
    Shot("image-link-made", f"{IMAGE}/links", pose=poses.link_made),
    Shot("image-delete", f"{IMAGE}/delete"),
    Shot("inbox", "/inbox"),
    Shot("inbox-empty", "/inbox", "noor"),
    Shot("trash", "/trash"),
    Shot("trash-question", "/trash", pose=poses.purge_asked),
    Shot("trash-empty", "/trash", "noor"),
    Shot("trash-of-all", "/trash?all=1", "root"),
    Shot("project", "/project"),
    Shot("project-reader", "/project", "rita"),
    Shot("project-near-limits", "/project", "bert"),
    Shot("project-new", "/project", "noor"),
    Shot("project-none", "/project", "finn"),
    Shot("invite", f"{PROJECT}/invite"),
    Shot("member", f"{PROJECT}/people/{{rita}}"),
    Shot("member-remove", f"{PROJECT}/people/{{rita}}/remove"),
    Shot("project-leave", f"{PROJECT}/leave", "rita"),
    Shot("groups", f"{PROJECT}/groups"),
    Shot("group", GROUP),
    Shot("group-rename", f"{GROUP}/name"),
    Shot("group-delete", f"{GROUP}/delete"),
    Shot("service-accounts", "/project/service-accounts"),
    Shot("service-accounts-none", "/project/service-accounts", "noor"),
    Shot("service-account", ROBOT),
    Shot("service-account-delete", f"{ROBOT}/delete"),
    Shot("invitations", "/invitations"),
    Shot("invitations-none", "/invitations", "noor"),
    Shot("activity", "/activity"),
    Shot("activity-none", "/activity?kind=image.corrupt"),
    Shot("account", "/account"),
    Shot("account-new", "/account", "noor"),
    Shot("account-second-factor", "/account", poses.CAREFUL),
    Shot("token-made", "/account", "noor", poses.token_made),
    Shot("token", "/account/tokens/{own}"),
    Shot("token-expired", "/account/tokens/{old}"),
    Shot("token-of-robot", "/account/tokens/{token}"),
    Shot("token-revoke", "/account/tokens/{own}/revoke"),
    Shot("password", "/accounts/password/"),
    Shot("sign-in-again", "/accounts/sign-in-again/"),
    Shot("second-factor-required", f"{FACTOR}/required/"),
    Shot("second-factor-app", f"{FACTOR}/totp/activate/"),
    Shot("second-factor-passkey", f"{FACTOR}/webauthn/add/"),
    Shot("second-factor-again", "/accounts/again/", poses.CAREFUL),
    Shot("second-factor-again-by-code", f"{FACTOR}/reauthenticate/", poses.CAREFUL),
    Shot("second-factor-again-by-key", f"{FACTOR}/webauthn/reauthenticate/", poses.CAREFUL),
    Shot("second-factor-key-rename", f"{FACTOR}/webauthn/keys/{{key}}/edit/", poses.CAREFUL),
    Shot("second-factor-key-remove", f"{FACTOR}/webauthn/keys/{{key}}/remove/", poses.CAREFUL),
    Shot("second-factor-app-off", f"{FACTOR}/totp/deactivate/", poses.CAREFUL),
    Shot("second-factor-codes", f"{FACTOR}/recovery-codes/", poses.CAREFUL),
    Shot("second-factor-new-codes", f"{FACTOR}/recovery-codes/generate/", poses.CAREFUL),
    Shot("operate", "/operate", "root"),
    Shot("operate-stores", "/operate/stores", "root"),
    Shot("operate-projects", "/operate/projects", "root"),
    Shot("operate-projects-no-result", "/operate/projects?name=none", "root"),
    Shot("operate-project-new", "/operate/projects/new", "root"),
    Shot("operate-project", "/operate/projects/{lab}", "root"),
    Shot("operate-project-limits", "/operate/projects/{lab}/limits", "root"),
    Shot("operate-project-delete", "/operate/projects/{farm}/delete", "root"),
    Shot("operate-limits", "/operate/limits?all=1", "root"),
    Shot("operate-limits-import", "/operate/limits/import", "root"),
    Shot("operate-limits-changes", "/operate/limits/import", "root", poses.sheet_shown),
    Shot("docs", DOCS, NOBODY, poses.documented),
    Shot("error-403", f"{IMAGE}/edit", "rita"),
    Shot("error-404", "/images/00000000-0000-4000-8000-000000000000"),
    LOST,
    Shot("admin", ADMIN, "root"),
    Shot("admin-image", f"{ADMIN}images/image/{{image}}/change/", "root"),
    Shot("admin-image-grants", f"{ADMIN}images/image/{{image}}/permissions/", "root"),
    Shot("admin-images-question", f"{ADMIN}images/image/", "root", poses.admin_act_asked),
    Shot("admin-user", f"{ADMIN}identity/user/add/", "root"),
]
ADMIN_LISTS = [
    *("identity.applicationcredential", "identity.membership", "identity.project"),
    *("identity.user", "auth.group", "images.image", "images.link", "images.location"),
    *("images.upload", "images.member", "images.task", "images.event", "images.trashed"),
    *("quotas.limit", "quotas.part", "quotas.usage", "metadefs.namespace"),
    *("django_tasks_database.dbtaskresult", "axes.accessattempt", "axes.accesslog"),
    "axes.accessfailurelog",
]
SHOTS += [
    Shot(f"admin-{table.replace('.', '-')}", f"{ADMIN}{table.replace('.', '/')}/", "root")
    for table in ADMIN_LISTS
]

STILL = [shot for shot in SHOTS if shot.pose is poses.still and not shot.path.startswith(ADMIN)]
"""The portal's pages that show what they show without an act."""
