"""Trying to reach her: what is due next after a try, and a list that loses nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.people.models.attempt import AttemptResult
from clinic.people.models.person import ConsentKind
from clinic.people.staff_views import PAGE_SIZE
from clinic.places.models import Closure
from referrals.desk import verbs
from referrals.desk.models import Referral
from tests.builders import (
    NOON,
    agreed,
    appointment_request,
    case,
    cast,
    later,
    pay,
    referral,
    submission,
    tried,
)
from tests.journeys import page, signed_in

pytestmark = pytest.mark.django_db

DESKS = ("desk", "appointments")
MISSES = [one for one in AttemptResult if one != AttemptResult.REACHED]
HALF_DAY, NEXT_DAY = later(hours=4), later(hours=23)
# By hand: nine hours a day, from Wednesday noon over one weekend.
THREE_DAYS, WEEK = later(days=4, hours=21), later(days=6, hours=4)


@pytest.fixture
def play():
    return cast()


def a_row(play, desk, **changes):
    """Something to be called about, asked on a Wednesday at noon, and who calls."""
    if desk == "desk":
        return referral(play.study, **changes), play.ana
    return appointment_request(**changes), play.sam


def log(row, logged, *, by, at=NOON):
    room = verbs if isinstance(row, Referral) else appointment_verbs
    room.log_attempt(row, logged, by=by, at=at)
    row.refresh_from_db()


def last_attempt(row):
    return row.attempts.last()


def overdue(row, at):
    return type(row)._default_manager.overdue(at=at).filter(pk=row.pk).exists()


# -- What is due next ------------------------------------------------------------------------------
@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize(
    ("result", "next_try", "due"),
    [
        *((miss, "", NEXT_DAY) for miss in MISSES),
        ("no_answer", "4", HALF_DAY),
        ("no_answer", "8", NEXT_DAY),
        ("voicemail", "24", THREE_DAYS),
        ("call_back", "40", WEEK),
        ("wrong_number", "none", None),
        ("reached", "", None),
        ("reached", "none", None),
        ("reached", "8", NEXT_DAY),
        ("reached", "40", WEEK),
    ],
)
def test_the_next_step_is_due_as_the_colleague_said(play, desk, result, next_try, due):
    row, user = a_row(play, desk)
    log(row, tried(result, next_try=next_try), by=user)
    assert row.next_at == last_attempt(row).next_try_at == due


@pytest.mark.parametrize(
    ("preferred", "hours"), [("any", 23), ("morning", 23), ("afternoon", 23 + 6)]
)
def test_who_asked_for_an_afternoon_is_not_promised_a_morning(play, preferred, hours):
    sent = submission(agreed=agreed(ConsentKind.CONTACT))
    wish = appointment_verbs.Wish("new", preferred)
    appointment_verbs.ask(sent, wish=wish, at=NOON)
    row = AppointmentRequest.rows.get()
    assert row.due_at == row.next_at == later(hours=hours)


def test_the_next_step_keeps_to_the_hours_of_the_centre(play):
    row, user = a_row(play, "desk")
    log(row, tried("no_answer", next_try="4"), by=user, at=later(hours=3))
    assert row.next_at == later(hours=22), "Thursday at ten: closed from five to eight"
    Closure.objects.create(day=later(days=1).date())
    log(row, tried("no_answer", next_try="4"), by=user, at=later(hours=3))
    assert row.next_at == later(days=1, hours=22), "Friday: closed on Thursday"


@pytest.mark.parametrize("desk", DESKS)
def test_after_a_miss_it_is_overdue_again_only_when_the_next_try_is(play, desk):
    row, user = a_row(play, desk)
    promised = row.due_at
    assert row.next_at == promised
    assert overdue(row, promised + timedelta(seconds=1))
    log(row, tried("no_answer", next_try="8"), by=user, at=promised)
    assert not overdue(row, row.next_at)
    assert overdue(row, row.next_at + timedelta(seconds=1))
    assert row.due_at == promised, "what she was promised does not move"


@pytest.mark.parametrize("desk", DESKS)
def test_the_same_form_again_moves_nothing(play, desk):
    row, user = a_row(play, desk)
    same = tried("no_answer")
    log(row, same, by=user)
    log(row, same, by=user, at=later(days=3))
    assert row.next_at == NEXT_DAY
    assert row.attempts.count() == 1


@pytest.mark.parametrize("desk", DESKS)
def test_the_form_asks_and_the_list_shows_it(play, desk):
    row, user = a_row(play, desk, at=timezone.now())
    browser = signed_in(user)
    form = {"key": str(uuid.uuid4()), "channel": "phone", "result": "no_answer", "next_try": "40"}
    assert browser.post(reverse(f"{desk}:log", args=[row.pk]), form).status_code == 302
    row.refresh_from_db()
    # Forty hours of opening take four days and more, whatever the weekday and without holidays.
    assert row.next_at > timezone.now() + timedelta(days=4)
    assert f'datetime="{timezone.localtime(row.next_at).isoformat()}"' in page(
        browser.get(reverse(f"{desk}:list"))
    )
    refused = browser.post(reverse(f"{desk}:log", args=[row.pk]), form | {"next_try": "99"})
    assert refused.status_code == 422
    assert row.attempts.count() == 1


# -- On hold, and on again -------------------------------------------------------------------------
def test_on_hold_nothing_is_due_and_going_on_sets_it(play):
    row, ana = a_row(play, "desk")
    verbs.accept(row, by=ana, at=NOON)
    verbs.hold(row, by=ana, at=NOON)
    row.refresh_from_db()
    assert (row.status, row.next_at) == ("on-hold", None)
    assert not overdue(row, later(days=99))
    verbs.resume(row, by=ana, at=NOON)
    row.refresh_from_db()
    assert (row.status, row.next_at) == ("in-progress", NEXT_DAY)
    assert overdue(row, NEXT_DAY + timedelta(seconds=1))


@pytest.mark.parametrize("next_try", ["", "8"])
def test_a_call_does_not_open_what_is_on_hold(play, next_try):
    row, ana = a_row(play, "desk")
    verbs.accept(row, by=ana, at=NOON)
    verbs.hold(row, by=ana, at=NOON)
    log(row, tried(next_try=next_try), by=ana)
    assert row.status == "on-hold"
    assert row.next_at == (NEXT_DAY if next_try else None)
    assert not Event.objects.filter(verb="reach").exists()


# -- Who has spoken with her has taken it ----------------------------------------------------------
@pytest.mark.parametrize("routed", [False, True])
def test_a_scheduler_who_reached_her_has_taken_it(play, routed):
    row, sam = a_row(play, "appointments")
    if routed:
        pay()
        row.refresh_from_db()
    other = play.tess if row.owner == sam else sam
    log(row, tried(), by=other)
    assert (row.status, row.owner, row.next_at) == ("accepted", other, None)
    assert Event.objects.filter(verb="take").count() == 1
    pay(later(hours=1))
    row.refresh_from_db()
    assert row.owner == other


@pytest.mark.parametrize("desk", DESKS)
def test_a_miss_takes_nothing(play, desk):
    row, user = a_row(play, desk)
    log(row, tried("voicemail"), by=user)
    assert row.status == "requested"


@pytest.mark.parametrize("desk", DESKS)
def test_a_colleague_who_covers_does_not_take_over_by_a_call(play, desk):
    row, user = a_row(play, desk)
    room = verbs.accept if desk == "desk" else appointment_verbs.take
    room(row, by=user, at=NOON)
    log(row, tried(), by=play.ben if desk == "desk" else play.tess)
    assert (row.coordinator if desk == "desk" else row.owner) == user
    assert row.next_at is None


# -- A list that loses nobody ----------------------------------------------------------------------
MORE = PAGE_SIZE + 3


def copies(row, number, **changes):
    """The same row again, many times; only what must differ does."""
    model = type(row)
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    del values["id"]
    values |= changes
    return model._default_manager.bulk_create(
        model(**values | ({"submission_key": uuid.uuid4()} if "submission_key" in values else {}))
        for _number in range(number)
    )


def many(play, desk):
    """More rows than a page holds: many due at one instant, some for which nothing is due."""
    if desk == "appointments":
        first = appointment_request(at=timezone.now())
        copies(first, MORE - 2)
        copies(first, 1, next_at=None)
        return AppointmentRequest
    made = case(play.study, at=timezone.now())
    first = made.referrals.get()
    for one in copies(made, MORE - 1):
        copies(first, 1, case_id=one.pk)
    Referral.rows.filter(case=one).update(next_at=None)
    return Referral


@pytest.mark.parametrize("desk", DESKS)
def test_beyond_a_page_every_row_is_on_exactly_one(play, desk):
    model = many(play, desk)
    assert model._default_manager.count() == MORE
    browser = signed_in(play.ana if desk == "desk" else play.sam)
    listed = reverse(f"{desk}:list")
    first, second = browser.get(listed), browser.get(listed, {"page": 2})
    ids = [[one.pk for one in shown.context["rows"]] for shown in (first, second)]
    assert [len(one) for one in ids] == [PAGE_SIZE, MORE - PAGE_SIZE]
    assert len({*ids[0], *ids[1]}) == MORE
    assert second.context["rows"][-1].next_at is None, "what waits for nothing stands last"
    assert 'href="?page=2"' in page(first)
    assert 'href="?page=1"' in page(second)
    for typed in ("0", "999", "abc", "-1", "\x00"):
        assert browser.get(listed, {"page": typed}).status_code == 200


@pytest.mark.parametrize("desk", DESKS)
def test_only_rows_on_the_page_are_recorded_as_read(play, desk):
    model = many(play, desk)
    browser = signed_in(play.ana if desk == "desk" else play.sam)
    browser.get(reverse(f"{desk}:list"), {"page": 2})
    read = set(Event.objects.filter(verb="read").values_list("about_id", flat=True))
    shown = model._default_manager.soonest_first().values_list("pk", flat=True)[PAGE_SIZE:]
    assert read == set(shown)


def test_the_pages_of_a_filtered_list_keep_its_filters(play):
    many(play, "desk")
    Referral.rows.update(status="cancelled", ended_at=NOON, coordinator=play.ana)
    shown = signed_in(play.ana).get(reverse("desk:list") + "?mine&ended")
    assert 'href="?mine&ended&page=2"' in page(shown)
