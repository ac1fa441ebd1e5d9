"""The site's own settings, with every file it writes in the folder of one run."""

from __future__ import annotations

import os
from pathlib import Path

from clinic.settings import *  # noqa: F403  (these are the settings that are measured)

_folder = Path(os.environ["BENCH_FOLDER"])
STATIC_ROOT = _folder / "static"
CONTACT_FILE = _folder / "contact.json"
ACCOUNTS_FILE = _folder / "demo-accounts.txt"
