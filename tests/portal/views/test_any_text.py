"""Text that no database holds, and addresses that are no text, at every page and in every form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.urls import reverse

from images.models import Image
from portal.identity.models import Membership, User
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

NO_TEXT = ["%00", "a%00b", "%ff", "%c0%ae%c0%ae", "%ed%a0%80"]
STRANGE = ["%252e%252e", "%0d%0aX-Y:%20z", "..%2f..%2f"]
WRITTEN = ["a\0b", "\r\nX-Y: z", "😀" * 256, "x" * 5000, "1e400"]
PAGES = [
    "/{}",
    "/images/{}",
    "/images/{id}/{}",
    "/images/{id}/share/{}",
    "/inbox/{}",
    "/account/tokens/{}",
    "/accounts/sign-in/{}/",
    "/static/{}",
    "/admin/{}",
    "/admin/images/image/{}/change/",
    "/admin/images/image/{id}/history/?{}=x",
    "/identity/v3/users/{}",
    "/identity/v3/projects/{}",
    "/identity/v3/projects?name={}",
]
LISTED = [
    *("q", "status", "disk_format", "visibility", "tag", "store", "owner"),
    *("sort", "after", "before"),
]
ASKED = {
    "/": LISTED,
    "/images/new": ["x"],
    "/images/{id}": ["x"],
    "/images/bulk": LISTED,
    "/images/{id}/upload": ["store", "size"],
    "/images/{id}/download": ["x"],
    "/inbox": ["x"],
    "/trash": ["after", "before", "all", "project"],
    "/account": ["x"],
    "/accounts/login/": ["next", "username"],
}
FORMS = {
    "/images/new": [
        *("name", "visibility", "min_disk", "min_ram", "tags"),
        *("disk_format", "container_format", "store"),
    ],
    "/images/{id}/edit": [
        *("name", "visibility", "min_disk", "protected", "tags", "disk_format"),
        *("form-0-name", "form-0-value", "form-TOTAL_FORMS", "form-INITIAL_FORMS"),
    ],
    "/images/{id}/share": ["project"],
    "/images/{id}/verify": ["x"],
    "/images/bulk": ["act", "image", "tag", "visibility", "was", "is_undo", "confirmed"],
    "/images/filters": ["name", "query"],
    "/images/{id}/delete": ["x"],
    "/inbox/{id}": ["answer"],
    "/trash/restore": ["image", "only", "next"],
    "/trash/purge": ["image", "only", "next", "confirmed"],
    "/account": ["name", "description", "password", "roles", "expires_at"],
    "/account/theme": ["theme", "next"],
    "/account/language": ["language", "next"],
    "/accounts/login/": ["username", "password", "next"],
    "/accounts/project/": ["project", "next"],
    "/accounts/password/": ["new_password1", "new_password2"],
    "/admin/images/image/": ["action", "_selected_action"],
    "/admin/images/image/{id}/change/": ["name", "visibility", "min_disk", "tags-0-name"],
    "/admin/quotas/limit/add/": ["project", "resource", "value", "soft"],
    "/admin/quotas/limit/": ["action", "_selected_action", "value", "soft", "confirmed"],
    "/admin/quotas/part/add/": ["project", "store", "user", "value"],
    "/admin/identity/user/add/": ["username", "display_name", "email"],
    "/admin/identity/project/add/": ["name", "description"],
    "/admin/identity/membership/add/": ["user", "project", "role"],
}


@pytest.fixture
def browser(administrator: Client) -> Client:
    """The administrator, as a member of the project, in whose browser trouble is an answer."""
    Membership.objects.create(user=User.objects.get(), project_id=PROJECT, role="member")
    administrator.raise_request_exception = False
    return administrator


def ask(browser: Client, address: str) -> Any:
    """Ask for the page at *address*, which gunicorn tells unread."""
    return browser.get(address, RAW_URI=address)


def assert_answered(answers: dict[Any, Any]) -> None:
    """Assert that nothing broke, and that no line of a head was written by whoever asked."""
    assert {
        asked: one.status_code for asked, one in answers.items() if one.status_code >= 500
    } == {}
    assert [asked for asked, one in answers.items() if "X-Y" in one.headers] == []


@pytest.mark.parametrize("page", PAGES)
def test_any_address_is_answered(
    browser: Client, make_active: Callable[..., Image], page: str
) -> None:
    known = page.replace("{id}", str(make_active().pk))

    answers = {text: ask(browser, known.replace("{}", text)) for text in NO_TEXT + STRANGE}

    assert_answered(answers)
    assert {answers[text].status_code for text in NO_TEXT} <= {400, 401, 404}


@pytest.mark.parametrize("page", ASKED)
def test_any_question_is_answered(
    browser: Client, make_active: Callable[..., Image], page: str
) -> None:
    known = page.replace("{id}", str(make_active().pk))
    texts = [*STRANGE, *map(quote, WRITTEN[1:])]

    questions = [f"{known}?{key}={text}" for key in ASKED[page] for text in texts]

    assert_answered({asked: browser.get(asked) for asked in questions})
    assert {ask(browser, f"{known}?x={text}").status_code for text in NO_TEXT} == {400}


def questions_of_admin() -> dict[str, list[str]]:
    """Return the keys that each list of the admin may be asked."""
    reverse("admin:index")  # the addresses take tables of libraries from the admin
    found = {}
    for model, page in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        names = [name for name in page.list_filter if isinstance(name, str)]
        filters = [f"{name}{how}" for name in names for how in ("__exact", "__gte", "__isnull")]
        fields = [field.name for field in model._meta.fields]
        found[address] = ["q", "p", "o", "_to_field", *filters, *fields]
    return found


@pytest.mark.parametrize("page", questions_of_admin())
def test_any_question_to_the_admin_is_answered(
    browser: Client, make_active: Callable[..., Image], page: str
) -> None:
    make_active()
    keys = questions_of_admin()[page]

    questions = [f"{page}?{key}={text}" for key in keys for text in ("9" * 30, "-1")]

    assert_answered({asked: browser.get(asked) for asked in questions})


@pytest.mark.parametrize("page", FORMS)
def test_any_word_in_a_form_is_answered(
    browser: Client, make_active: Callable[..., Image], page: str
) -> None:
    known = page.replace("{id}", str(make_active(properties={"k": "v"}).pk))
    good = {
        **dict.fromkeys(FORMS[page], "1"),
        "name": "a",
        "visibility": "private",
        "min_disk": "0",
        "min_ram": "0",
        "store": "memory",
        "disk_format": "raw",
        "container_format": "bare",
        "form-0-name": "k",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
    }

    answers = {
        (field, text): browser.post(known, good | {field: text})
        for field in FORMS[page]
        for text in WRITTEN
    }

    assert_answered(answers)


def new_image(name: str, tags: str = "") -> dict[str, str]:
    """Return what the form of a new image sends."""
    return {
        "name": name,
        "tags": tags,
        "visibility": "private",
        "min_disk": "0",
        "min_ram": "0",
        "disk_format": "raw",
        "container_format": "bare",
        "store": "memory",
    }


@pytest.mark.parametrize("letter", ["😀", "\u202e", "\u200b", "é"])
def test_longest_words_are_kept_to_the_bit(browser: Client, letter: str) -> None:
    browser.post("/images/new", new_image(letter * 255, tags=letter * 255))

    image = Image.objects.get()
    assert (image.name, image.tag_names) == (letter * 255, [letter * 255])


@pytest.mark.parametrize(
    "sent",
    [new_image("😀" * 256), new_image("a\0b"), new_image("a", "b\0"), new_image("a", "😀" * 256)],
)
def test_other_words_make_no_image(browser: Client, sent: dict[str, str]) -> None:
    assert browser.post("/images/new", sent).status_code == 400
    assert not Image.objects.exists()
