"""Asking for an appointment, from the first page to the receipt and the scheduler's list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.appointments import codes
from clinic.appointments.models import AppointmentRequest
from clinic.appointments.views import JOURNEY
from clinic.audit.models import Event
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.consents import wordings
from clinic.people.models import Consent, Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.places.models import ContactPoint
from tests.builders import colleague, pay
from tests.journeys import (
    APPOINTMENT,
    HELPER,
    begin_appointment,
    filled,
    open_house,
    open_request,
    page,
    send,
    staff_of_appointments,
    title,
    walk,
    words,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house():
    open_house()


def url(name):
    return reverse(f"appointments:{name}")


def receipt(response, client):
    assert response.status_code == 302, page(response)
    assert response.url == reverse("requests:detail")
    return client.get(response.url)


def test_every_page_leads_to_the_next_and_the_last_to_the_receipt(client):
    assert client.get(url("start")).url == url("safety")
    for name, following in zip(APPOINTMENT, [*list(APPOINTMENT)[1:], "send"], strict=True):
        shown = client.get(url(name))
        assert shown.status_code == 200
        assert page(shown).count("<h1") == 1
        assert client.post(url(name), APPOINTMENT[name]).url == url(following)
    text = words(receipt(send(client, url("send")), client))
    assert "We have your request for an appointment" in text
    assert AppointmentRequest.rows.count() == 1


def test_what_is_stored_is_what_she_said(client):
    send(client, begin_appointment(client), note="Please ring twice.")
    row = AppointmentRequest.rows.select_related("person").get()
    assert (row.reason, row.preferred_time, row.channel) == ("immunotherapy", "morning", "web")
    assert (row.status, row.owner, row.note) == ("requested", None, "Please ring twice.")
    assert row.person.full_name == "Maria Zzyzx"
    assert row.person.birth_date == "1972-04-27"
    assert (row.person.phone, row.person.email) == ("(212) 555-0177", "maria@example.org")
    assert not row.person.may_leave_voicemail
    reference = Reference.rows.get(about_id=row.pk)
    assert (reference.person, reference.about_kind) == (
        row.person,
        "appointments.appointmentrequest",
    )
    assert Event.objects.filter(about_id=row.pk, actor_id=str(row.person.pk)).exists()


def test_the_consent_points_at_the_words_on_screen(client):
    # Nothing sends text messages yet, so nobody is asked; a tick that no box offered is no yes.
    assert "agree_sms" not in page(client.get(begin_appointment(client)))
    send(client, begin_appointment(client), agree_sms="on")
    live = wordings(ConsentKind, "en", at=timezone.now())
    consent = Consent.rows.get()
    assert (consent.kind, consent.text_version) == ("contact", live["contact"])
    assert (consent.method, consent.language, consent.witness) == ("web", "en", None)
    assert consent.given_by == consent.person


def test_one_effect_is_owed_and_paying_it_puts_the_request_in_a_named_list(client):
    sam = staff_of_appointments()
    send(client, begin_appointment(client))
    assert [one.kind for one in Effect.objects.all()] == [codes.ROUTE]
    pay(timezone.now())
    row = AppointmentRequest.rows.get()
    assert (row.status, row.owner) == ("received", sam)
    client.force_login(sam)
    assert "Maria Zzyzx" in page(client.get(url("list")))


def test_each_step_says_which_it_is_of_how_many(client):
    begin_appointment(client)
    names = ("who", "reason", "time", "send")
    for number, name in enumerate(names, start=1):
        text = words(client.get(reverse(f"appointments:{name}")))
        assert f"Step {number} of 4" in text
    assert "Step " not in words(client.get(reverse("appointments:safety")))


def test_the_receipt_says_who_calls_by_when_and_prints(client):
    sam = staff_of_appointments()
    sent = send(client, begin_appointment(client))
    pay(timezone.now())
    shown = receipt(sent, client)
    row, reference = AppointmentRequest.rows.get(), Reference.rows.get()
    text = words(shown)
    due = date_format(timezone.localtime(row.due_at), "l, F j, P")
    assert f"{sam.full_name} will call you by {due}" in text
    assert row.due_at > timezone.now()
    assert reference.spoken in text
    assert ContactPoint.objects.get(role="appointments").display in text
    assert ContactPoint.objects.get(role="night").display in text
    assert re.search(r'href="http://testserver/r/[\w-]{43}/"', page(shown))
    assert "Print this page" in text
    assert 'class="no-print"' in page(shown)
    assert title(shown) == "Your request"


def test_before_anybody_has_it_the_receipt_names_the_team(client):
    text = words(receipt(send(client, begin_appointment(client)), client))
    assert "A colleague from appointments will call you by" in text


def test_a_near_date_for_treatment_brings_the_call_forward(client):
    near = timezone.localdate() + timedelta(days=7)
    boxes = {"month": near.month, "day": near.day, "year": near.year}
    send(client, begin_appointment(client), **{f"treatment_on_{k}": v for k, v in boxes.items()})
    client.cookies.clear()
    send(client, begin_appointment(client), phone="212 555 0178", email=None)
    soon, usual = AppointmentRequest.rows.order_by("created_at")
    assert soon.treatment_date == near.isoformat()
    assert soon.due_at < usual.due_at


@pytest.mark.parametrize("name", [*list(APPOINTMENT)[1:], "send"])
def test_a_page_before_its_turn_goes_to_the_first_one_missing(client, name):
    assert client.get(url(name)).url == url("safety")
    assert client.post(url(name), APPOINTMENT.get(name, {"x": "y"})).url == url("safety")
    walk(client, {"safety": APPOINTMENT["safety"]}, room="appointments")
    if name != "who":
        assert client.get(url(name)).url == url("who")


def test_back_keeps_every_answer(client):
    begin_appointment(client)
    checked = r'value="{}"[^>]*checked'
    assert re.search(checked.format("me"), page(client.get(url("who"))))
    assert re.search(checked.format("immunotherapy"), page(client.get(url("reason"))))
    assert re.search(checked.format("morning"), page(client.get(url("time"))))
    client.post(url("reason"), {"reason": "new"})
    assert re.search(checked.format("morning"), page(client.get(url("time"))))
    summary = words(client.get(url("send")))
    assert "I was just told that I have breast cancer" in summary
    assert "Mornings" in summary


def test_very_ill_gets_numbers_and_nothing_is_kept(client):
    begin_appointment(client)
    shown = client.post(url("safety"), {"very_ill": "yes"})
    text = words(shown)
    assert "911" in text
    assert ContactPoint.objects.get(role="night").display in text
    assert client.cookies[JOURNEY.name].value == ""
    assert (
        Person.rows.count()
        == Effect.objects.count()
        == Event.objects.filter(actor_kind="person").count()
        == 0
    )
    assert client.get(url("send")).url == url("safety")


def test_a_helper_is_the_one_who_is_called(client):
    address = begin_appointment(client, who={"who": "someone"})
    assert "phone number, e-mail and address below are yours" in words(client.get(address))
    shown = receipt(send(client, address, **HELPER), client)
    row = AppointmentRequest.rows.get()
    helper = row.person.helpers.get()
    assert (row.person.full_name, row.person.phone, row.person.email) == ("Maria Zzyzx", "", "")
    assert (helper.person.full_name, helper.relationship) == ("Hannah Zzyzx", "child")
    assert (helper.person.phone, helper.patient_knows) == ("(212) 555-0177", True)
    assert Consent.rows.get().given_by == helper.person
    assert Consent.rows.get().person == row.person
    assert "Hannah Zzyzx" in words(shown)


def test_a_helper_may_ask_us_to_speak_to_the_patient_first(client):
    address = begin_appointment(client, who={"who": "someone"})
    asked = {**HELPER, "speak_first": "patient"}
    assert "so that we can speak to them first" in words(send(client, address, **asked))
    receipt(send(client, address, **asked, patient_phone="(212) 555-0199"), client)
    sam = staff_of_appointments()
    pay(timezone.now())
    client.force_login(sam)
    row = AppointmentRequest.rows.get()
    text = words(client.get(reverse("appointments:detail", args=[row.pk])))
    # Each stands with her own numbers, so that nobody is called by the other's name.
    assert "Maria Zzyzx , born 1972-04-27 speak to first (212) 555-0199" in text
    assert "Son or daughter Hannah Zzyzx (212) 555-0177" in text


def error_at(response, name):
    """What is said beside a field; the summary leads to it."""
    assert re.search(rf'<a href="#id_{name}[^"]*">', page(response))
    found = re.search(rf'id="id_{name}_error"[^>]*>(.*?)</p>', page(response), re.DOTALL)
    return found[1] if found else ""


def test_who_does_not_know_yet_is_not_called_first(client):
    address = begin_appointment(client, who={"who": "someone"})
    asked = {**HELPER, "patient_knows": "no", "speak_first": "patient"}
    refused = send(client, address, **asked, patient_phone="(212) 555-0199")
    assert "They do not know yet. Choose yourself" in error_at(refused, "speak_first")
    assert not AppointmentRequest.rows.exists()
    mended = {**asked, "speak_first": "helper"}
    receipt(send(client, address, **mended, patient_phone="(212) 555-0199"), client)
    assert not AppointmentRequest.rows.get().person.helpers.get().patient_knows


def test_the_patients_phone_alone_is_enough(client):
    address = begin_appointment(client, who={"who": "someone"})
    ways = {"phone": None, "email": None, "patient_phone": "(212) 555-0199"}
    receipt(send(client, address, **HELPER, **ways), client)
    staff_of_appointments()
    pay(timezone.now())
    row, task = AppointmentRequest.rows.get(), CallTask.rows.get()
    assert (row.person.phone, task.person) == ("(212) 555-0199", row.person)


def test_the_phone_of_a_patient_who_does_not_know_is_no_way_to_reach_the_helper(client):
    address = begin_appointment(client, who={"who": "someone"})
    asked = {**HELPER, "patient_knows": "no", "patient_phone": "(212) 555-0199"}
    refused = send(client, address, **asked, phone=None, email=None)
    assert "Give us one way to reach you" in error_at(refused, "phone")
    assert not AppointmentRequest.rows.exists()


def test_with_a_phone_alone_a_named_person_owes_the_call(client):
    sam, tess = staff_of_appointments(), colleague("tess", roles.SCHEDULER)
    sent = send(client, begin_appointment(client), email=None)
    pay(timezone.now())
    row = AppointmentRequest.rows.get()
    task = CallTask.rows.get()
    assert (task.assigned_to, task.due_at, task.channel) == (row.owner, row.due_at, "phone")
    assert "will call you by" in words(receipt(sent, client))
    other = tess if row.owner == sam else sam
    client.force_login(row.owner)
    text = words(client.get(reverse("calls:list")))
    assert "Maria Zzyzx" in text
    assert "(212) 555-0177" in text
    client.force_login(other)
    assert "Maria" not in page(client.get(reverse("calls:list")))


def test_with_a_postal_address_alone_a_letter_is_owed(client):
    staff_of_appointments()
    sent = send(
        client,
        begin_appointment(client),
        phone=None,
        email=None,
        postal_address="12 Elm Street\r\nSpringfield, NY 10003",
    )
    pay(timezone.now())
    assert CallTask.rows.get().channel == "post"
    assert Person.rows.get().postal_address == "12 Elm Street\nSpringfield, NY 10003"
    assert "will write to you by" in words(receipt(sent, client))


def test_with_an_email_alone_a_message_goes_out_and_nobody_owes_a_call(client):
    staff_of_appointments()
    send(client, begin_appointment(client), phone=None)
    pay(timezone.now())
    assert not CallTask.rows.exists()
    to_her = [one for one in mail.outbox if one.to == ["maria@example.org"]]
    assert len(to_her) == 1
    assert Reference.rows.get().spoken in to_her[0].body


def test_her_request_opens_again_by_its_reference(client):
    send(client, begin_appointment(client))
    client.cookies.clear()
    assert client.get(reverse("requests:detail")).url == reverse("requests:open")
    opened = open_request(client, Reference.rows.get().spoken)
    assert opened.url == reverse("requests:detail")


def test_the_answers_are_forgotten_once_sent(client):
    values = filled(client, begin_appointment(client))
    client.post(url("send"), values)
    assert client.cookies[JOURNEY.name].value == ""
    assert client.get(url("send")).url == url("safety")


def test_a_second_request_with_the_same_phone_and_birth_date_is_flagged_not_dropped(client):
    for _time in range(2):
        client.cookies.clear()
        send(client, begin_appointment(client))
    first, second = AppointmentRequest.rows.order_by("created_at")
    assert (first.possible_duplicate, second.possible_duplicate) == (False, True)


def test_the_spanish_way_stays_spanish(client):
    first = client.get("/es/appointments/")
    assert first.url == "/es/appointments/safety/"
    assert client.post(first.url, {"very_ill": "no"}).url == "/es/appointments/for/"


def test_nothing_about_her_stands_in_any_address(client):
    addresses = [url("start")]
    for name, values in APPOINTMENT.items():
        addresses.append(client.post(url(name), values).url)
    addresses.append(send(client, url("send")).url)
    for address in addresses:
        assert "?" not in address
        assert not re.search("maria|cancer|immuno|1972-|555.?0177", address, re.IGNORECASE)
