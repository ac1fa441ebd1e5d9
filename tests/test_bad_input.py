"""What people, browsers, scanners and bad luck send: each is answered clearly, nothing is lost."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.outbox.models import Effect
from clinic.people.models import Consent, Person, Reference
from clinic.places.models import ContactPoint
from referrals.desk.models import Case
from tests.builders import cast, pay
from tests.journeys import (
    ANSWERS,
    APPOINTMENT,
    HELPER,
    REQUEST_TABLES,
    assert_nothing_is_stored,
    begin_appointment,
    begin_search,
    boxes,
    filled,
    open_house,
    page,
    send,
    staff_of_appointments,
    title,
    walk,
    words,
)
from tests.races import at_once

HOSTILE = {
    "empty": "",
    "blank": " \t ",
    "over-long": "long " * 1000,
    "emoji": "😀 👩‍👩‍👧",
    "right-to-left": "שלום עולם",
    "override": "\u202e7710 555 212",
    "control": "a\x07\x1b[31mb",
    "nul": "a\x00b",
    "script": "<script>alert(1)</script>",
    "attribute": "\"' autofocus onfocus=alert(1) x='",
    "endless number": "9" * 5000,
    "superscript": "²",
    "negative": "-1",
    "format": "{0.__class__} %s %(x)s {{ request }} {% now %}",
    "statement": "'; DROP TABLE people_person; --",
    "lines": "one\r\nBcc: two@example.org",
}
SEND = "appointments:send"


@pytest.fixture
def house(db):
    open_house()


@pytest.fixture
def play(db):
    return cast(at=timezone.now())


def text_inputs(response):
    """The names of the boxes one can type in."""
    content = response.content.decode()
    tags = re.findall(r"<(?:input|textarea)[^>]*>", content)
    typed = [tag for tag in tags if not re.search(r'type="(hidden|radio|checkbox|submit)"', tag)]
    return [re.search(r'name="([^"]*)"', tag)[1] for tag in typed]


def all_inputs(response):
    """The names of everything the page sends."""
    names = re.findall(r'<(?:input|textarea|select)[^>]*name="([^"]*)"', response.content.decode())
    return sorted(set(names) - {"csrfmiddlewaretoken"})


def error_at(response, name):
    """The message beside one input; its summary line leads to the same place."""
    content = page(response)
    assert title(response).startswith("Error:")
    assert re.search(rf'<a href="#id_{name}[^"]*">', content), content
    return re.search(rf'id="id_{name}_error"[^>]*>(.*?)</', content, re.DOTALL)


# -- Every field of every public form, every hostile value --------------------------------------


def begun_appointment(client):
    return begin_appointment(client)


def begun_for_someone(client):
    return begin_appointment(client, who={"who": "someone"})


def opened_contact(client):
    send(client, begin_appointment(client))
    return reverse("requests:contact")


FORMS = {
    "for herself": begun_appointment,
    "for someone": begun_for_someone,
    "trials": begin_search,
    "correct contact": opened_contact,
    "open": lambda _client: reverse("requests:open"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_field_takes_every_hostile_value(client, house, form, hostile):
    url, value = FORMS[form](client), HOSTILE[hostile]
    shown = client.get(url)
    # Without this tick, or with this month, no form is accepted: each answer is the form again.
    sent = (
        filled(client, url) | HELPER | {"birth_date_month": "13", "phone": "x", "email": "x"}
    ) | {"agree_contact": ""}
    before = {table: table._default_manager.count() for table in REQUEST_TABLES}
    for name in all_inputs(shown):
        response = client.post(url, sent | {name: value})
        assert response.status_code == 200, (name, response.status_code)
        content = response.content.decode()
        assert "<script>alert" not in content
        assert 'onfocus=alert(1) x="' not in content
        if name in text_inputs(shown) and value.strip():
            assert html.escape(value) in content, name
    assert before == {table: table._default_manager.count() for table in REQUEST_TABLES}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_short_questions_take_every_hostile_value(client, house, hostile):
    value = HOSTILE[hostile]
    begin_appointment(client)
    for name, values in APPOINTMENT.items():
        url = reverse(f"appointments:{name}")
        response = client.post(url, dict.fromkeys(values, value))
        assert response.status_code == 200
        assert title(response).startswith("Error:")
    walk(client, {"safety": {"very_ill": "no"}, "who": {"who": "me"}}, room="screening")
    for slug, values in ANSWERS.items():
        url = reverse(f"screening:{slug}")
        assert client.post(url, dict.fromkeys(values, value)).status_code < 400
    assert client.post(reverse("screening:results"), {"studies": value}).status_code < 400
    assert client.get(
        reverse("requests:link", args=["x" + value.replace("/", "") or "x"])
    ).status_code in (404, 410)


@pytest.mark.parametrize(
    "body", [b"given_name=%ff%fe&key=%00", b"%", b"&&==", b"given_name=%ED%A0%80"]
)
def test_bytes_that_are_no_text(client, house, body):
    url = begin_appointment(client)
    response = client.post(url, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "values", [{"note": "x" * 1_100_000}, {f"field{number}": "x" for number in range(600)}]
)
def test_a_post_beyond_all_measure_is_refused_with_a_number_to_call(client, house, values):
    url = begin_appointment(client)
    response = client.post(
        url,
        "&".join(f"{k}={v}" for k, v in values.items()),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert ContactPoint.objects.get(role="main").display in page(response)


# -- Names in any script, scripts as text -------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("María-José O’Neill", "María-José O’Neill"),
        ("שרה لیلا", "שרה لیلا"),
        ("😀", "😀"),
        ("A\x00n\x07a\u202e", "Ana"),
        ("  Ana  ", "Ana"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_name_is_kept_as_she_writes_it_and_shown_as_text_everywhere(client, house, typed, kept):
    sam, url = staff_of_appointments(), begin_appointment(client)
    sent = send(
        client, url, given_name=typed, family_name="", note=typed, contact_note=typed, email=None
    )
    assert sent.status_code == 302
    pay(timezone.now())
    row = AppointmentRequest.rows.get()
    assert (row.person.full_name, row.note, row.person.contact_note) == (kept, kept, kept)
    shown = [client.get(reverse("requests:detail")), client.get(reverse("requests:contact"))]
    client.force_login(sam)
    places = [
        reverse("appointments:list"),
        reverse("appointments:detail", args=[row.pk]),
        reverse("calls:list"),
    ]
    shown += [client.get(place) for place in places]
    for response in shown:
        assert response.status_code == 200
        assert html.escape(kept) in response.content.decode()
        assert "<script>alert" not in response.content.decode()
    admin = client.get(reverse("admin:appointments_appointmentrequest_change", args=[row.pk]))
    assert admin.status_code == 200
    assert kept not in page(admin)


# -- What is wrong is said beside the field ------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"given_name": ""}, "given_name", "Enter a first name"),
        ({"given_name": "x" * 81}, "given_name", "Shorten this to 80 characters. It has 81."),
        ({"email": "maria.example.org"}, "email", "with an @ and a dot"),
        ({"email": "maria@"}, "email", "with an @ and a dot"),
        ({"phone": "two one two"}, "phone", "with digits"),
        ({"phone": "555"}, "phone", "all 10 digits"),
        (boxes("birth_date", 2, 31, 1972), "birth_date", "February 31, 1972 is not a real date"),
        (boxes("birth_date", 13, 1, 1972), "birth_date", "month as a number from 1 to 12"),
        (boxes("birth_date", "", "", ""), "birth_date", "Date of birth"),
        (boxes("birth_date", 4, "", 1972), "birth_date", "still needs: day"),
        ({"agree_contact": ""}, "agree_contact", "Tick this box"),
        ({"phone": "", "email": ""}, "phone", "one way to reach you"),
        ({"language": "xx"}, "language", "Choose one of the answers"),
        (boxes("treatment_on", 2, 30, 2026), "treatment_on", "not a real date"),
        (boxes("treatment_on", 1, 1, 9999), "treatment_on", "Check the year"),
        ({"note": "x" * 1001}, "note", "Shorten this to 1000 characters"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_the_rest_is_kept(client, house, changes, name, said):
    response = send(client, begin_appointment(client), **changes)
    assert response.status_code == 200
    assert error_at(response, name)
    assert said in words(response)
    kept = {"family_name": "Zzyzx", **{k: v for k, v in changes.items() if v and k != "language"}}
    for value in kept.values():
        assert html.escape(value) in response.content.decode()
    assert_nothing_is_stored()


@pytest.mark.parametrize("years", [121, 130, 500, -1])
def test_an_age_nobody_has_is_an_error_at_the_field(client, house, years):
    born = timezone.localdate().year - years
    response = send(client, begin_appointment(client), **boxes("birth_date", 1, 1, born))
    assert error_at(response, "birth_date")
    assert "Check the year" in words(response)
    assert f'value="{born}"' in page(response)
    assert_nothing_is_stored()


@pytest.mark.parametrize("begin", [begun_appointment, begun_for_someone, begin_search])
def test_a_child_is_met_kindly_and_nothing_is_stored(client, play, begin):
    events = Event.objects.count()
    born = boxes("birth_date", 1, 1, timezone.localdate().year - 7)
    url = begin(client)
    response = send(client, url, **HELPER, **born)
    text = words(response)
    assert response.status_code == 200
    assert "a team just for children and teenagers" in text
    assert ContactPoint.objects.get(role="pediatric").display in text
    assert "stored nothing" in text
    assert_nothing_is_stored()
    assert Event.objects.count() == events
    # The page says: was the year wrong, go back. So going back must work.
    assert send(client, url, **HELPER).url == reverse("requests:detail")


def test_the_day_before_the_eighteenth_birthday_is_a_child(client, house):
    tomorrow = timezone.localdate() + timedelta(days=1)
    year = tomorrow.year - 18
    if (tomorrow.month, tomorrow.day) == (2, 29):
        year -= 4
    born = boxes("birth_date", tomorrow.month, tomorrow.day, year)
    url = begin_appointment(client)
    if year == tomorrow.year - 18:
        assert send(client, url, **born).status_code == 200
        assert_nothing_is_stored()
    today = timezone.localdate()
    grown = boxes("birth_date", today.month, 1, today.year - 18)
    assert send(client, url, **grown).url == reverse("requests:detail")


# -- Twice --------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [begun_appointment, begin_search])
def test_the_same_form_sent_twice_gives_the_same_receipt(client, play, begin):
    url = begin(client)
    values = filled(client, url)
    spoken = []
    for _time in range(3):
        response = client.post(url, values)
        assert response.url == reverse("requests:detail")
        spoken.append(client.get(response.url).context["reference"].code)
    assert len(set(spoken)) == 1
    assert Reference.rows.count() == Person.rows.count() == 1
    assert AppointmentRequest.rows.count() + Case.rows.count() == 1
    assert Effect.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begin", [begun_appointment, begin_search])
def test_the_same_form_sent_six_times_at_once_is_one_request(client, transactional_db, begin):
    cast(at=timezone.now())
    url = begin(client)
    values = filled(client, url)

    def press(_number):
        browser = Client()
        browser.cookies.update(client.cookies)
        response = browser.post(url, values)
        return response.status_code, browser.get(response.url).context["reference"].code

    results = at_once(press, threads=6)
    assert {status for status, _code in results} == {302}
    assert len({code for _status, code in results}) == 1
    assert Reference.rows.count() == Person.rows.count() == Consent.rows.count() == 1
    assert AppointmentRequest.rows.count() + Case.rows.count() == 1


def test_a_strangers_key_that_was_never_sent_opens_nothing(client, house):
    response = client.post(reverse(SEND), {"key": str(uuid.uuid4())})
    assert response.url == reverse("appointments:safety")
    assert client.get(reverse("requests:detail")).url == reverse("requests:open")
