"""People who leave in the middle of an upload by the form; what goes in pieces waits for them."""

from __future__ import annotations

import pytest

from tests.faults.site import MIB, Site, eventually, noise, on_files
from tests.faults.wire import head

pytestmark = on_files
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from portal.identity.session_store import SessionStore
from portal.identity.people import find_user
user, session = find_user("lab"), SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "portal.identity.backends.PeopleBackend"
session.create()
print(session.session_key)
"""
CSRF = "a" * 32
FORM = f"""--limit\r
Content-Disposition: form-data; name="csrfmiddlewaretoken"\r
\r
{CSRF}\r
--limit\r
Content-Disposition: form-data; name="file"; filename="disk.raw"\r
Content-Type: application/octet-stream\r
\r
""".encode()


@pytest.fixture(scope="module")
def session(site: Site) -> str:
    """Return the key of a session in which the member is signed in."""
    return site.server.run(SIGN_IN).strip()


@pytest.mark.parametrize("how", ["close", "reset", "half", "silence"])
def test_upload_is_undone_when_its_page_is_left(site: Site, session: str, how: str) -> None:
    image = site.create_image()
    given = {"Host": "127.0.0.1", "Content-Length": 64 * MIB}
    given |= {"Content-Type": "multipart/form-data; boundary=limit"}
    given |= {"Cookie": f"session={session}; csrf={CSRF}"}

    with site.wire() as wire:
        wire.send(head("POST", f"/images/{image}/upload", given), FORM, noise(17 * MIB))
        eventually(lambda: site.keys(image))
        if how != "silence":
            wire.break_off(how)
        status = None if how in {"close", "reset"} else wire.ending()

    assert status in {400, 403, 408, None}
    site.assert_undone(image)
