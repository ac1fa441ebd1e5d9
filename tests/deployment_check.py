"""`check --deploy` as a real site would run it: no demo, https, secrets of its own."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

DEPLOYMENT = {
    "DEMO": "0",
    "REAL_PATIENTS": "yes",
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "FIELD_KEYS": "one:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "EMAIL_URL": "smtp+tls://sender:password@mail.example.org:587",
    "SITE_URL": "https://front-door.example.org",
    "ALLOWED_HOSTS": "front-door.example.org",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "sqlite:///var/deployment-check.sqlite3",
    "DJANGO_SETTINGS_MODULE": "clinic.settings",
}


def main() -> int:
    """The exit status of Django's check; any warning is a failure."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    root = Path(__file__).parent.parent
    return subprocess.run(command, env=os.environ | DEPLOYMENT, cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
