"""Before a colleague calls: whose phone it is, how late it is there, and what may be said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people import roles
from clinic.people.models import Person
from clinic.people.safe_contact import safe_contact, zone_of
from clinic.quiet_hours import may_ring, next_ring
from tests import builders
from tests.builders import NOON, later
from tests.journeys import signed_in, words

NEW_YORK = ZoneInfo("America/New_York")
HOURS = re.compile(r" there[:.] (you may call|Call from)")
"""What stands beside a number, by day and by night."""


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# -- The hours -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("local", "rings", "from_"),
    [
        ("2026-11-18T07:59:59", False, "2026-11-18T08:00"),
        ("2026-11-18T08:00", True, "2026-11-18T08:00"),
        ("2026-11-18T20:59:59", True, "2026-11-18T20:59:59"),
        ("2026-11-18T21:00", False, "2026-11-19T08:00"),
        ("2026-11-18T00:00", False, "2026-11-18T08:00"),
        # The nights on which the clocks change.
        ("2026-11-01T01:30", False, "2026-11-01T08:00"),
        ("2027-03-13T22:00", False, "2027-03-14T08:00"),
        ("2026-12-31T23:00", False, "2027-01-01T08:00"),
    ],
)
def test_a_phone_may_ring_from_eight_to_nine(local, rings, from_):
    assert may_ring(at(local), NEW_YORK) is rings
    assert next_ring(at(local), NEW_YORK) == at(from_)


def test_hours_are_those_of_the_place_where_she_is():
    late = at("2026-11-18T22:00")
    assert may_ring(late, ZoneInfo("America/Los_Angeles"))
    assert not may_ring(late, NEW_YORK)
    assert next_ring(late, ZoneInfo("Pacific/Honolulu")) == late


# -- The rules -------------------------------------------------------------------------------------
def person(**changes):
    values = {"given_name": "Maria", "phone": "(212) 555-0177", "language": "en"}
    return Person(**(values | changes))


def test_the_rules_for_one_number():
    safe = safe_contact(person(contact_note="After 4 pm."), at=NOON)
    assert (safe.ask_for, safe.phone, safe.dial) == ("Maria", "(212) 555-0177", "2125550177")
    assert (safe.may_leave_voicemail, safe.before_calling) == (False, "After 4 pm.")
    assert safe.may_call_now is True
    assert safe.needs_interpreter is False


def test_at_night_it_says_from_when():
    safe = safe_contact(person(), at=later(hours=10))
    assert safe.may_call_now is False
    assert safe.call_from == datetime(2026, 11, 19, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [({}, False), ({"language": "es"}, True), ({"needs_interpreter": True}, True)],
)
def test_another_language_is_a_need_for_an_interpreter(changes, wanted):
    assert safe_contact(person(**changes), at=NOON).needs_interpreter is wanted


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("", "America/New_York"),
        ("America/Chicago", "America/Chicago"),
        ("Mars/Olympus", "America/New_York"),
        ("../etc/passwd", "America/New_York"),
        ("America", "America/New_York"),
    ],
)
def test_her_zone_or_else_the_centres(typed, used):
    assert zone_of(person(time_zone=typed)).key == used


# -- On the pages ----------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("place", ["request", "call"])
def test_every_number_has_its_rules_beside_it(place):
    sam = builders.colleague("sam", roles.SCHEDULER)
    people = builders.intake(email="", language="es", contact_note="Ask for Mari.")
    request = builders.appointment_request(at=timezone.now(), people=people)
    builders.pay(timezone.now())
    detail = reverse("appointments:detail", args=[request.pk])
    text = words(signed_in(sam).get(reverse("calls:list") if place == "call" else detail))
    assert "No voicemail." in text
    assert "Before calling: Ask for Mari." in text
    assert "Ask for Maria. Say only your first name and “Riverside Center”." in text
    assert "If someone else answers, say nothing more, and call again later." in text
    assert "Interpreter line: Free interpreter: (212) 555-0140" in text
    assert "(Spanish)" in text
    assert len(HOURS.findall(text)) == 1


@pytest.mark.django_db
def test_her_hour_is_read_in_her_zone():
    sam = builders.colleague("sam", roles.SCHEDULER)
    request = builders.appointment_request(at=timezone.now())
    # The two zones are a day apart less one hour, so one of them sleeps whenever this runs.
    shown = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Madrid"):
        Person.rows.filter(pk=request.person_id).update(time_zone=zone)
        detail = reverse("appointments:detail", args=[request.pk])
        text = words(signed_in(sam).get(detail))
        shown |= set(HOURS.findall(text))
    assert shown == {"you may call", "Call from"}


# -- A patient who does not know of the request ----------------------------------------------------
def contact_shown(*, knows):
    sam = builders.colleague("sam", roles.SCHEDULER)
    people = builders.helped()
    helper = replace(people.helper, patient_knows=knows)
    patient = replace(people.patient, phone="(212) 555-0188")
    told = replace(people, patient=patient, helper=helper)
    request = builders.appointment_request(at=timezone.now(), people=told)
    builders.pay(timezone.now())
    return words(signed_in(sam).get(reverse("appointments:detail", args=[request.pk])))


@pytest.mark.django_db
def test_who_does_not_know_yet_is_not_to_be_called():
    shown = contact_shown(knows=False)
    _before, _helper, patient = shown.partition("(212) 555-0188")
    assert "Does not know of this request yet: do not call" in patient
    assert "Ask for Maria" not in shown
    assert "Ask for Hannah" in shown


@pytest.mark.django_db
def test_whoever_is_spoken_to_first_stands_first():
    shown = contact_shown(knows=True)
    assert "do not call" not in shown
    assert "Ask for Maria" in shown
    assert shown.index("Ask for Hannah") < shown.index("Ask for Maria")
