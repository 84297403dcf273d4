"""The rules of the look that a machine can hold."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.forms import Select
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from pytest_django.asserts import assertHTMLEqual

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "portal" / "static"
TOKENS = {
    name: pair
    for name, *pair in re.findall(
        r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);",
        (STATIC / "portal" / "tokens.css").read_text(),
    )
}
MIXES = re.findall(
    r"btn-[a-z-]+bg: color-mix\(in srgb, var\(--accent\) (\d+)%, var\(--text\)\)",
    (STATIC / "portal" / "vitrine.css").read_text(),
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
KEPT = json.loads((STATIC / "vendor" / "manifest.json").read_text())


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2.2)."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
@pytest.mark.parametrize(
    ("ink", "least"),
    [("line", 3), *((ink, 4.5) for ink in ("text", "muted", "accent", "ok", "warn", "bad"))],
)
def test_contrast_is_enough(theme: int, ground: str, ink: str, least: float) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["accent", "bad"])
def test_text_on_a_button_can_be_read(theme: int, ground: str) -> None:
    assert contrast(TOKENS["on-accent"][theme], TOKENS[ground][theme]) >= 4.5


def mixed(one: str, share: int, other: str) -> str:
    """Return *share* percent of the colour *one* in the *other*, as `color-mix` does in sRGB."""
    parts = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round((a * share + b * (100 - share)) / 100):02x}" for a, b in parts)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("share", MIXES)
def test_text_on_a_pressed_button_can_be_read(theme: int, share: str) -> None:
    ground = mixed(TOKENS["accent"][theme], int(share), TOKENS["text"][theme])

    assert contrast(TOKENS["on-accent"][theme], ground) >= 4.5


def test_every_token_of_a_colour_is_measured() -> None:
    measured = {
        "bg",
        "surface",
        "text",
        "muted",
        "line",
        "accent",
        "on-accent",
        "ok",
        "warn",
        "bad",
    }

    assert TOKENS.keys() - measured == {"paper"}  # the white below a code for a camera


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text()

    text = re.sub(r"{%.*?%}", "", text)  # whose arguments are no attributes
    text = text.replace('type="application/json"', 'src=""')  # which browsers do not run
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)


def test_pages_use_tokens_only() -> None:
    for sheet in STATIC.joinpath("portal").glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", sheet.read_text()), sheet


def test_select_is_drawn_as_django_draws_it() -> None:
    choices = [("", "any"), ("some", [(1000, "<b>"), (2, "two")])]
    widget = Select({"class": "form-select", "required": True}, choices)

    ours, theirs = (
        widget.render("size", 1000, renderer=renderer())
        for renderer in (TemplatesSetting, DjangoTemplates)
    )

    assertHTMLEqual(ours, theirs)


@pytest.mark.parametrize("entry", KEPT, ids=lambda entry: entry["file"])
def test_kept_files_are_unpatched(entry: dict[str, str]) -> None:
    content = (STATIC / "vendor" / entry["file"]).read_bytes()

    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()

    assert entry["integrity"] == f"sha512-{digest}"


def test_every_kept_file_is_in_the_manifest() -> None:
    vendor = STATIC / "vendor"
    files = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()}

    listed = {entry["file"] for entry in KEPT}

    assert {file for file in files if not file.endswith("LICENSE")} == listed | {"manifest.json"}
