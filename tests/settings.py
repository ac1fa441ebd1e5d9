"""The settings that tests and the type checker use: fixed secrets, nothing of this machine's demo.

`DATABASE_URL`, `REDIS_URL` and `SHARED_DATA` are taken from the environment, so the same suite runs
on SQLite and on PostgreSQL. Everything else is set here and inherited by the processes tests start.
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

# A folder of this run's own: two runs at once must not delete each other's database or mail. The
# processes that tests start share it, and who made it removes it.
if "TESTS_FOLDER" not in os.environ:
    os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="first-door-tests-")
    atexit.register(shutil.rmtree, os.environ["TESTS_FOLDER"], ignore_errors=True)
_folder = Path(os.environ["TESTS_FOLDER"])

os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder}/clinic.sqlite3")
os.environ.update(
    DEMO="0",
    REAL_PATIENTS="yes",
    DEBUG="0",
    SECRET_KEY="only-for-tests-" + "0123456789" * 5,
    FIELD_KEYS="tests:" + base64.b64encode(bytes(range(32))).decode(),
    EMAIL_URL=f"filemail:///{_folder}/mail",
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1,[::1]",
    TRUSTED_PROXIES="0",
    TIME_ZONE="America/New_York",
)
os.environ.setdefault("WINGS", "education,referrals")
os.environ.setdefault("REDIS_URL", "")
os.environ.setdefault("SHARED_DATA", str(Path(__file__).parents[2] / "shared" / "data"))

from clinic.settings import *  # noqa: E402

if IS_SQLITE:
    # A file, never memory: an in-memory database is shared between threads and hides every race.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_first_door_{os.getpid()}"}

STATIC_ROOT = _folder / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
CONTACT_FILE = _folder / "contact.json"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest needs `collectstatic` first; tests read the files where they lie.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
