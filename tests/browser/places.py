"""Every page that a person can open, by who opens it; `tests/test_routes.py` misses none.

What stands in braces is made by `tests.browser.cast`.
"""

from __future__ import annotations

FACTOR = "/accounts/second-factor"

NOBODY = [
    *("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/sent/"),
    *("/accounts/password/reset/{uid}/{reset}/", "/accounts/password/reset/x/x-x/"),
    *("/accounts/sign-in/{signing}/", "/accounts/sign-in/vl_x/"),
    *("/invitations/{invitation}", "/invitations/vn_x", "/links/{link}", "/links/vd_x"),
]
IMAGES = [
    *("/", "/?q=nothing&status=active", "/images/new", "/images/new?way=command"),
    *(f"/images/{{image}}{tab}" for tab in ("", "/properties", "/sharing", "/activity", "/use")),
    *(f"/images/{{image}}/{page}" for page in ("edit", "share", "grants/user", "links", "delete")),
    *("/images/{queued}", "/images/{queued}/upload", "/images/filters", "/trash", "/inbox"),
    *("/activity", "/activity?what=nothing", "/images/00000000-0000-4000-8000-000000000000"),
    *("/?sort=nonsense", "/operate"),
]
PROJECT = [
    *("/project", "/project/service-accounts", "/invitations"),
    *(f"/project/service-accounts/{{robot}}{end}" for end in ("", "/delete")),
    *("/projects/{lab}/invite", "/projects/{lab}/groups", "/projects/{lab}/leave"),
    *(f"/projects/{{lab}}/people/{{ada}}{end}" for end in ("", "/remove")),
    *(f"/projects/{{lab}}/groups/{{group}}{end}" for end in ("", "/name", "/delete")),
]
ACCOUNT = [
    *("/account", "/account/tokens/{own}", "/account/tokens/{own}/revoke"),
    *("/account/tokens/{token}", "/account/tokens/{token}/revoke"),
    *("/accounts/password/", "/accounts/again/", "/accounts/sign-in-again/"),
    *(f"{FACTOR}/{page}/" for page in ("totp/activate", "webauthn/add", "required")),
]
OPERATING = [
    *("/operate", "/operate/stores", "/operate/projects", "/operate/projects?name=none"),
    *("/operate/projects/new", "/operate/limits", "/operate/limits?all=1"),
    *("/operate/limits/import", "/trash?all=1"),
    *(f"/operate/projects/{{lab}}{end}" for end in ("", "/limits", "/delete")),
]
FACTORED = [
    *(f"{FACTOR}/{page}/" for page in ("recovery-codes", "recovery-codes/generate")),
    *(f"{FACTOR}/{page}/" for page in ("totp/deactivate", "reauthenticate")),
    *(f"{FACTOR}/webauthn/keys/{{key}}/{page}/" for page in ("edit", "remove")),
    f"{FACTOR}/webauthn/reauthenticate/",
    "/account",
]
HALF_WAY = f"{FACTOR}/authenticate/"
"""The page on which who has a second factor stands after the password."""

DOCS = "/docs/"
"""The page of the APIs, which a reader of others draws; `test_docs.py` looks at it."""

PLACES = {"mia": FACTORED, "": NOBODY, "ada": IMAGES + PROJECT + ACCOUNT, "root": OPERATING}
"""Who opens what; who has a second factor comes first, while the sign-in is fresh."""
