"""Who carries our mail and text messages: `EMAIL_URL` and `SMS_URL` as settings.

Holds the few spellings an operator may write. Refuses to send anything, and to repeat an address in
an error: it may hold a password.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import environ

from clinic import environment as env

PREFIX: Final = "anymail+"
CONSOLE: Final = "clinic.outbox.texting.console.Console"
TWILIO: Final = "clinic.outbox.texting.twilio.Twilio"
MAIL_SECONDS: Final = 15
"""A mail provider that takes longer is tried again; the worker's own limit is 30 s."""


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves: Django's `EMAIL_…` values, or a provider with its settings for anymail."""

    values: dict[str, object]
    provider: str = ""
    anymail: dict[str, Any] = field(default_factory=dict)


def _postmark(url: SplitResult) -> dict[str, Any]:
    return {"POSTMARK_SERVER_TOKEN": _part(url.hostname and url.netloc)}


def _mailgun(url: SplitResult) -> dict[str, Any]:
    domain = _part(url.hostname)
    return {"MAILGUN_API_KEY": _part(url.username), "MAILGUN_SENDER_DOMAIN": domain}


def _amazon_ses(url: SplitResult) -> dict[str, Any]:
    values = {"region_name": _part(url.hostname)}
    if url.username:
        values["aws_access_key_id"] = _part(url.username)
        values["aws_secret_access_key"] = _part(url.password)
    return {"AMAZON_SES_CLIENT_PARAMS": values}


MAIL_PROVIDERS: Final[dict[str, Callable[[SplitResult], dict[str, Any]]]] = {
    # Each signs a business associate agreement, on its larger plans; ask before you choose.
    "amazon_ses": _amazon_ses,
    "mailgun": _mailgun,
    "postmark": _postmark,
}
NEEDS: Final = {"amazon_ses": ("boto3", "django-anymail[amazon-ses]")}


def read_mail() -> Mail:
    """`EMAIL_URL`: Django's own spellings, or `anymail+postmark://TOKEN` and the like."""
    value = env.read("EMAIL_URL")
    if not value.startswith(PREFIX):
        return Mail(env.read_url("EMAIL_URL", environ.Env.email_url_config))
    url = _split("EMAIL_URL", value.removeprefix(PREFIX))
    provider = url.scheme.replace("-", "_")
    if provider not in MAIL_PROVIDERS:
        raise env.MissingSetting(
            f"EMAIL_URL names a provider that is not known: use {', '.join(sorted(_spelled()))}."
        )
    _require_package("EMAIL_URL", *NEEDS.get(provider, ("anymail", "django-anymail")))
    settings = _read_parts("EMAIL_URL", MAIL_PROVIDERS[provider], url)
    settings |= {"WEBHOOK_SECRET": _webhook_secret(), "REQUESTS_TIMEOUT": MAIL_SECONDS}
    backend = f"anymail.backends.{provider}.EmailBackend"
    return Mail({"EMAIL_BACKEND": backend}, provider, settings)


def _spelled() -> list[str]:
    return [PREFIX + name.replace("_", "-") for name in MAIL_PROVIDERS]


def _webhook_secret() -> str:
    """`user:password` with which the provider signs in to tell us of bounces."""
    secret = env.read("EMAIL_WEBHOOK_SECRET")
    user, _colon, password = secret.partition(":")
    if not user or len(password) < env.SHORTEST_PASSWORD:
        raise env.MissingSetting(
            "EMAIL_WEBHOOK_SECRET must be user:password for the provider that EMAIL_URL names, "
            f"the password with at least {env.SHORTEST_PASSWORD} characters."
        )
    return secret


def read_sms() -> dict[str, Any]:
    """`SMS_URL` as `BACKEND` and `OPTIONS`; empty when text messages are off."""
    value = env.read("SMS_URL")
    if not value:
        return {}
    url = _split("SMS_URL", value)
    if url.scheme == "console":
        return _console()
    if url.scheme != "twilio":
        raise env.MissingSetting("SMS_URL must start with twilio:// or console://, or be empty.")
    _require_package("SMS_URL", "twilio", "-r requirements/sms.txt")
    return {"BACKEND": TWILIO, "OPTIONS": _read_parts("SMS_URL", _twilio, url)}


def _console() -> dict[str, Any]:
    if not env.read_flag("DEMO"):
        # A real site's texts must not quietly end on a screen.
        raise env.MissingSetting("SMS_URL may be console:// in the demo only.")
    return {"BACKEND": CONSOLE, "OPTIONS": {}}


def _twilio(url: SplitResult) -> dict[str, Any]:
    number = url.path.removeprefix("/")
    if not number.startswith("+") or not number[1:].isdecimal():
        raise ValueError("number")
    return {
        "account_sid": _part(url.username),
        "auth_token": _part(url.password),
        "from_number": number,
    }


def _part(text: str | None) -> str:
    if not text:
        raise ValueError("missing")
    return unquote(text)


def _split(name: str, value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError as error:
        raise env.MissingSetting(f"{name} cannot be read as an address.") from error


def _read_parts(
    name: str, read: Callable[[SplitResult], dict[str, Any]], url: SplitResult
) -> dict[str, Any]:
    try:
        return read(url)
    except ValueError as error:
        raise env.MissingSetting(
            f"{name} lacks a part that {url.scheme} needs; the README shows how it is written."
        ) from error


def _require_package(name: str, package: str, install: str) -> None:
    if find_spec(package) is None:
        raise env.MissingSetting(f"{name} needs a package that is missing: pip install {install}.")
