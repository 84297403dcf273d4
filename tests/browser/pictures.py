"""Make pictures of the pages, in both themes and two widths: those of docs/pictures, or all."""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.cast import OPEN, SIGNED_IN, make_cast
from tests.browser.chromium import chromium, make_people, new_context, sign_in
from tests.browser.uploading import PIECES, forgetting, throttle, wait_for_percent
from tests.live import ROOT, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

FACTOR = [
    f"/accounts/second-factor/{page}/" for page in ("totp/activate", "webauthn/add", "required")
] + ["/accounts/again/", "/accounts/sign-in-again/", "/accounts/password/"]
FOLDER = ROOT / "docs" / "pictures"
SIZES = {1280: 800, 390: 844}
MIB = 1 << 20
SEED = """
import struct
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, deactivate_image
from images.lifecycle.members import answer_share, share_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project
from quotas.models import Limit

def act_as(user, project):
    return project_actor(User.objects.get(username=user), project=find_project(project).pk)

def upload(name, content, actor, disk_format="raw", **fields):
    fields |= {"name": name, "disk_format": disk_format, "container_format": "bare"}
    image = create_image(fields, actor=actor)
    if content:
        with receiving(image, actor=actor, size=len(content)) as session:
            session.fill([content])
    return image

def qcow2(size, length):
    numbers = (2, 0, 0, 16, size, 0, 0, 0x30000, 0x10000, 1, 0, 0)
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\\xfb", *numbers)
    return head + bytes(length - len(head))

ada, bert, root = act_as("ada", "lab"), act_as("bert", "farm"), act_as("root", "lab")
MIB = 1 << 20
upload("ubuntu-24.04-server-cloudimg-amd64", qcow2(20 << 30, 52 * MIB), root, "qcow2",
       visibility="public", tags={"lts"})
upload("rescue-2025", b"r" * 3 * MIB, ada, visibility="private")
old = upload("fedora-41-cloud-base", qcow2(5 << 30, 31 * MIB), ada, "qcow2", visibility="private")
deactivate_image(old, actor=ada)
upload("windows-server-2025", b"w" * 64 * MIB, ada, visibility="private", protected=True)
upload("installer-netboot", None, ada, "iso", visibility="private")
debian = upload("debian-13-genericcloud-amd64", qcow2(3 << 30, 24 * MIB), ada, "qcow2",
                visibility="shared", tags={"cloud", "linux"}, min_disk=3, min_ram=512,
                properties={"architecture": "x86_64", "hw_disk_bus": "virtio",
                            "os_distro": "debian", "os_version": "13"})
share_image(debian, actor=ada, project=bert.project)
answer_share(debian, actor=bert, project=bert.project, answer="accepted")
theirs = upload("harvest-sensor-4", b"h" * MIB, bert)
share_image(theirs, actor=bert, project=ada.project)
Limit.objects.create(project=ada.project, resource="image_size_total", value=1 << 30)
print(debian.pk)
"""


def take(page: Page, server: Server, pk: str, name: str) -> None:
    """Take one picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    width = int(page.evaluate("innerWidth"))
    theme = (
        "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    )
    file = FOLDER / f"{name}-{theme}-{width}.png"
    if name in {"upload", "tray"}:
        take_upload(page, server, file, is_open=name == "tray")
        return
    path = {"list": "/", "image": f"/images/{pk}", "admin": "/admin/images/image/"}[name]
    page.goto(server.url + path)
    page.screenshot(path=file)


def take_upload(page: Page, server: Server, file: Path, *, is_open: bool) -> None:
    """Take a picture of an upload in its middle, with the tray open or not."""
    page.goto(f"{server.url}/images/new")
    with tempfile.NamedTemporaryFile(suffix=".qcow2", prefix="alma-9-") as disk:
        disk.write(b"QFI\xfb\0\0\0\3" + bytes(48 * MIB))
        disk.flush()
        page.set_input_files("[data-part=file]", disk.name)
        page.get_by_text("qcow2, detected").wait_for()
        page.get_by_label("Name").fill("almalinux-9-genericcloud")
        page.evaluate(PIECES, [str(MIB), str(1 << 40)])
        throttle(page, 8 * MIB)
        page.get_by_role("button", name="Upload", exact=True).click()
        wait_for_percent(page, 40)
        page.evaluate("scrollTo(0, 0)")
        page.locator("details.tray").evaluate("(tray, is) => { tray.open = is }", is_open)
        page.wait_for_timeout(300)
        page.screenshot(path=file)
        page.keyboard.press("Escape")
        with forgetting(page):
            page.locator("main").get_by_role("button", name="Cancel").click()


def take_pages(
    browser: Browser, folder: Path, server: Server, ids: dict[str, str], **options: Any
) -> None:
    """Take every page of the cast into *folder*; *options* are those of a browser's context."""
    look = f"{options['color_scheme']}-{options['locale']}-{options['viewport']['width']}"
    for paths, user in ((OPEN, ""), (SIGNED_IN + FACTOR, "ada")):
        with new_context(browser, **options) as context:
            page = context.new_page()
            if user:
                sign_in(page, server, user)
            for path in paths:
                page.goto(server.url + path.format(**ids))
                name = re.sub(r"[{}]", "", path).strip("/").replace("/", "_")
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)


def main() -> None:
    """Take the pictures of the documentation, or of every page of the cast into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[], metavar="list|image|upload|tray|admin")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page of the cast")
    parser.add_argument("--language", default="en-GB", help="of --all: en-GB or zh-CN")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as var, serve(Path(var)) as server, chromium() as browser:
        make_people(server)
        pk = "" if asked.all else server.run(SEED).strip()
        ids = make_cast(server) if asked.all else {}
        for theme in ("light", "dark"):
            for width, height in SIZES.items():
                if not asked.all:
                    names = asked.names or ["list", "image", "upload", "tray", "admin"]
                    take_all(browser, server, pk, names, theme=theme, size=(width, height))
                    continue
                asked.all.mkdir(parents=True, exist_ok=True)
                view = {"viewport": {"width": width, "height": height}, "color_scheme": theme}
                take_pages(browser, asked.all, server, ids, locale=asked.language, **view)


def take_all(
    browser: Browser,
    server: Server,
    pk: str,
    names: list[str],
    *,
    theme: str,
    size: tuple[int, int],
) -> None:
    """Take *names* in one theme and one size, each by who would see it."""
    for name in names:
        viewport = {"width": size[0], "height": size[1]}
        with new_context(browser, viewport=viewport, color_scheme=theme) as context:
            user = "root" if name == "admin" else "ada"
            take(sign_in(context.new_page(), server, user), server, pk, name)


if __name__ == "__main__":
    main()
