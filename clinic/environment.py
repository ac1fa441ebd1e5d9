"""The variables this project reads from its environment: one table, read once, loudly.

Holds names, meanings, defaults and typed readers. Refuses to hold any other setting. The README's
table is checked against `VARIABLES` by a test, so the two cannot drift apart.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR: Final = Path(__file__).resolve().parent.parent
VAR_DIR: Final = BASE_DIR / "var"
DEMO_ENV: Final = VAR_DIR / "demo.env"

YES: Final = frozenset({"1", "yes", "true", "on"})
NO: Final = frozenset({"0", "no", "false", "off", ""})
SHORTEST_SECRET: Final = 50
SHORTEST_PASSWORD: Final = 16
# Where plain http never leaves a machine; "testserver" is the host of Django's test client.
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})
BROKERS: Final = frozenset({"redis", "rediss", "redis+socket"})


class MissingSetting(ImproperlyConfigured):
    """A variable is missing or cannot be read; the text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: what it means and what is used when it is absent.

    `default` is None when outside the demo there is none: starting without it must fail. `in_demo`
    is used in its place in a demo.
    """

    name: str
    meaning: str
    default: str | None = None
    in_demo: str | None = None


VARIABLES: Final = (
    Variable("SECRET_KEY", "Signs sessions and links. At least 50 characters."),
    Variable(
        "FIELD_KEYS",
        "Keys for personal data: `id:base64` of 32 bytes, comma separated. The first writes, "
        "all read.",
    ),
    Variable("DEMO", "`1` marks every page as a sample and opens the forms on sample data.", "0"),
    Variable("REAL_PATIENTS", "`yes` opens the public forms outside the demo.", "no"),
    Variable("DATABASE_URL", "`sqlite:///path` or `postgres://…`.", "sqlite:///var/clinic.sqlite3"),
    Variable("REDIS_URL", "Broker for the worker. Empty: the sweeper runs everything.", ""),
    Variable(
        # Without a default: mail of a real site must not quietly end in a folder.
        "EMAIL_URL",
        "`smtp+tls://user:password@host:587`, a folder, or a provider: "
        "`anymail+postmark://TOKEN`, `anymail+mailgun://KEY@domain`, "
        "`anymail+amazon-ses://KEY:SECRET@region`.",
        in_demo="filemail:///var/mail",
    ),
    Variable(
        "EMAIL_WEBHOOK_SECRET",
        "`user:password` with which a mail provider reports bounces to `/mail/events/`.",
        "",
    ),
    Variable(
        "SMS_URL",
        "Text messages: `twilio://SID:TOKEN@/+15551234567`; the demo prints them (`console://`). "
        "Empty: off.",
        "",
        in_demo="console://",
    ),
    Variable("SITE_URL", "The address patients use, without a final slash."),
    Variable("ALLOWED_HOSTS", "Host names served, comma separated.", "localhost,127.0.0.1,[::1]"),
    Variable("TRUSTED_PROXIES", "How many reverse proxies stand in front.", "0"),
    Variable("TIME_ZONE", "The centre's zone.", "America/New_York"),
    Variable("WINGS", "Which wings run: `education`, `referrals` or both.", "education,referrals"),
    Variable("DEBUG", "Django's debug pages. Never with real patients.", "0"),
    Variable("PORT", "The port of `make demo`, on this machine only.", "8000"),
    Variable("SHARED_DATA", "Folder of registry records for the tests that use them.", ""),
)


def load_demo_env(path: Path = DEMO_ENV) -> None:
    """Put the generated demo settings into the environment, unless `DEMO` says no."""
    if not _is_yes(os.environ.get("DEMO", "yes")) or not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{read('PORT')}")


def read(name: str) -> str:
    """The value of one declared variable; raises `MissingSetting` where there is none."""
    variable = next(one for one in VARIABLES if one.name == name)
    value = os.environ.get(name, variable.default)
    if not value and variable.in_demo is not None and _is_yes(os.environ.get("DEMO", "")):
        return variable.in_demo
    if value is None or (value == "" and variable.default is None):
        raise MissingSetting(
            f"{name} is not set: {variable.meaning} Set it in the environment, "
            "or run `make setup` for a demo with generated settings."
        )
    return value


def read_flag(name: str) -> bool:
    """True for 1, yes, true, on; False for 0, no, false, off; anything else is refused."""
    value = read(name).strip().lower()
    if value not in YES | NO:
        raise MissingSetting(f"{name} must be yes or no; it is {value!r}.")
    return value in YES


def _is_yes(value: str) -> bool:
    return value.strip().lower() in YES


def read_list(name: str) -> list[str]:
    """Comma separated words, blanks dropped."""
    return [word.strip() for word in read(name).split(",") if word.strip()]


def read_choices(name: str, known: Iterable[str]) -> list[str]:
    """Comma separated words, each of them known and named once."""
    words = read_list(name)
    if unknown := sorted(set(words).difference(known)):
        raise MissingSetting(f"{name} names what does not exist: {', '.join(unknown)}.")
    if len(words) != len(set(words)):
        raise MissingSetting(f"{name} names something twice: {', '.join(words)}.")
    return words


def read_number(name: str) -> int:
    """A whole number of zero or more."""
    value = read(name)
    if not value.isdecimal():
        raise MissingSetting(f"{name} must be a whole number; it is {value!r}.")
    return int(value)


def read_secret() -> str:
    """`SECRET_KEY`; a short one could be guessed, and with it every signed link."""
    value = read("SECRET_KEY")
    if len(value) < SHORTEST_SECRET and not read_flag("DEMO"):
        raise MissingSetting(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
    return value


def read_site() -> str:
    """`SITE_URL` without a final slash: https, or plain http where it never leaves a machine."""
    value = read("SITE_URL").rstrip("/")
    scheme, host = _scheme_and_host(value)
    if scheme not in {"http", "https"} or not host:
        raise MissingSetting("SITE_URL must be https://host; it is no such address.")
    if scheme == "http" and host not in HERE and not read_flag("DEMO"):
        raise MissingSetting("SITE_URL must start with https:// outside the demo.")
    return value


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def read_broker() -> str:
    """`REDIS_URL` in the broker client's spelling, `redis+socket://` for a socket; "" for none."""
    value = read("REDIS_URL")
    if value.startswith("unix://"):
        value = value.replace("unix://", "redis+socket://", 1)
    # The value may hold a password, so the sentence does not repeat it.
    if value and ("://" not in value or value.partition("://")[0] not in BROKERS):
        raise MissingSetting("REDIS_URL must start with redis://, rediss:// or redis+socket://.")
    return value


