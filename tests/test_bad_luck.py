"""A token that is gone, a link that ended, a database that is away: nothing typed is lost."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.outbox.models import Effect
from clinic.people.models import PrivateLink, Reference
from clinic.people.references import LINK_LIFE, make_link, token_of
from clinic.places.models import ContactPoint
from tests.journeys import (
    assert_nothing_is_stored,
    begin_appointment,
    filled,
    hidden,
    open_house,
    page,
    send,
    words,
)


@pytest.fixture
def house(db):
    open_house()


# -- Tokens ---------------------------------------------------------------------------------------


def csrf_token(response):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode())[1]


def test_without_its_token_the_form_comes_back_and_can_be_sent(client, house):
    url = begin_appointment(client)
    values = filled(client, url, note="Two lines,\nבעברית <b>")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(client.cookies)
    strict.cookies.pop("csrftoken", None)
    refused = strict.post(url, values)
    assert refused.status_code == 403
    assert "Everything you typed is still on this page" in words(refused)
    assert hidden(refused) == values
    assert_nothing_is_stored()
    again = hidden(refused) | {"csrfmiddlewaretoken": csrf_token(refused)}
    assert strict.post(url, again).url == reverse("requests:detail")
    assert AppointmentRequest.rows.get().note == "Two lines,\nבעברית <b>"


def test_a_staff_page_without_its_token_hands_nothing_back(house):
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(reverse("staff:sign_in"), {"username": "ana", "password": "secret 77"})
    assert refused.status_code == 403
    assert "secret 77" not in page(refused)


# -- Links ----------------------------------------------------------------------------------------


@pytest.fixture
def link(client, house):
    send(client, begin_appointment(client))
    client.cookies.clear()
    return make_link(Reference.rows.get(), at=timezone.now())


def address(made):
    return reverse("requests:link", args=[token_of(made)])


def test_a_mail_scanner_changes_and_opens_nothing(client, link):
    before = Event.objects.count(), PrivateLink.rows.count(), list(Effect.objects.values())
    for call in (client.get, client.head, client.options):
        response = call(address(link))
        assert response.status_code in (200, 405)
        assert "request" not in client.cookies
        assert "Maria" not in page(response)
    after = Event.objects.count(), PrivateLink.rows.count(), list(Effect.objects.values())
    assert before == after
    assert client.get(reverse("requests:detail")).url == reverse("requests:open")
    assert client.post(address(link)).url == reverse("requests:detail")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_was_changed_is_gone(client, link, method):
    token = token_of(link)
    other = "A" if token[-2] != "A" else "B"
    for wrong in (
        token[:-2] + other + token[-1],
        token[:-1],
        token[1:],
        token * 2,
        "é",
        "a",
        "-" * 43,
    ):
        response = getattr(client, method)(reverse("requests:link", args=[wrong]))
        assert response.status_code == 410, wrong
        assert "does not work any more" in words(response)
        assert ContactPoint.objects.get(role="main").display in page(response)
        assert reverse("requests:open") in page(response)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("ended", [{"revoked_at": 0}, {"expires_at": 0}])
def test_a_link_that_ended_is_gone(client, link, method, ended):
    now = timezone.now()
    PrivateLink.rows.filter(pk=link.pk).update(**dict.fromkeys(ended, now))
    assert getattr(client, method)(address(link)).status_code == 410
    assert "request" not in client.cookies


def test_a_link_lives_for_a_while(client, house):
    send(client, begin_appointment(client))
    reference = Reference.rows.get()
    old = make_link(reference, at=timezone.now() - LINK_LIFE)
    young = make_link(reference, at=timezone.now() - LINK_LIFE + timedelta(minutes=1))
    assert client.get(address(old)).status_code == 410
    assert client.get(address(young)).status_code == 200


# -- The database is away -------------------------------------------------------------------------

AWAY = """
import json, sys
import django
django.setup()
from django.test import Client
from django.urls import reverse
from tests.journeys import APPOINTMENT
client = Client(raise_request_exception=False)
for name, values in APPOINTMENT.items():
    assert client.post(reverse(f"appointments:{name}"), values).status_code == 302
answer = client.post("/appointments/send/", json.loads(sys.argv[1]))
health = client.get("/healthz")
reading = client.get("/")
json.dump({
    "statuses": [answer.status_code, health.status_code, reading.status_code],
    "retry": answer.headers["Retry-After"],
    "page": answer.content.decode(),
    "cookie": client.cookies["appointment"].value,
}, sys.stdout)
"""


@pytest.mark.processes
@pytest.mark.parametrize(
    "where", ["postgres://nobody@127.0.0.1:1/nowhere", "sqlite:////nowhere/at/all.sqlite3"]
)
def test_while_the_database_is_away_nothing_typed_is_lost(client, house, where):
    url = begin_appointment(client)
    values = filled(client, url, note="Please call after 4 <pm>.")
    client.get(url)
    assert django_settings.CONTACT_FILE.exists()
    done = subprocess.run(
        [sys.executable, "-c", AWAY, json.dumps(values)],
        env={**os.environ, "DATABASE_URL": where, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["statuses"] == [503, 503, 503]
    assert answer["retry"] == "30"
    shown = html.unescape(answer["page"])
    assert ContactPoint.objects.get(role="main").display in shown
    assert "Everything you typed is still on this page" in shown
    assert "<pm>" not in answer["page"]
    assert "Maria" not in done.stderr
    # The database is back, and she presses the button.
    kept = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', answer["page"])
        if name != "csrfmiddlewaretoken"
    }
    assert kept == values
    client.cookies["appointment"] = answer["cookie"]
    assert client.post(url, kept).url == reverse("requests:detail")
    assert AppointmentRequest.rows.get().note == "Please call after 4 <pm>."
