"""Who carries mail and texts: the few spellings of two variables, and one sentence for the rest."""

from __future__ import annotations

import os

import pytest
from django.conf import settings as used
from django.core import checks
from django.core.mail import get_connection

from clinic import environment, providers
from clinic.environment import MissingSetting
from clinic.outbox.neutrality import names_health, nothing_names_an_illness
from clinic.places.models import Centre, Location
from tests import builders
from tests.test_environment import GOOD, manage

SECRET = "mail:a password for tests"


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for name in ("EMAIL_URL", "EMAIL_WEBHOOK_SECRET", "SMS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EMAIL_WEBHOOK_SECRET", SECRET)


# -- Mail ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "provider", "expected"),
    [
        ("anymail+postmark://A-Token", "postmark", {"POSTMARK_SERVER_TOKEN": "A-Token"}),
        (
            "anymail+mailgun://key-1@mg.example.org",
            "mailgun",
            {"MAILGUN_API_KEY": "key-1", "MAILGUN_SENDER_DOMAIN": "mg.example.org"},
        ),
    ],
)
def test_a_provider_is_named_with_its_key(monkeypatch, settings, url, provider, expected):
    monkeypatch.setenv("EMAIL_URL", url)
    mail = providers.read_mail()
    assert mail.provider == provider
    common = {"WEBHOOK_SECRET": SECRET, "REQUESTS_TIMEOUT": providers.MAIL_SECONDS}
    assert mail.anymail == expected | common
    # The very backend that would send takes these settings.
    settings.ANYMAIL = mail.anymail
    backend = get_connection(str(mail.values["EMAIL_BACKEND"]))
    assert backend.timeout == providers.MAIL_SECONDS


def test_without_a_provider_it_is_as_django_knows_it(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://user:password@mail.example.org:587")
    mail = providers.read_mail()
    assert (mail.provider, mail.anymail) == ("", {})
    assert mail.values["EMAIL_HOST"] == "mail.example.org"
    assert "anymail" not in used.INSTALLED_APPS


def test_amazon_needs_a_package_of_its_own(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "anymail+amazon-ses://KEY:S%2FCRET@us-east-1")
    with pytest.raises(MissingSetting, match="pip install django-anymail"):
        providers.read_mail()


@pytest.mark.parametrize(
    "values",
    [
        {"EMAIL_URL": "anymail+pigeon://topsecret"},
        {"EMAIL_URL": "anymail+postmark://"},
        {"EMAIL_URL": "anymail+mailgun://mg.example.org"},
        {"EMAIL_URL": "anymail+mailgun://topsecret@"},
        {"EMAIL_URL": "anymail+postmark://[half"},
        {"SMS_URL": "pigeon://topsecret"},
        {"SMS_URL": "topsecret"},
        {"SMS_URL": "twilio://SID:topsecret@/"},
        {"SMS_URL": "twilio://SID:topsecret@/555"},
        {"SMS_URL": "twilio://SID@/+15551234567"},
        {"SMS_URL": "twilio:///+15551234567"},
        {"SMS_URL": "console://"},
        {"EMAIL_WEBHOOK_SECRET": "", "EMAIL_URL": "anymail+postmark://topsecret"},
        {"EMAIL_WEBHOOK_SECRET": "topsecret", "EMAIL_URL": "anymail+postmark://topsecret"},
        {"EMAIL_WEBHOOK_SECRET": "mail:short", "EMAIL_URL": "anymail+postmark://topsecret"},
    ],
    ids=repr,
)
def test_what_cannot_be_read_is_one_sentence_without_the_secret(monkeypatch, values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    read = providers.read_sms if "SMS_URL" in values else providers.read_mail
    with pytest.raises(MissingSetting) as caught:
        read()
    sentence = str(caught.value)
    assert sentence.startswith(next(iter(values)))
    assert "topsecret" not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        {"EMAIL_URL": "anymail+postmark://token", "EMAIL_WEBHOOK_SECRET": SECRET},
        {"SMS_URL": "twilio://SID:TOKEN@/+15551234567"},
    ],
)
def test_a_site_starts_with_a_provider(url):
    outcome = manage("check", **GOOD | url)
    assert outcome.returncode == 0, outcome.stderr


# -- Texts -----------------------------------------------------------------------------------------
def test_texts_are_off_unless_they_are_wanted(monkeypatch):
    assert providers.read_sms() == {}
    monkeypatch.setenv("SMS_URL", "twilio://SID:a%2Ftoken@/+15551234567")
    chosen = providers.read_sms()
    assert chosen["BACKEND"] == providers.TWILIO
    assert chosen["OPTIONS"] == {
        "account_sid": "SID",
        "auth_token": "a/token",
        "from_number": "+15551234567",
    }


def test_the_demo_prints_its_texts(monkeypatch):
    monkeypatch.setenv("DEMO", "1")
    assert providers.read_sms() == {"BACKEND": providers.CONSOLE, "OPTIONS": {}}


def test_no_variable_is_read_that_is_not_declared():
    names = {one.name for one in environment.VARIABLES}
    assert {"EMAIL_URL", "EMAIL_WEBHOOK_SECRET", "SMS_URL"} <= names
    assert os.environ["DEMO"] == "0"


# -- Neutral names ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "cancer.example.org",
        "mycancercenter.org",
        "Riverside Oncology",
        "trials.example.org",
        "Breast Imaging, 3rd floor",
        "appointments@riverside.example",
        "Nurse Line",
    ],
)
def test_a_name_that_tells(text):
    assert names_health(text)


@pytest.mark.parametrize(
    "text",
    ["Riverside Center", "front-door.example.org", "Hillside Building", "industrial.example"],
)
def test_a_name_that_tells_nothing(text):
    assert not names_health(text)


@pytest.mark.django_db
def test_the_check_of_a_deployment_reads_host_sender_and_names(settings):
    builders.centre()
    assert nothing_names_an_illness(None) == []
    settings.SITE_URL = "https://cancer.example.org"
    Centre.objects.update(neutral_name="Breast Center", sender_address="onco@oncology.example")
    Location.objects.filter(name="Hillside Clinic").update(neutral_name="Chemo Day Unit")
    found = nothing_names_an_illness(None)
    assert [one.id for one in found] == ["outbox.E001"] * 4
    assert all(isinstance(one, checks.Error) for one in found)
    assert nothing_names_an_illness in checks.registry.registry.get_checks(True)
