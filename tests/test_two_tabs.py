"""Two tabs, Back, a cookie that is gone: the page that was sent says what she meant, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.appointments.views import JOURNEY as APPOINTMENT_JOURNEY
from clinic.encryption import encrypt
from clinic.journey import DAY, TOLD
from clinic.people.models import Helper, Person, Reference
from referrals.desk.models import Case, Referral
from referrals.screening.models import Answer
from referrals.screening.profile import Source
from referrals.screening.sample.loading import load as load_questions
from tests.builders import cast
from tests.journeys import (
    HELPER,
    begin_appointment,
    begin_search,
    filled,
    hidden,
    page,
    words,
)

pytestmark = pytest.mark.django_db

SEND, CONTACT, RECEIPT = "appointments:send", "desk:contact", "requests:detail"
OTHER = {"reason": {"reason": "new"}, "time": {"preferred_time": "afternoon"}}


@pytest.fixture
def play():
    made = cast(at=timezone.now())
    load_questions(timezone.now() - timedelta(days=1))
    return made


@pytest.fixture
def tab_a(client, play):
    """The filled page of the first tab: for her mother, about immunotherapy, in the morning."""
    return filled(client, begin_appointment(client, who={"who": "someone"}), **HELPER)


@pytest.fixture
def search_a(client, play):
    """The filled page of the first tab: for her mother, about one study."""
    return filled(client, begin_search(client, play.study, who="someone"), **HELPER)


def begin_tab_b(client):
    """The second tab of the same browser: for herself, something else."""
    return begin_appointment(client, **OTHER)


def asked_for(row):
    """What an appointment request is about, and for whom it was sent."""
    return row.reason, row.preferred_time, Helper.rows.filter(patient=row.person).exists()


FOR_HER_MOTHER = ("immunotherapy", "morning", True)
FOR_HERSELF = ("new", "afternoon", False)


# -- The page carries its own answers --------------------------------------------------------------
def test_the_first_tab_sends_what_it_shows_after_the_second_went_on(client, tab_a):
    tab_b = filled(client, begin_tab_b(client))
    assert client.post(reverse(SEND), tab_a).url == reverse(RECEIPT)
    assert asked_for(AppointmentRequest.rows.get()) == FOR_HER_MOTHER
    assert client.post(reverse(SEND), tab_b).url == reverse(RECEIPT)
    rows = AppointmentRequest.rows.order_by("created_at")
    assert [asked_for(one) for one in rows] == [FOR_HER_MOTHER, FOR_HERSELF]
    assert Reference.rows.count() == 2


def test_the_first_tab_of_a_search_sends_its_study_and_its_answers(client, play, search_a):
    begin_search(client)
    client.post(reverse("screening:stage"), {"answer": "two"})
    sent = client.post(reverse(CONTACT), search_a | {"agree_share": "on"})
    assert sent.url == reverse(RECEIPT)
    row = Referral.rows.get()
    assert (row.study, row.case.person.helpers.count()) == (play.study, 1)
    told = {one.field: one.statement() for one in Answer.rows.all()}
    assert told["stage_group"].values == {"IV"}
    assert {one.source for one in told.values()} == {Source.PROXY}


@pytest.mark.parametrize("how", ["gone", "damaged", "cleared by the other tab"])
def test_without_the_cookie_the_page_still_goes_through(client, tab_a, how):
    if how == "cleared by the other tab":
        client.post(reverse(SEND), filled(client, begin_tab_b(client)))
        assert client.cookies[APPOINTMENT_JOURNEY.name].value == ""
    else:
        client.cookies.clear()
        client.cookies[APPOINTMENT_JOURNEY.name] = "" if how == "gone" else "tests$AAAA"
    assert client.post(reverse(SEND), tab_a).url == reverse(RECEIPT)
    assert asked_for(AppointmentRequest.rows.order_by("created_at").last()) == FOR_HER_MOTHER


def test_without_the_cookie_a_search_still_goes_through(client, play, search_a):
    client.cookies.clear()
    assert client.post(reverse(CONTACT), search_a).url == reverse(RECEIPT)
    assert Referral.rows.get().study == play.study


def test_a_mistake_mended_in_the_first_tab_is_still_about_the_first(client, tab_a):
    begin_tab_b(client)
    refused = client.post(reverse(SEND), tab_a | {"phone": "words"})
    assert "Does she or he know that you are writing to us?" in words(refused)
    client.cookies.clear()
    assert client.post(reverse(SEND), tab_a | hidden(refused)).url == reverse(RECEIPT)
    assert asked_for(AppointmentRequest.rows.get()) == FOR_HER_MOTHER


# -- What the page carries cannot be made up -------------------------------------------------------
def expired():
    """What a page of the day before yesterday carries."""
    content = {
        "at": (timezone.now() - timedelta(seconds=DAY + 1)).isoformat(timespec="seconds"),
        "data": {"safe": True, "who": "someone", "reason": "spread", "preferred_time": "any"},
    }
    return encrypt(json.dumps(content), place=f"cookie.{APPOINTMENT_JOURNEY.name}")


def turned(text):
    """The text with one sign in its middle changed."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]


