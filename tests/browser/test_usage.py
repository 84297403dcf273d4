from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import new_context, sign_in
from tests.browser.conftest import watch
from tests.browser.looks import complaints

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

WORLD = """
from datetime import timedelta
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.models import User
from portal.identity.people import find_project
from quotas.history import today
from quotas.limits import set_limit
from quotas.models import DailyUse, Resource

lab, farm = find_project("lab"), find_project("farm")
ada = project_actor(User.objects.get(username="ada"), project=lab.pk)
MIB = 1 << 20
for number in (1, 2, 3):
    fields = {"name": f"disk {number}", "disk_format": "raw", "container_format": "bare"}
    image = create_image(fields, actor=ada)
    with receiving(image, actor=ada, size=number * MIB) as session:
        session.fill([b"x" * number * MIB])
set_limit(lab.pk, Resource.IMAGE_SIZE_TOTAL, 8 * MIB, actor=OPERATOR)
set_limit(lab.pk, Resource.IMAGE_COUNT_TOTAL, 3, actor=OPERATOR)
for ago in range(1, 90):
    day, used = today() - timedelta(days=ago), (90 - ago) * 65536
    DailyUse.objects.create(project=lab.pk, day=day, used=used, reserved=0, images=3, uploads=0)
print(lab.pk, farm.pk)
"""
POINTS = """
import json
from quotas.history import points_of, use_of
points = points_of(use_of("{lab}"))
print(json.dumps([[point.day.isoformat(), point.used] for point in reversed(points)]))
"""
SHOWN = "element => { const box = element.getBBox(); return [box.width, box.height]; }"
INK = "element => getComputedStyle(element).fill"


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Fill the lab with images and points; return the ids of the projects."""
    return dict(zip(("lab", "farm"), server.run(WORLD).split(), strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_and_plot_are_drawn_and_say_their_numbers(
    browser: Browser, server: Server, ids: dict[str, str], theme: str
) -> None:
    with new_context(browser, color_scheme=theme) as context:
        page = sign_in(context.new_page(), server)
        page.goto(f"{server.url}/project")
        bar = page.get_by_role("img", name="6.0 MiB of 8.0 MiB · 2.0 MiB left")
        full = page.get_by_role("img", name="3 of 3 · full")
        plot = page.get_by_role("img", name="Bytes of the project, day by day")

        assert bar.locator(".used").evaluate(SHOWN) == [750, 24]
        assert plot.locator("path.line").evaluate(SHOWN)[0] == 890
        assert "6.0 MiB today; the most was 6.0 MiB" in (plot.locator("desc").text_content() or "")
        colours = [one.locator(".used").evaluate(INK) for one in (bar, full)]
        assert colours == inks(page, "--accent", "--bad")


def inks(page: Page, *tokens: str) -> list[str]:
    """Return the colours of *tokens* in the page's theme."""
    script = """token => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(${token})`;
        const colour = getComputedStyle(probe).color;
        probe.remove();
        return colour;
    }"""
    return [str(page.evaluate(script, token)) for token in tokens]


def test_the_table_equals_the_points(page: Page, server: Server, ids: dict[str, str]) -> None:
    points = json.loads(server.run(POINTS.format(**ids)))
    page.goto(f"{server.url}/project")

    page.get_by_text("The same as a table").click()

    rows = page.get_by_role("table", name="Use of each day").locator("tbody tr")
    told = rows.evaluate_all(
        """rows => rows.map(row => [
            row.querySelector("time").dateTime,
            Number(row.querySelector("abbr").title.replace(/[^0-9]/g, ""))])"""
    )
    assert len(told) == 90
    assert told == points


def test_the_biggest_images_lead_to_their_pages(
    page: Page, server: Server, ids: dict[str, str]
) -> None:
    page.goto(f"{server.url}/project")
    table = page.get_by_role("table", name="Biggest images")

    names = table.locator("tbody th").all_inner_texts()
    table.get_by_role("link", name="disk 3").click()

    assert names == ["disk 3", "disk 2", "disk 1"]
    expect(page.get_by_role("heading", name="disk 3")).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False])
