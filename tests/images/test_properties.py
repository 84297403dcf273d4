from __future__ import annotations

from time import thread_time
from typing import Any

import pytest

from images.actors import Actor
from images.errors import BadRules, BadValue, Forbidden, OverLimit, ReadOnlyField
from images.properties import check_change, check_name, check_value, readable
from tests.conftest import PROJECT, Protect, actor


@pytest.mark.parametrize(
    "name", ["location", "deleted", "deleted_at", "os_glance", "os_glance_import_task"]
)
def test_reserved_name_is_read_only(name: str) -> None:
    with pytest.raises(ReadOnlyField, match=name):
        check_name(name)


@pytest.mark.parametrize("name", ["", "k" * 256])
def test_name_of_a_length_that_no_property_has_is_refused(name: str) -> None:
    with pytest.raises(BadValue):
        check_name(name)


@pytest.mark.parametrize("name", ["k", "k" * 255, "locations_of", "a/b~c", "😀"])
def test_any_other_name_will_do(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("value", [1, True, None, 1.5, [], {}])
def test_value_must_be_text(value: Any) -> None:
    with pytest.raises(BadValue, match="'k' must be a string"):
        check_value("k", value)


@pytest.mark.parametrize("value", ["", "v" * 65_535, "😀"])
def test_text_is_kept_as_it_is(value: str) -> None:
    assert check_value("k", value) == value


def test_flood_of_text_is_over_the_limit() -> None:
    with pytest.raises(OverLimit, match="65535"):
        check_value("k", "v" * 65_536)


def keys(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "v")


ORDERED = """
[^x_locked$]
create = !
read = @
update = !
delete = !
[^x_]
create = admin, billing
read = member
update = admin
delete = !
[a]
read = @
"""


def test_without_rules_everybody_reads_and_changes_everything(reader: Actor) -> None:
    check_change("k", reader, "create", "update", "delete")

    assert readable(keys("k"), reader) == keys("k")


@pytest.mark.parametrize(
    ("role", "read"),
    [
        ("reader", ["x_locked", "a", "bar"]),
        ("member", ["x_locked", "x_other", "a", "bar"]),
        ("admin", ["x_locked", "x_other", "a", "bar"]),
    ],
)
def test_first_rule_that_matches_decides_who_reads(
    protect: Protect, role: str, read: list[str]
) -> None:
    protect(ORDERED)
    names = keys("x_locked", "x_other", "a", "bar", "c")

    assert readable(names, actor(PROJECT, role)) == keys(*read)


@pytest.mark.parametrize(
    ("role", "name", "act"),
    [
        ("admin", "x_locked", "update"),
        ("member", "x_other", "create"),
        ("billing", "x_other", "update"),
        ("admin", "x_other", "delete"),
        ("admin", "a", "create"),  # the rule says nothing of it
        ("admin", "c", "create"),  # no rule says anything of it
    ],
)
def test_change_that_no_rule_permits_is_refused(
    protect: Protect, role: str, name: str, act: str
) -> None:
    protect(ORDERED)

    with pytest.raises(Forbidden, match=name):
        check_change(name, actor(PROJECT, role), act)


def test_change_that_a_rule_permits_is_none_of_its_business(protect: Protect) -> None:
    protect(ORDERED)

    check_change("x_other", actor(PROJECT, "admin"), "create", "update")
    check_change("x_other", actor(PROJECT, "billing"), "create")


def test_names_of_the_service_itself_are_not_protected(protect: Protect, reader: Actor) -> None:
    protect("[.*]\nread = !\n")

    assert readable(keys("os_glance_failed_import", "k"), reader) == keys("os_glance_failed_import")


@pytest.mark.parametrize(
    ("policy", "readers"),
    [
        ("default", ["reader", "member", "admin"]),
        ("communitize_image", ["member", "admin"]),
        ("context_is_admin", ["admin"]),
        ("@", ["reader", "member", "admin"]),
        ("!", []),
        ("", []),
    ],
)
def test_policy_names_who_reads(protect: Protect, policy: str, readers: list[str]) -> None:
    protect(f"[.*]\nread = {policy}\n", form="policies")
    roles = ["reader", "member", "admin"]

    assert [role for role in roles if readable(keys("k"), actor(PROJECT, role))] == readers


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "roles"),
        ("no section", "roles"),
        ("[(]\nread = @\n", "roles"),
        ("[k]\nread = @\n[k]\nread = !\n", "roles"),
        ("[k]\nraed = @\n", "roles"),
        ("[k]\nread = @, !\n", "roles"),
        ("[k]\nread = nonsense\n", "policies"),
        ("[k]\nread = default, context_is_admin\n", "policies"),
        ("[^(a+)+$]\nread = @\n", "roles"),
        ("[^(x|xy?)*-(ab|a|b)*$]\nread = @\n", "roles"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_in_one_sentence(
    protect: Protect, owner: Actor, text: str, form: str
) -> None:
    protect(text, form=form)

    with pytest.raises(BadRules, match=r"^[^\n]*[Pp]roperty protection [^\n]*\.$"):
        readable(keys("k"), owner)


def test_flood_as_a_name_is_nobodys_before_an_expression_sees_it(
    protect: Protect, owner: Actor
) -> None:
    protect("[a.*b.*c$]\nread = @\n")
    began = thread_time()

    assert readable(keys("ab" * 32_768), owner) == {}
    assert thread_time() - began < 0.5
