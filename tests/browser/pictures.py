"""Make the pictures of docs/pictures, in both themes and two widths."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import chromium, make_people, new_context, sign_in
from tests.live import ROOT, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

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
    width = int(page.evaluate("innerWidth"))
    theme = (
        "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    )
    if name == "upload":
        show_upload(page, server)
    else:
        path = {"list": "/", "image": f"/images/{pk}", "admin": "/admin/images/image/"}[name]
        page.goto(server.url + path)
    page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png")
    if name == "upload":
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Nothing was kept").wait_for()


def show_upload(page: Page, server: Server) -> None:
    """Bring an upload to its middle, and leave it there."""
    page.goto(f"{server.url}/images/new")
    with tempfile.NamedTemporaryFile(suffix=".qcow2", prefix="alma-9-") as disk:
        disk.write(b"QFI\xfb\0\0\0\3" + bytes(48 * MIB))
        disk.flush()
        page.set_input_files("[data-part=file]", disk.name)
        page.get_by_label("Name").fill("almalinux-9-genericcloud")
        session = page.context.new_cdp_session(page)
        speed = {"downloadThroughput": -1, "uploadThroughput": 8 * MIB, "latency": 0}
        session.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        page.get_by_role("button", name="Upload").click()
        while page.locator("[data-part=bar]").evaluate("bar => bar.value") < 40:
            page.wait_for_timeout(50)
        page.evaluate("scrollTo(0, 0)")


def main() -> None:
    """Make them all, or those whose names are given."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or ["list", "image", "upload", "admin"]
    with tempfile.TemporaryDirectory() as var, serve(Path(var)) as server, chromium() as browser:
        make_people(server)
        pk = server.run(SEED).strip()
        for theme in ("light", "dark"):
            for width, height in SIZES.items():
                take_all(browser, server, pk, wanted, theme=theme, size=(width, height))


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
