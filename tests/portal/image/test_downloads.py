from __future__ import annotations

import pytest

from images.models import Image
from portal.image.downloads import file_name


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("disk", "disk.qcow2"),
        ("disk.QCOW2", "disk.QCOW2"),
        ("../a\r\nb", ".._a__b.qcow2"),
        ("--help", "_-help.qcow2"),
        ("d" * 255, "d" * 249 + ".qcow2"),
        ("é" * 255, "é" * 124 + ".qcow2"),
        ("d" * 249 + ".qcow2", "d" * 249 + ".qcow2"),
    ],
)
def test_file_has_a_name_that_every_command_takes(name: str, file: str) -> None:
    assert file_name(Image(name=name, disk_format="qcow2")) == file
