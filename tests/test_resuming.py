"""A session that ended while she was typing: nothing is lost, and nothing goes to anybody else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.encryption import encrypt
from clinic.people import resuming
from tests.builders import PASSWORD, appointment_request, cast
from tests.journeys import hidden, page, words
from tests.phone_calls import begin, filled_call, form_address, keep

pytestmark = pytest.mark.django_db

SIGN_IN = "staff:sign_in"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def sign_in(browser, user, **more):
    values = {"username": user.email, "password": PASSWORD} | more
    return browser.post(reverse(SIGN_IN), values)


def signed_out(browser):
    """The session has ended; everything else in the browser is as it was."""
    del browser.cookies["sessionid"]


@pytest.fixture
def late(play):
    """Sam's browser after her session, and the form that was open in it."""
    browser = Client()
    sign_in(browser, play.sam)
    address, values = begin(browser)
    keep(browser, values)
    signed_out(browser)
    return browser, address, values


def test_after_signing_in_again_she_is_back_at_her_draft(play, late):
    browser, address, _values = late
    door = browser.get(address)
    assert door.url == f"{reverse(SIGN_IN)}?next={address}"
    back = sign_in(browser, play.sam, next=address)
    assert back.url == address
    assert 'value="Maria"' in page(browser.get(address))


def test_what_she_sends_after_her_session_is_carried_through_the_sign_in(play, late):
    browser, address, values = late
    door = browser.post(address, values, headers={"referer": f"http://testserver{address}"})
    assert door.status_code == 403
    assert "What you typed is kept" in words(door)
    assert "Maria" not in page(door)
    carried = hidden(door)
    wrong = browser.post(reverse(SIGN_IN), carried | {"username": "x@y.org", "password": "no"})
    assert hidden(wrong)["typed"] == carried["typed"]
    again = sign_in(browser, play.sam, **hidden(wrong))
    assert "Nothing has been sent yet" in words(again)
    assert hidden(again) == values
    assert not AppointmentRequest.rows.exists()
    assert browser.post(address, hidden(again)).status_code == 302
    assert AppointmentRequest.rows.get().person.given_name == "Maria"


def test_it_is_not_carried_to_another_colleague(play, late):
    browser, address, values = late
    door = browser.post(address, values)
    other = sign_in(browser, play.tess, **hidden(door))
    assert other.status_code == 302
    told = browser.get(other.url)
    assert "is not shown to you" in words(told)
    assert "Maria" not in page(told)


@pytest.mark.parametrize("typed", ["", "made up", "tests$AAAA"])
def test_what_was_not_sealed_here_is_not_sent_again(play, typed):
    answer = sign_in(Client(), play.sam, typed=typed)
    assert answer.url == reverse("staff:index")


def test_what_was_sealed_yesterday_is_not_sent_again(play):
    sealed_at = timezone.now() - timedelta(seconds=resuming.TYPED.max_age + 1)
    data = {"user": str(play.sam.pk), "to": form_address(), "fields": [["given_name", "Maria"]]}
    content = json.dumps({"at": sealed_at.isoformat(timespec="seconds"), "data": data})
    typed = encrypt(content, place=f"cookie.{resuming.TYPED.name}")
    assert sign_in(Client(), play.sam, typed=typed).status_code == 302


def test_a_stranger_is_sent_to_the_door_with_nothing(play):
    address = form_address()
    answer = Client().post(address, {"given_name": "Maria"})
    assert answer.url == f"{reverse(SIGN_IN)}?next={reverse('staff:index')}"


@pytest.mark.parametrize("ours", [True, False])
def test_after_a_button_she_is_back_on_the_page_it_stood_on(play, ours):
    row = appointment_request(at=timezone.now())
    detail = reverse("appointments:detail", args=[row.pk])
    before = {"referer": f"http://testserver{detail}" if ours else "http://elsewhere/x"}
    door = Client().post(reverse("appointments:take", args=[row.pk]), headers=before)
    leads_to = parse_qs(urlsplit(door.url).query)["next"]
    assert leads_to == [detail if ours else reverse("staff:index")]


def test_the_script_is_told_that_nothing_was_kept(play, late):
    browser, _address, values = late
    assert keep(browser, values).status_code == 403


def test_signed_in_again_in_another_tab_the_old_form_can_still_be_sent(play):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(play.sam)
    address = form_address()
    values = filled_call(strict, address)
    here = {"origin": "http://testserver"}
    refused = strict.post(address, values, headers=here)
    assert refused.status_code == 403
    assert "Everything you typed is still on this page" in words(refused)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', refused.content.decode())[1]
    again = hidden(refused) | {"csrfmiddlewaretoken": token}
    assert strict.post(address, again, headers=here).status_code == 302
    for strange in ({"origin": "http://elsewhere"}, {}):
        shown = strict.post(form_address(), values, headers=strange)
        assert shown.status_code == 403
        assert "Zzyzx" not in page(shown)