def read_zone() -> str:
    """`TIME_ZONE`, a name that this machine has hours for."""
    value = read("TIME_ZONE")
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError) as error:
        raise MissingSetting(
            f"TIME_ZONE is not a known zone: {value!r}. Write it like America/New_York."
        ) from error


def read_url(name: str, parse: Callable[[str], object]) -> dict[str, object]:
    """A URL as Django's settings dictionary, by the named parser of django-environ."""
    value = read(name)
    try:
        parsed = parse(value)
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        # The value may hold a password, so the sentence names the variable only.
        raise MissingSetting(f"{name} cannot be read as an address.") from error
    if not isinstance(parsed, dict) or not parsed:
        raise MissingSetting(f"{name} cannot be read as an address.")
    return parsed


def read_database() -> dict[str, object]:
    """`DATABASE_URL` as one entry of `DATABASES`; a relative SQLite path is under the project."""
    config = read_url("DATABASE_URL", environ.Env.db_url_config)
    if config.get("ENGINE") not in {
        f"django.db.backends.{one}" for one in ("sqlite3", "postgresql")
    }:
        raise MissingSetting("DATABASE_URL must start with sqlite:/// or postgres://.")
    if config.get("ENGINE") == "django.db.backends.sqlite3" and config.get("NAME") != ":memory:":
        path = Path(str(config["NAME"]))
        config["NAME"] = str(path if path.is_absolute() else BASE_DIR / path)
    return config


def read_field_keys() -> dict[str, bytes]:
    """`FIELD_KEYS` as key id -> 32 bytes; the first is the one to write with."""
    keys: dict[str, bytes] = {}
    for word in read_list("FIELD_KEYS"):
        key_id, _, text = word.partition(":")
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != 32:
            raise MissingSetting("FIELD_KEYS must be `id:base64` of 32 bytes, comma separated.")
        if key_id in keys:
            # What the hidden one encrypted could not be read again.
            raise MissingSetting(f"FIELD_KEYS holds two keys with the id {key_id}.")
        keys[key_id] = key
    if not keys:
        raise MissingSetting("FIELD_KEYS holds no key.")
    return keys