DAMAGES = {
    "tampered": turned,
    "cut off": lambda text: text[:-3],
    "expired": lambda _text: expired(),
    "empty": lambda _text: "",
    "left out": lambda _text: None,
    "plain": lambda _text: '{"at": "2026-01-01", "data": {"safe": true}}',
}


def damaged(values, how):
    told = DAMAGES[how](values[TOLD])
    return {name: value for name, value in (values | {TOLD: told}).items() if value is not None}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_page_whose_answers_cannot_be_read_falls_back_to_the_cookie(client, tab_a, how):
    begin_tab_b(client)
    assert client.post(reverse(SEND), damaged(tab_a, how)).url == reverse(RECEIPT)
    assert asked_for(AppointmentRequest.rows.get()) == FOR_HERSELF


@pytest.mark.parametrize("how", DAMAGES)
def test_without_a_cookie_too_she_comes_to_the_first_step_missing(client, tab_a, how):
    sent = damaged(tab_a, how)
    client.cookies.clear()
    assert client.post(reverse(SEND), sent).url == reverse("appointments:safety")
    client.post(reverse("appointments:safety"), {"very_ill": "no"})
    assert client.post(reverse(SEND), sent).url == reverse("appointments:who")
    assert not Person.rows.exists()


def test_a_page_that_comes_back_carries_what_it_now_stands_on(client, tab_a):
    begin_tab_b(client)
    refused = client.post(reverse(SEND), damaged(tab_a, "tampered") | {"phone": "words"})
    client.cookies.clear()
    assert client.post(reverse(SEND), tab_a | hidden(refused)).url == reverse(RECEIPT)
    assert asked_for(AppointmentRequest.rows.get()) == FOR_HERSELF


def test_the_answers_of_one_journey_do_not_open_in_the_other(client, play, tab_a):
    search = filled(client, begin_search(client, play.study))
    client.cookies.clear()
    sent = client.post(reverse(CONTACT), search | {TOLD: tab_a[TOLD]})
    assert sent.url == reverse("screening:safety")
    sent = client.post(reverse(SEND), tab_a | {TOLD: search[TOLD]})
    assert sent.url == reverse("appointments:safety")
    assert not Person.rows.exists()


def test_what_the_page_carries_says_nothing(client, play, tab_a, search_a):
    for values in (tab_a, search_a):
        for secret in ("immunotherapy", "someone", "metastatic", str(play.study.pk)):
            assert secret not in values[TOLD]


# -- Once is once, and what was corrected is not lost ----------------------------------------------
BEGIN = {SEND: begin_appointment, CONTACT: begin_search}
ROWS = {SEND: AppointmentRequest, CONTACT: Case}


@pytest.mark.parametrize("url", BEGIN)
def test_the_key_in_the_database_is_not_the_one_on_the_page_and_opens_nothing(client, play, url):
    values = filled(client, BEGIN[url](client))
    client.post(reverse(url), values)
    row = ROWS[url]._default_manager.get()
    assert str(row.submission_key) != values["key"]

    stranger = Client()
    BEGIN[url](stranger)
    for key in (str(row.submission_key), values["key"]):
        hers = {**filled(stranger, reverse(url), given_name="Eve"), "key": key}
        opened = stranger.get(stranger.post(reverse(url), hers).url)
        assert "Maria" not in page(opened)
        assert opened.context["reference"].about_id != row.pk
        BEGIN[url](stranger)


@pytest.mark.parametrize("url", BEGIN)
def test_the_same_form_corrected_is_a_second_request_with_its_own_receipt(client, play, url):
    values = filled(client, BEGIN[url](client))
    first = client.get(client.post(reverse(url), values).url).context["reference"]
    again = client.get(client.post(reverse(url), values).url).context["reference"]
    corrected = client.post(reverse(url), values | {"phone": "212 555 0178"})
    second = client.get(corrected.url).context["reference"]
    assert again == first != second
    assert "(212) 555-0178" in page(client.get(corrected.url))
    rows = ROWS[url]._default_manager.order_by("created_at")
    assert [one.possible_duplicate for one in rows] == [False, True]
    assert [one.person.phone for one in rows] == ["(212) 555-0177", "(212) 555-0178"]
