"""The site's own settings, with the rig's folder in place of `var/` and the faults as one more app.

The processes are started with the very command lines of `clinic.demo.programs`; only the name of
this module in their environment differs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from clinic.settings import *  # noqa: F403

_folder = Path(os.environ["FAULTS_FOLDER"])
STATIC_ROOT = _folder / "static"
STATIC_ROOT.mkdir(exist_ok=True)
CONTACT_FILE = _folder / "contact.json"
ACCOUNTS_FILE = _folder / "accounts.txt"
# The manifest needs `collectstatic` first, and no page here is looked at.
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.arming.Faults"]  # noqa: F405
EMAIL_TIMEOUT = float(os.environ.get("FAULTS_SMTP_SECONDS", EMAIL_TIMEOUT))  # noqa: F405
if Path(sys.argv[0]).parent.name == "celery":
    # A broken line between the worker and Redis, while the web's is whole.
    REDIS_URL = os.environ.get("FAULTS_WORKER_BROKER", REDIS_URL)  # noqa: F405
