"""Answers before consent: sealed in one cookie, for a day, and nowhere else."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.encryption import encrypt
from clinic.journey import COOKIE_BYTES, DAY, CookieTooLarge, Journey, SealedCookie
from clinic.people.models import Person
from tests import builders
from tests.breaking import spoiled

COOKIE = Journey("answers")
ANSWERS = {"safe": True, "who": "me", "subtype": ["hr", "her2"]}


def returned(response, name=COOKIE.name):
    """The request in which the browser sends back what it was given."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: response.cookies[COOKIE.name].value}
    return request


def written(data):
    response = HttpResponse()
    COOKIE.write(response, data)
    return response


def sent(value):
    """A request with this value in the cookie."""
    request = RequestFactory().get("/")
    request.COOKIES = {COOKIE.name: value}
    return request


def sealed_at(at: datetime):
    content = json.dumps({"at": at.isoformat(), "data": ANSWERS})
    return sent(encrypt(content, place=f"cookie.{COOKIE.name}"))


def test_a_cookie_gives_back_what_was_put_in():
    assert COOKIE.read(returned(written(ANSWERS))) == ANSWERS


def test_a_cookie_is_unreadable_and_out_of_reach_of_scripts(settings):
    settings.SESSION_COOKIE_SECURE = True
    morsel = written({"subtype": "Zzyzx"}).cookies[COOKIE.name]
    assert "Zzyzx" not in morsel.value
    assert b"Zzyzx" not in base64.urlsafe_b64decode(morsel.value.partition("$")[2])
    assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", True)
    assert morsel["max-age"] == DAY


@pytest.mark.parametrize("value", ["", "nonsense", "tests$", "tests$AAAA", "tests$é", "$", "\x00"])
def test_a_cookie_that_is_none_of_ours_is_empty(value):
    assert COOKIE.read(sent(value)) == {}


def test_no_cookie_is_empty():
    assert COOKIE.read(RequestFactory().get("/")) == {}


def test_a_cookie_that_was_tampered_with_is_empty():
    value = written(ANSWERS).cookies[COOKIE.name].value
    assert COOKIE.read(sent(spoiled(value))) == {}


def test_a_cookie_under_another_name_is_empty():
    other = SealedCookie("other")
    assert other.read(returned(written(ANSWERS), name="other")) == {}


@pytest.mark.parametrize("content", ["{}", "[]", '"text"', '{"at": 3, "data": {}}', '{"at": "x"}'])
def test_a_sealed_cookie_of_an_earlier_shape_is_empty(content):
    assert COOKIE.read(sent(encrypt(content, place=f"cookie.{COOKIE.name}"))) == {}


def test_a_cookie_lives_a_day_whatever_the_browser_thinks():
    now = timezone.now()
    assert COOKIE.read(sealed_at(now - timedelta(seconds=DAY - 60))) == ANSWERS
    assert COOKIE.read(sealed_at(now - timedelta(seconds=DAY + 60))) == {}


def test_more_answers_than_a_cookie_carries_are_refused():
    response = HttpResponse()
    with pytest.raises(CookieTooLarge):
        COOKIE.write(response, {"answers": "x" * COOKIE_BYTES})
    assert COOKIE.name not in response.cookies


def test_the_largest_cookie_is_one_that_browsers_keep():
    fits = next(size for size in range(COOKIE_BYTES, 0, -1) if _fits(size))
    header = written({"a": "x" * fits}).cookies[COOKIE.name].OutputString()
    assert len(header.partition(";")[0].encode()) <= 4096
    assert fits > 2500


def _fits(size):
    try:
        written({"a": "x" * size})
    except CookieTooLarge:
        return False
    return True


def test_a_cleared_cookie_is_gone():
    response = written(ANSWERS)
    COOKIE.clear(response)
    morsel = response.cookies[COOKIE.name]
    assert (morsel.value, morsel["max-age"]) == ("", 0)
    assert COOKIE.read(returned(response)) == {}


@pytest.mark.django_db
def test_nothing_of_a_journey_is_stored_before_it_is_sent(client):
    builders.centre()
    client.post(reverse("appointments:safety"), {"very_ill": "no"})
    client.post(reverse("appointments:who"), {"who": "me"})
    assert not Person.rows.exists()
    assert not AppointmentRequest.rows.exists()
    (name,) = client.cookies
    assert name != project.SESSION_COOKIE_NAME
