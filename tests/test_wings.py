"""Either wing may be left out: the project starts, migrates and serves without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JOURNEY = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

setup_test_environment()
call_command("check")
call_command("migrate", verbosity=0)
client = Client()
for address in ("/", "/es/", "/healthz"):
    status = client.get(address).status_code
    assert status == 200, f"{address} answered {status}"
print(*settings.WINGS)
"""


@pytest.mark.parametrize("wings", ["education", "referrals"])
def test_one_wing_alone_serves_its_home_page(wings, tmp_path):
    outcome = subprocess.run(
        [sys.executable, "-W", "error", "-c", JOURNEY],
        cwd=ROOT,
        env=os.environ
        | {
            "WINGS": wings,
            "DATABASE_URL": f"sqlite:///{tmp_path}/one-wing.sqlite3",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.split()[-1] == wings
