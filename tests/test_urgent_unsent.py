"""Urgent words in a form that is not saved: the numbers stand above its errors, or on its page."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.signing.models import Text
from tests.builders import appointment_request, cast, referral
from tests.journeys import (
    HELPER,
    begin_appointment,
    begin_search,
    boxes,
    page,
    send,
    signed_in,
)
from tests.phone_calls import save_call

pytestmark = pytest.mark.django_db

WORDS = ("I can't breathe", "No puedo respirar")
NOT_SENT = "This is not sent yet"
NOT_SAVED = "It is not saved yet"
PROBLEM = "There is a problem"
NIGHT = "(212) 555-0111"
CHILD = boxes("birth_date", 4, 27, timezone.now().year - 9)


@pytest.fixture
def play():
    return cast(at=timezone.now())


def stands_above(shown, first, second=PROBLEM):
    text = page(shown)
    return first in text and first in text[: text.index(second)]


def has_numbers(shown):
    text = page(shown)
    return all(f">{number}<" in text for number in ("911", "988", NIGHT))


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("name", ["note", "given_name", "postal_address", "contact_note"])
def test_a_request_that_comes_back_shows_the_numbers_above_its_errors(client, play, name, text):
    wrong = {"birth_date_year": "", name: text}
    back = send(client, begin_appointment(client), **wrong)
    assert stands_above(back, NOT_SENT)
    assert has_numbers(back)
    assert text.replace("'", "&#x27;") in back.content.decode(), "what she typed is kept"
    assert not AppointmentRequest.rows.exists()


def test_so_does_what_a_helper_sends_and_what_is_asked_about_studies(client, play):
    url = begin_appointment(client, who={"who": "someone"})
    back = send(client, url, **HELPER | {"helper_name": "", "note": WORDS[0]})
    assert stands_above(back, NOT_SENT)
    back = send(client, begin_search(client, play.study), given_name="", note=WORDS[1])
    assert stands_above(back, NOT_SENT)


def test_a_text_that_is_too_long_is_looked_at_too(client, play):
    back = send(client, begin_appointment(client), note=WORDS[0] + " and" * 300)
    assert stands_above(back, NOT_SENT)


def test_a_correction_that_comes_back_shows_them_too(client, play):
    send(client, begin_appointment(client))
    wrong = {"phone": "12", "contact_note": WORDS[0]}
    back = client.post(reverse("requests:contact"), wrong)
    assert stands_above(back, NOT_SENT)
    assert has_numbers(back)


def test_ordinary_words_show_no_numbers(client, play):
    back = send(client, begin_appointment(client), birth_date_year="", note="After 4 pm, please.")
    assert PROBLEM in page(back)
    assert NOT_SENT not in page(back)
    assert NOT_SENT not in page(client.get(begin_appointment(client)))


@pytest.mark.parametrize("text", WORDS)
def test_a_colleague_reads_that_it_is_not_saved(play, text):
    back = save_call(signed_in(play.sam), given_name="", note=text)
    assert back.status_code == 422
    assert stands_above(back, NOT_SAVED)
    assert has_numbers(back)


@pytest.mark.parametrize("room", ["desk", "appointments"])
def test_a_note_that_comes_back_shows_them_too(play, room):
    row = referral(play.study) if room == "desk" else appointment_request()
    browser = signed_in(play.ana if room == "desk" else play.sam)
    values = {"key": str(uuid.uuid4()), "channel": "phone", "result": "", "note": WORDS[0]}
    back = browser.post(reverse(f"{room}:log", args=[row.pk]), values)
    assert back.status_code == 422
    assert stands_above(back, NOT_SAVED)


# -- Who is under 18 -------------------------------------------------------------------------------
@pytest.mark.parametrize("note", [*WORDS, ""])
def test_the_page_for_a_child_always_has_the_numbers(client, play, note):
    shown = send(client, begin_appointment(client), **CHILD, note=note)
    assert "There is a team just for children" in page(shown)
    assert has_numbers(shown)
    assert not AppointmentRequest.rows.exists()


def test_so_has_the_page_of_the_questions(client, play):
    assert has_numbers(client.get(reverse("screening:young")))


@pytest.mark.parametrize("note", [WORDS[0], ""])
def test_so_has_the_form_of_a_colleague(play, note):
    back = save_call(signed_in(play.sam), **CHILD, note=note)
    assert "She is under 18" in page(back)
    assert has_numbers(back)


def test_where_no_form_can_be_sent_the_numbers_stand_too(client, play):
    url = begin_appointment(client)
    Text.objects.filter(kind="consent").update(taken_down_at=timezone.now())
    shown = client.post(url, {"note": WORDS[0]})
    assert shown.status_code == 503
    assert has_numbers(shown)
