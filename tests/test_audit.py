"""Events: one canonical form, every look written down, and never a value that somebody typed."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import AppendOnlyError, Event
from clinic.audit.recording import Actor, record
from clinic.people.models import Person
from referrals.desk.models import Referral
from tests.builders import NOON, appointment_request, cast, pay, referral
from tests.journeys import (
    HELPER,
    begin_appointment,
    begin_search,
    open_house,
    page,
    send,
    signed_in,
)
from tests.phone_calls import save_call

pytestmark = pytest.mark.django_db


# -- The canonical form ----------------------------------------------------------------------------
def an_event(**changes):
    values = {
        "sequence": 7,
        "id": uuid.UUID(int=1),
        "at": datetime(2026, 11, 18, 17, 0, 0, 12, tzinfo=UTC),
        "actor_kind": "staff",
        "actor_id": str(uuid.UUID(int=2)),
        "verb": "close",
        "about_kind": "desk.referral",
        "about_id": uuid.UUID(int=3),
        "codes": {"to": "completed", "from": "accepted", "outcome": "joined"},
    }
    return Event(**(values | changes))


def test_the_canonical_form_is_these_very_bytes():
    """Whoever changes this breaks every seal that was ever made."""
    assert an_event().canonical() == (
        b'{"about_id":"00000000-0000-0000-0000-000000000003","about_kind":"desk.referral",'
        b'"actor_id":"00000000-0000-0000-0000-000000000002","actor_kind":"staff",'
        b'"at":"2026-11-18T17:00:00.000012Z",'
        b'"codes":{"from":"accepted","outcome":"joined","to":"completed"},'
        b'"id":"00000000-0000-0000-0000-000000000001","sequence":7,"verb":"close"}'
    )


@pytest.mark.parametrize(
    "zone",
    [ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo"), timezone(timedelta(minutes=-570))],
)
def test_an_instant_has_one_form_in_whatever_zone_it_is(zone):
    event = an_event()
    assert an_event(at=event.at.astimezone(zone)).canonical() == event.canonical()


def test_every_column_is_in_it():
    columns = {field.name for field in Event._meta.concrete_fields}
    assert set(json.loads(an_event().canonical())) == columns


def test_other_letters_are_themselves():
    assert "ñ".encode() in an_event(codes={"field": "año"}).canonical()


def test_it_is_the_same_before_and_after_the_database():
    codes = {"b": [1, "two", None], "a": {"y": True, "x": False}, "ñ": "…"}
    about = Event(id=uuid.uuid4())
    at = datetime(2026, 11, 1, 5, 30, 0, 999999, tzinfo=UTC)
    written = record("test", about=about_row(about), by=Actor("system", "test"), at=at, **codes)
    assert Event.objects.get(pk=written.pk).canonical() == written.canonical()


def about_row(event):
    """Any row with an id will do."""
    return Person(pk=event.id)


def test_events_are_in_one_order_and_no_instance_changes_them():
    made = [
        record("test", about=Person(pk=uuid.uuid4()), by=Actor("system", "test"), at=NOON)
        for _number in range(3)
    ]
    assert [one.pk for one in Event.objects.all()] == sorted(one.pk for one in made)
    for change in (made[0].save, made[0].delete, Event.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        Event.objects.update(verb="other")


# -- Every look at a person is written down --------------------------------------------------------
def new_reads(look):
    """What a look wrote down, as `(kind of the actor, what was looked at)`."""
    before = Event.objects.count()
    shown = look()
    assert shown.status_code == 200
    assert "Zzyzx" in page(shown), "nobody is shown: this proves nothing"
    events = Event.objects.order_by("sequence")[before:]
    return {(one.actor_kind, str(one.about_id)) for one in events if one.verb == "read"}


def test_every_page_of_colleagues_that_shows_somebody_is_written_down():
    play = cast()
    row, request = referral(play.study), appointment_request()
    pay()
    ana, sam = signed_in(play.ana), signed_in(play.sam)
    looks = [
        (ana, reverse("desk:list"), row),
        (ana, reverse("desk:list") + "?mine", row),
        (ana, reverse("desk:detail", args=[row.pk]), row),
        (sam, reverse("appointments:list"), request),
        (sam, reverse("appointments:detail", args=[request.pk]), request),
    ]
    for browser, address, about in looks:
        assert ("staff", str(about.pk)) in new_reads(partial(browser.get, address)), address


def test_a_form_that_comes_back_with_an_error_is_a_look_too():
    play = cast()
    row = referral(play.study)
    pay()
    before = Event.objects.filter(verb="read").count()
    shown = signed_in(play.ana).post(reverse("desk:log", args=[row.pk]), {"result": ""})
    assert shown.status_code == 422
    assert Event.objects.filter(verb="read").count() == before + 1


def test_her_own_pages_are_written_down(client):
    open_house()
    send(client, begin_appointment(client))
    person = Person.rows.get()
    for name in ("requests:detail", "requests:contact"):
        reads = new_reads(partial(client.get, reverse(name)))
        assert {kind for kind, _about in reads} == {"person"}
    assert set(Event.objects.filter(verb="read").values_list("actor_id", flat=True)) == {
        str(person.pk)
    }


def test_who_may_not_look_is_not_written_down():
    play = cast()
    row = referral(play.study)
    pay()
    before = Event.objects.count()
    assert signed_in(play.chloe).get(reverse("desk:detail", args=[row.pk])).status_code == 404
    assert Event.objects.count() == before


# -- Names of fields, never values -----------------------------------------------------------------
CANARY = "Qwzzyx"
TYPED = {
    "given_name": f"{CANARY}given",
    "family_name": f"{CANARY}family",
    "phone": "212 555 0133",
    "email": f"{CANARY.lower()}@example.org",
    "postal_address": f"1 {CANARY} Street",
    "contact_note": f"{CANARY} before noon",
    "note": f"{CANARY} I can't breathe",
}
KEYS = {
    "absence",
    "before",
    "channel",
    "coordinator",
    "directory",
    "error",
    "fields",
    "from",
    "key",
    "kind",
    "outcome",
    "owner",
    "password_set",
    "place",
    "reason",
    "resolution",
    "result",
    "roles",
    "rows",
    "shown",
    "terms",
    "tier",
    "to",
    "word",
}
"""Every key an event may carry; a new one is added here by whoever knows that it holds a code."""
CODE = re.compile(r"[a-z0-9_.\- ]{0,60}")


def is_code(value):
    """A code, an id, the name of a field or a place; a list of them; a number or a yes or no."""
    if isinstance(value, list):
        return all(is_code(one) for one in value)
    return value is None or isinstance(value, bool | int) or bool(CODE.fullmatch(str(value)))


def a_whole_day(play):
    """She asks, corrects, changes her mind; colleagues list, read, take, log and close."""
    browser = Client()
    send(browser, begin_appointment(browser), **TYPED)
    browser.get(reverse("requests:detail"))
    browser.post(reverse("requests:contact"), TYPED | {"contact_note": f"{CANARY} after four"})
    helper = Client(REMOTE_ADDR="192.0.2.7")
    send(helper, begin_search(helper, play.study, who="someone"), **HELPER | TYPED)
    sam, ana = signed_in(play.sam), signed_in(play.ana)
    save_call(sam, **TYPED)
    pay(clock.now() + timedelta(minutes=1))
    for row, browser, room in (
        (AppointmentRequest.rows.first(), sam, "appointments"),
        (Referral.rows.first(), ana, "desk"),
    ):
        verbs = ("take", "close") if room == "appointments" else ("accept", "close")
        browser.get(reverse(f"{room}:list"))
        browser.get(reverse(f"{room}:detail", args=[row.pk]))
        browser.get(reverse("calls:list"))
        browser.post(reverse(f"{room}:{verbs[0]}", args=[row.pk]))
        note = {"key": str(uuid.uuid4()), "channel": "phone", "note": f"{CANARY} chest pain"}
        browser.post(reverse(f"{room}:log", args=[row.pk]), note | {"result": "reached"})
        browser.post(reverse(f"{room}:close", args=[row.pk]), {"outcome": "not_wanted"})
    browser.post(reverse("staff:find"), {"query": f"{CANARY}given 0133"})


def test_no_event_of_a_whole_day_holds_a_value():
    play = cast(at=clock.now())
    a_whole_day(play)
    events = list(Event.objects.all())
    verbs = {one.verb for one in events}
    assert {"ask", "refer", "correct_contact", "urgent_words", "attempt", "close", "read"} <= verbs
    assert {key for one in events for key in one.codes} - KEYS == set()
    for one in events:
        assert all(is_code(value) for value in one.codes.values()), one.canonical()
        assert not re.search(CANARY, one.canonical().decode(), re.IGNORECASE)
        assert "555" not in "".join(str(value) for value in one.codes.values() if not is_id(value))


def is_id(value):
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True
