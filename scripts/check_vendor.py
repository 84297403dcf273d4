"""Compare the kept files of others with their manifest: each as released, none unlisted."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from hashlib import sha512
from pathlib import Path

VENDOR = Path("portal/static/vendor")
UNLISTED = {"manifest.json", "LICENSE"}  # by name


def main() -> None:
    """Name every file that is not what the manifest says, and fail if there is one."""
    listed = {entry["file"]: entry["integrity"] for entry in json.loads(_read("manifest.json"))}
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    kept = {path for path in there if Path(path).name not in UNLISTED}
    wrong = [f"{path}: not in the manifest" for path in sorted(kept - listed.keys())]
    wrong += [f"{path}: missing" for path in sorted(listed.keys() - kept)]
    wrong += [
        f"{path}: changed since its release"
        for path in sorted(kept & listed.keys())
        if listed[path] != "sha512-" + b64encode(sha512(_read(path)).digest()).decode()
    ]
    sys.exit("\n".join(wrong) or 0)


def _read(path: str) -> bytes:
    return (VENDOR / path).read_bytes()


if __name__ == "__main__":
    main()