def test_sheet_goes_out_is_changed_comes_back_and_is_undone(
    browser: Browser, server: Server, ids: dict[str, str], tmp_path: Path, *, scripted: bool
) -> None:
    with new_context(browser, java_script_enabled=scripted) as context:
        page = sign_in(context.new_page(), server, "root")
        page.goto(f"{server.url}/operate/limits")
        with page.expect_download() as started:
            page.get_by_role("link", name="Limits as CSV").click()
        before = started.value.path().read_bytes().decode()
        file = tmp_path / "limits.csv"
        farm = f"{ids['farm']},farm,"
        file.write_bytes(before.replace(farm, f"{farm}7 GiB").encode())

        page.get_by_role("link", name="Set many limits").click()
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="Show what it would change").click()
        row = page.get_by_role("row", name="farm").inner_text()
        page.get_by_role("button", name="Make this change").click()
        page.get_by_text("1 limit was changed.").wait_for()

        assert "7 GiB" in row
        assert "7 GiB" in sheet(page, server)
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("1 limit was changed.").wait_for()
        assert sheet(page, server) == before


def sheet(page: Page, server: Server) -> str:
    """Return the sheet of all limits as it is now."""
    answer: Any = page.request.get(f"{server.url}/operate/limits.csv")
    return str(answer.text())


def test_limits_are_set_from_the_keyboard_and_undone(
    browser: Browser, server: Server, ids: dict[str, str], troubles: list[str]
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        watch(page, troubles)
        sign_in(page, server, "root")
        page.goto(f"{server.url}/operate/projects/{ids['farm']}")
        page.get_by_role("link", name="Limits", exact=True).press("Enter")
        page.get_by_role("group", name="Bytes").first.get_by_label("Limit").fill("2 TiB")
        page.keyboard.press("Enter")

        page.get_by_text("1 limit was changed.").wait_for()
        expect(page.get_by_role("img", name="0 B of 2.0 TiB")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("0 B · no limit").first.wait_for()
    assert troubles == []


def test_limit_of_a_store_is_set_from_the_keyboard_and_undone(
    browser: Browser, server: Server, ids: dict[str, str], troubles: list[str]
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        watch(page, troubles)
        sign_in(page, server, "root")
        before = sheet(page, server)
        page.goto(f"{server.url}/operate/projects/{ids['farm']}/limits")
        page.get_by_label("Another store").press("ArrowDown")
        page.get_by_label("Limit of that store").fill("1 GiB")
        page.keyboard.press("Enter")

        page.get_by_text("1 limit was changed.").wait_for()
        added = set(sheet(page, server).splitlines()) - set(before.splitlines())
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("1 limit was changed.").wait_for()
        assert added == {f"{ids['farm']},farm,1 GiB,,,,,,,,store:file"}
        assert sheet(page, server) == before
    assert troubles == []


def test_wrong_amounts_are_told_at_their_field(
    browser: Browser, server: Server, ids: dict[str, str]
) -> None:
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "root")
        page.goto(f"{server.url}/operate/projects/{ids['farm']}/limits")
        field = page.get_by_role("group", name="Bytes").first.get_by_label("Limit")
        field.fill("much")
        page.get_by_role("button", name="Set the limits").click()

        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Write an amount such as 500 GiB")
        assert summary.evaluate("element => element === document.activeElement")
        assert field.input_value() == "much"
        assert complaints(page) == []


def test_upload_page_refuses_with_the_numbers(
    page: Page, server: Server, ids: dict[str, str], tmp_path: Path
) -> None:
    disk = tmp_path / "large.img"
    disk.write_bytes(bytes(3 << 20))
    page.goto(f"{server.url}/images/new")
    said = page.locator("main").inner_text()

    page.set_input_files("[data-part=file]", disk)

    assert "Bytes: 6.0 MiB of 8.0 MiB · 2.0 MiB left" in said
    assert "Images: 3 of 3 · full" in said
    page.get_by_text("3.0 MiB needed, but 2.0 MiB are left for this project.").wait_for()
