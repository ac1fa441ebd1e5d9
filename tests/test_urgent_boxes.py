"""Every box of every form: urgent words in it are found, and it says when it is read."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.design.forms import HouseForm, PlainText
from clinic.outbox.codes import CallReason, CallState
from clinic.outbox.models import CallTask, Effect
from clinic.people.reading_times import when_read
from clinic.people.urgency.alarms import ROUTING, URGENT
from clinic.places import centre as places
from clinic.places.models import Closure, ContactPoint
from referrals.desk.models import Case
from tests.builders import NOON, cast, pay
from tests.journeys import HELPER, begin_appointment, begin_search, send, signed_in, words
from tests.phone_calls import FOR_HER, form_address, save_call

pytestmark = pytest.mark.django_db

WORDS = ("I can't breathe", "No puedo respirar")
CARD = "Please get help now"
TAG = "may be urgent"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def boxes_of(form):
    """The names of what can be typed as one likes; a phone number or an e-mail is no such box."""
    return [name for name, field in form.fields.items() if type(field) is PlainText]


def boxes_on(response):
    return boxes_of(response.context["form"])


def kinds_of_form(base=HouseForm):
    """Every form of the house, once each of its pages can be opened; none made to be looked at."""
    assert get_resolver().url_patterns
    for one in base.__subclasses__():
        if not one.__module__.startswith(("tests.", "clinic.design.patterns.")):
            yield one
        yield from kinds_of_form(one)


# -- Every box of every form -----------------------------------------------------------------------
def sent_appointment(browser, name, text, _play):
    return send(browser, begin_appointment(browser), **{name: text})


def sent_for_someone(browser, name, text, _play):
    url = begin_appointment(browser, who={"who": "someone"})
    return send(browser, url, **HELPER | {name: text})


def sent_interest(browser, name, text, play):
    return send(browser, begin_search(browser, play.study), **{name: text})


def sent_correction(browser, name, text, _play):
    send(browser, begin_appointment(browser))
    return browser.post(reverse("requests:contact"), {"phone": "212 555 0177", name: text})


def pages_that_send(browser, play):
    """Each page on which she types, and what it is to send it with one box filled."""
    yield browser.get(begin_appointment(browser)), sent_appointment
    url = begin_appointment(browser, who={"who": "someone"})
    yield browser.get(url), sent_for_someone
    yield browser.get(begin_search(browser, play.study)), sent_interest
    send(browser, begin_appointment(browser))
    yield browser.get(reverse("requests:contact")), sent_correction


def newest_request():
    made = [*AppointmentRequest.rows.all(), *Case.rows.all()]
    return max(made, key=lambda one: one.created_at)


def row_in_list(row, play):
    """What colleagues read in the list that has this request."""
    is_case = isinstance(row, Case)
    browser = signed_in(play.lena if is_case else play.sam)
    return words(browser.get(reverse("desk:list" if is_case else "appointments:list")))


@pytest.mark.parametrize("text", WORDS)
def test_in_every_box_it_is_saved_shown_marked_and_a_call_is_owed(client, play, text):
    tried = 0
    for shown, sends in list(pages_that_send(client, play)):
        for name in boxes_on(shown):
            browser = Client(REMOTE_ADDR=f"192.0.2.{tried}")
            response = sends(browser, name, text, play)
            assert response.status_code == 302, (sends.__name__, name)
            her_page = browser.get(reverse("requests:detail"))
            assert CARD in words(her_page), (sends.__name__, name)
            row = newest_request()
            assert row.urgent_words_at
            assert TAG in row_in_list(row, play)
            pay(timezone.now() + ROUTING)
            task = CallTask.rows.get(about_id=row.pk, reason=CallReason.URGENT)
            assert task.status == CallState.OPEN
            tried += 1
    assert tried >= 4 + 5 + 4 + 2


def test_no_form_has_a_box_that_is_not_looked_at():
    """A new form with a box is added above, or here with the reason why nothing is read in it."""
    looked_at = {
        "ChannelsForm",
        "PersonForm",
        "HelperForm",
        "AskMixin",
        "SendMixin",
        "SendForm",
        "HelperSendForm",
        "PhoneForm",
        "AttemptForm",
        # In tests/test_her_word.py.
        "CorrectForm",
    }
    # Nothing typed here is kept or read by anybody.
    never_kept = {"OpenRequestForm", "FindForm", "AgainForm"}
    has_boxes = {
        kind.__name__
        for kind in kinds_of_form()
        if any(type(field) is PlainText for field in kind.base_fields.values())
    }
    assert has_boxes - looked_at - never_kept == set()


@pytest.mark.parametrize("text", WORDS)
def test_in_every_box_that_a_colleague_fills_in_on_the_phone(play, text):
    browser = signed_in(play.sam)
    shown = browser.get(form_address())
    names = [*boxes_on(shown)]
    assert {"note", "contact_note", "postal_address", "given_name", "helper_name"} <= set(names)
    for name in names:
        saved = save_call(browser, **(FOR_HER | {name: text}))
        assert saved.status_code == 302, name
        assert newest_request().urgent_words_at, name


# -- One occasion is one call ----------------------------------------------------------------------
def test_ordinary_words_mark_nothing(client, play):
    send(client, begin_appointment(client), note="Please call after 4 pm.")
    assert CARD not in words(client.get(reverse("requests:detail")))
    assert newest_request().urgent_words_at is None
    assert not Effect.objects.filter(kind=URGENT).exists()
    assert TAG not in row_in_list(newest_request(), play)


# -- When it is read -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-11-18 12:00", "We read this by 11 a.m. on Thursday, November 19."),
        ("2026-11-20 16:59", "We read this by 3:59 p.m. on Monday, November 23."),
        ("2026-11-20 17:00", "Nobody reads this before 8 a.m. on Monday, November 23."),
        ("2026-11-22 00:10", "Nobody reads this before 8 a.m. on Monday, November 23."),
        ("2026-11-25 18:00", "Nobody reads this before 8 a.m. on Monday, November 30."),
        ("2026-12-24 20:00", "Nobody reads this before 8 a.m. on Monday, December 28."),
    ],
)
def test_a_box_says_when_it_is_read(play, at, sentence):
    Closure.objects.create(day="2026-11-27", reason="Day after Thanksgiving")
    instant = datetime.fromisoformat(at).replace(tzinfo=places.schedule().zone)
    number = ContactPoint.objects.get(role="night").display
    assert when_read(at=instant) == (
        f"{sentence} If you feel very ill, do not wait for us: call {number}."
    )


def test_without_a_night_line_it_names_the_emergency_number(play):
    ContactPoint.objects.filter(role="night").delete()
    assert when_read(at=NOON).endswith("call 911.")


def test_every_box_of_hers_says_when_it_is_read(client, play):
    """What her browser fills in by itself, a name or an address, is no place for a message."""
    for shown, _sends in pages_that_send(client, play):
        form = shown.context["form"]
        boxes = [
            name for name in boxes_of(form) if "autocomplete" not in form.fields[name].widget.attrs
        ]
        assert boxes
        for name in boxes:
            assert "do not wait for us: call" in form[name].help_text, name


def test_the_sentence_is_of_this_moment_and_not_kept_by_caches(client, play):
    shown = client.get(begin_appointment(client))
    assert "no-store" in shown["Cache-Control"]
