"""Settings come from the environment, are written down, and are missed with one clear sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.demo import accounts, setup
from clinic.environment import (
    VARIABLES,
    MissingSetting,
    load_demo_env,
    read,
    read_broker,
    read_field_keys,
    read_flag,
    read_number,
)

ROOT = Path(__file__).parent.parent


def manage(*arguments, **environment):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


GOOD = {
    "DEMO": "0",
    "SECRET_KEY": "s" * 60,
    "FIELD_KEYS": os.environ["FIELD_KEYS"],
    "SITE_URL": "https://door.example.org",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
}
KEY = "A" * 43 + "="


def in_words(variable):
    if variable.default is None:
        return "required" + (f"; in the demo `{variable.in_demo}`" if variable.in_demo else "")
    return f"`{variable.default}`" if variable.default else "empty"


def test_the_readme_names_every_variable_and_no_other():
    readme = ROOT.joinpath("README.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", readme, re.MULTILINE)
    written = {name: (meaning, default) for name, meaning, default in rows}
    declared = {one.name: (one.meaning, in_words(one)) for one in VARIABLES}
    assert written == declared


@pytest.mark.parametrize("name", [one.name for one in VARIABLES if one.default is None])
def test_a_missing_secret_stops_with_one_sentence(name):
    outcome = manage("check", **{key: value for key, value in GOOD.items() if key != name})
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"{name} is not set: ")
    assert outcome.stderr.count("\n") == 1
    assert outcome.stdout == ""


@pytest.mark.parametrize(
    "values",
    [
        {"FIELD_KEYS": "one:short"},
        {"FIELD_KEYS": ","},
        {"DEMO": "perhaps"},
        {"TRUSTED_PROXIES": "two"},
        {"DATABASE_URL": "mystery://somewhere"},
        {"WINGS": "education,kitchen"},
        {"WINGS": "education,referrals,education"},
        {"DEMO": "1", "REAL_PATIENTS": "yes"},
        {"SECRET_KEY": "s" * 49},
        {"SITE_URL": "door.example.org"},
        {"SITE_URL": "ftp://door.example.org"},
        {"SITE_URL": "https://"},
        {"SITE_URL": "https://[half"},
        {"SITE_URL": "http://door.example.org"},
        {"REDIS_URL": "amqp://guest:topsecret@127.0.0.1"},
        {"REDIS_URL": "127.0.0.1:6379"},
        {"FIELD_KEYS": f"one:{KEY},one:{KEY}"},
        {"TIME_ZONE": "America/Springfield"},
        {"TIME_ZONE": "../etc/passwd"},
        {"TIME_ZONE": "America"},
    ],
)
def test_an_unreadable_value_stops_with_one_sentence_that_names_the_variable(values):
    outcome = manage("check", **GOOD | values)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(next(iter(values)))
    assert outcome.stderr.count("\n") == 1
    assert "topsecret" not in outcome.stderr


@pytest.mark.parametrize("answer", ["0", "no", "False", "off", ""])
def test_a_demo_that_is_declined_leaves_its_settings_alone(answer, tmp_path, monkeypatch):
    path = tmp_path / "demo.env"
    path.write_text("SHARED_DATA=/of/the/demo\n")
    monkeypatch.setenv("DEMO", answer)
    monkeypatch.delenv("SHARED_DATA")
    load_demo_env(path)
    assert "SHARED_DATA" not in os.environ


@pytest.mark.parametrize("answer", [None, "1", "yes", "TRUE"])
def test_a_demo_that_is_not_declined_takes_its_settings(answer, tmp_path, monkeypatch):
    path = tmp_path / "demo.env"
    path.write_text("SHARED_DATA=/of/the/demo\n")
    monkeypatch.delenv("DEMO") if answer is None else monkeypatch.setenv("DEMO", answer)
    monkeypatch.delenv("SHARED_DATA")
    load_demo_env(path)
    assert os.environ["SHARED_DATA"] == "/of/the/demo"


def test_mail_of_a_demo_lands_in_a_folder(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "")
    monkeypatch.setenv("DEMO", "1")
    assert read("EMAIL_URL") == "filemail:///var/mail"
    monkeypatch.setenv("DEMO", "0")
    with pytest.raises(MissingSetting):
        read("EMAIL_URL")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("rediss://:secret@redis.example.org/0", "rediss://:secret@redis.example.org/0"),
        ("unix:///run/redis.sock?db=1", "redis+socket:///run/redis.sock?db=1"),
    ],
)
def test_a_broker_is_a_redis(given, used, monkeypatch):
    monkeypatch.setenv("REDIS_URL", given)
    assert read_broker() == used


@pytest.mark.parametrize(
    "address", ["postgres://clinic:topsecret@127.0.0.1:1/clinic", "sqlite:////nowhere/at/all"]
)
def test_a_database_that_is_away_is_one_sentence(address):
    outcome = manage("migrate", **GOOD | {"DATABASE_URL": address})
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The database of DATABASE_URL cannot be opened: ")
    assert outcome.stderr.count("\n") == 1
    assert "topsecret" not in outcome.stderr + outcome.stdout


@pytest.mark.processes
@pytest.mark.parametrize(
    "command", [("celery", "--app=clinic", "worker"), ("gunicorn", "--check-config", "clinic.wsgi")]
)
def test_a_server_without_its_secrets_says_so_without_a_traceback(command):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    outcome = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=bare | GOOD | {"SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode != 0
    assert "SECRET_KEY is not set: " in outcome.stderr
    assert "File " not in outcome.stderr


def test_readers(monkeypatch):
    monkeypatch.setenv("DEMO", "on")
    monkeypatch.setenv("TRUSTED_PROXIES", "2")
    assert read_flag("DEMO") is True
    assert read_number("TRUSTED_PROXIES") == 2
    monkeypatch.setenv("FIELD_KEYS", "no-colon")
    with pytest.raises(MissingSetting):
        read_field_keys()


def test_setup_writes_generated_secrets_for_the_owner_only_and_never_again(tmp_path, capsys):
    path = tmp_path / "var" / "demo.env"
    setup.main(path)
    first = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert {line.partition("=")[0] for line in first.splitlines()} == {
        "DEMO",
        "SECRET_KEY",
        "FIELD_KEYS",
    }
    setup.main(path)
    assert path.read_text() == first
    assert "written" in (said := capsys.readouterr().out)
    assert "kept as it was" in said


def test_generated_settings_start_django(tmp_path):
    lines = setup.generate().splitlines()
    values = dict(line.split("=", 1) for line in lines)
    outcome = manage("check", SITE_URL="http://127.0.0.1:8000", **values)
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_the_accounts_file_keeps_one_random_password_to_itself(tmp_path):
    path = tmp_path / "demo-accounts.txt"
    secret = accounts.password(path)
    assert len(secret) >= 12
    accounts.write([accounts.Account("rosa@demo.example", "Rosa Lind", "coordinator")], path)
    assert accounts.password(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert "rosa@demo.example" in path.read_text()


@pytest.mark.parametrize("command", ["demo", "load_sample"])
def test_the_demo_refuses_where_real_patients_come(command):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="not a demo"):
        call_command(command)


def test_try_this_is_not_there_for_real_patients(client, db):
    assert client.get("/try-this/").status_code == 404


@pytest.mark.urls("tests.demo_urls")
def test_try_this_shows_five_steps_in_a_demo(client, db):
    page = client.get("/try-this/")
    assert page.status_code == 200
    assert page.content.decode().count('class="step"') == 5


TRY_THIS = """
import django
django.setup()
from django.test.utils import override_settings
# The manifest needs `collectstatic` first, and a fresh checkout has had none.
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.conf import settings
override_settings(STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": plain}}).enable()
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

setup_test_environment()
call_command("migrate", verbosity=0)
print(Client().get("/try-this/").content.decode())
"""


@pytest.mark.parametrize(("wing", "steps"), [("education", 3), ("referrals", 5)])
def test_try_this_shows_only_what_runs(wing, steps, tmp_path):
    values = GOOD | {
        "DEMO": "1",
        "WINGS": wing,
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SITE_URL": "http://127.0.0.1:8000",
    }
    outcome = subprocess.run(
        [sys.executable, "-c", TRY_THIS],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | values,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count('class="step"') == steps
    assert ("Coordinator" in outcome.stdout) is (wing == "referrals")
    assert 'href=""' not in outcome.stdout
