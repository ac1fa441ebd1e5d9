"""Writes `var/demo.env`: generated secrets for a demo on this machine.

Holds what a first `make setup` needs before Django can start, so it imports no settings. Refuses to
replace a file that exists: new field keys would make every stored name unreadable.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

from clinic.environment import DEMO_ENV


def generate() -> str:
    """The lines of a demo's environment file, with fresh secrets."""
    field_key = base64.b64encode(secrets.token_bytes(32)).decode()
    values = {
        "DEMO": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"demo1:{field_key}",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def write_private(path: Path, text: str) -> bool:
    """Create the file for its owner's eyes only; False, and nothing changed, if it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def main(path: Path = DEMO_ENV) -> None:
    """Write the file once and say what was done."""
    written = write_private(path, generate())
    sys.stdout.write(f"Demo settings: {path} ({'written' if written else 'kept as it was'})\n")


if __name__ == "__main__":
    main()
