"""The schedulers' desk: who sees requests, who takes one, how it is called and closed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import handlers, verbs
from clinic.appointments.codes import Outcome
from clinic.appointments.models import AppointmentRequest, RequestAttempt
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import Conflict
from clinic.outbox.models import CallTask, Effect, Message
from clinic.people import roles
from clinic.people.models import Absence, Reference, RoleHeld, User
from clinic.people.models.attempt import AttemptResult
from tests.builders import appointment_request, cast, colleague, helped, intake, pay
from tests.journeys import page, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

LIST = "appointments:list"
CHANGELIST = "admin:appointments_appointmentrequest_changelist"
CHANGE = "admin:appointments_appointmentrequest_change"
SEES = {
    "sam": True,
    "tess": True,
    "ana": False,
    "ben": False,
    "lena": False,
    "erin": False,
    "alex": False,
    "root": False,
}


@pytest.fixture
def play():
    made = cast(at=timezone.now())
    made.root = User.objects.create_superuser("root@example.org", full_name="Root")
    return made


@pytest.fixture
def now():
    return timezone.now()


def at(name, row):
    return reverse(f"appointments:{name}", args=[row.pk])


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def log_form(result, key=None):
    return {"key": str(key or uuid.uuid4()), "channel": "phone", "result": result, "note": "Hi."}


# -- Who sees what -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEES)
def test_only_schedulers_see_requests(play, now, name):
    row, sees = appointment_request(at=now), SEES[name]
    browser = signed_in(getattr(play, name))
    assert AppointmentRequest.objects.visible_to(getattr(play, name)).exists() is sees
    for address in (reverse(LIST), at("detail", row)):
        answer = browser.get(address)
        assert answer.status_code == (200 if sees else 403)
        assert ("Zzyzx" in page(answer)) is sees


@pytest.mark.parametrize("name", [name for name, sees in SEES.items() if not sees])
def test_nobody_else_acts(play, now, name):
    row = appointment_request(at=now)
    browser, events = signed_in(getattr(play, name)), Event.objects.count()
    posts = {"log": log_form("reached"), "close": {"outcome": "booked"}}
    for action in ("take", "log", "close"):
        assert browser.post(at(action, row), posts.get(action, {})).status_code == 403
    assert fresh(row).status == "requested"
    assert Event.objects.count() == events


def test_who_is_not_signed_in_is_sent_to_the_door(client, play, now):
    row = appointment_request(at=now)
    for address in (reverse(LIST), at("detail", row), reverse("calls:list")):
        assert client.get(address).url.startswith(reverse("staff:sign_in"))
    assert client.post(at("take", row)).url.startswith(reverse("staff:sign_in"))


@pytest.mark.parametrize("name", SEES)
def test_the_admin_uses_the_same_door_and_changes_nothing(play, now, name):
    row, sees = appointment_request(at=now), SEES[name]
    browser = signed_in(getattr(play, name))
    may_look = sees or name == "root"
    listed = browser.get(reverse(CHANGELIST))
    assert listed.status_code == (200 if may_look else 403)
    assert (f"appointment request {str(row.pk)[:8]}" in page(listed)) is sees
    one = browser.get(reverse(CHANGE, args=[row.pk]))
    assert one.status_code == (200 if sees else 302 if may_look else 403)
    assert "Zzyzx" not in page(listed) + page(one)
    assert 'name="status"' not in page(one)
    changed = browser.post(reverse(CHANGE, args=[row.pk]), {"status": "cancelled"})
    assert changed.status_code in (302, 403)
    assert fresh(row).status == "requested"


def test_an_unknown_request_is_not_found(play):
    address = reverse("appointments:detail", args=[uuid.uuid4()])
    assert signed_in(play.sam).get(address).status_code == 404


def test_every_look_is_recorded(play, now):
    row = appointment_request(at=now)
    browser = signed_in(play.sam)
    for address in (reverse(LIST), at("detail", row), reverse(CHANGE, args=[row.pk])):
        browser.get(address)
    reads = Event.objects.filter(verb="read", about_id=row.pk)
    assert [one.codes["place"] for one in reads] == ["list", "page", "admin"]
    assert {one.actor_id for one in reads} == {str(play.sam.pk)}


# -- The list ------------------------------------------------------------------------------------


def test_it_is_in_the_list_before_any_task_ran_soonest_first(play, now):
    late = appointment_request(at=now - timedelta(days=9))
    new = appointment_request(at=now)
    same = [appointment_request(at=now - timedelta(days=4)) for _number in range(3)]
    expected = [late, *sorted(same, key=lambda one: one.pk), new]
    browser = signed_in(play.tess)
    for _time in range(2):
        shown = browser.get(reverse(LIST))
        assert list(shown.context["rows"]) == expected
    assert page(shown).count(">overdue<") == 4
    assert "Appointment requests 5 4 overdue" in words(browser.get(reverse("staff:index")))


def test_what_was_closed_has_a_list_of_its_own(play, now):
    row = appointment_request(at=now)
    verbs.take(row, by=play.sam, at=now)
    verbs.close(row, outcome=Outcome.BOOKED, by=play.sam, at=now)
    browser = signed_in(play.sam)
    assert list(browser.get(reverse(LIST)).context["rows"]) == []
    assert list(browser.get(reverse(LIST) + "?ended").context["rows"]) == [row]


def test_the_page_says_what_is_needed_for_the_call(play, now):
    row = appointment_request(
        at=now,
        people=helped(phone="(212) 555-0190 ext. 4", contact_note="After 4 pm.", language="es"),
        note="Two\nlines",
        treatment_on=now.date(),
    )
    shown = signed_in(play.sam).get(at("detail", row))
    assert "Son or daughter Hannah Zzyzx speak to first (212) 555-0190 ext. 4" in words(shown)
    text = page(shown)
    for told in (
        'href="tel:2125550190,4"',
        "No voicemail.",
        "Riverside Center",
        "After 4 pm.",
        "Interpreter line:",
        "Two<br>lines",
        row.treatment_date,
        Reference.rows.get().spoken,
    ):
        assert told in text, told


# -- Taking, calling, closing --------------------------------------------------------------------


def test_one_takes_it_and_the_other_is_told_who(play, now):
    row = appointment_request(at=now)
    pay(now)
    sam, tess = signed_in(play.sam), signed_in(play.tess)
    assert "This request is yours." in page(tess.post(at("take", row), follow=True))
    assert "Tess was faster (" in page(sam.post(at("take", row), follow=True))
    assert "You already did this (" in page(tess.post(at("take", row), follow=True))
    row = fresh(row)
    assert (row.status, row.owner) == ("accepted", play.tess)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_at_once_are_one_winner_and_one_who_knows(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    row = appointment_request(at=now)
    browsers = [signed_in(play.sam), signed_in(play.tess)]
    answers = at_once(
        lambda number: page(browsers[number].post(at("take", row), follow=True)), threads=2
    )
    winner = fresh(row).owner
    won, lost = answers if winner == play.sam else reversed(answers)
    assert "This request is yours." in won
    assert f"{winner.full_name} was faster" in lost
    assert Event.objects.filter(verb="take").count() == 1


def test_one_who_comes_after_the_patient_is_told_so(play, now):
    row = appointment_request(at=now)
    verbs.change_mind(row, by=Actor.person(row.person), at=now)
    answer = signed_in(play.sam).post(at("take", row), follow=True)
    assert "The patient was faster" in page(answer)


def test_taken_before_it_was_routed_she_is_told_once(play, now):
    row = appointment_request(at=now, people=intake(phone=""))
    signed_in(play.tess).post(at("take", row))
    pay(timezone.now())
    to_her = [one for one in mail.outbox if one.to == ["maria@example.org"]]
    assert len(to_her) == 1
    assert "Tess will get in touch" in to_her[0].body


def test_a_try_is_logged_once_however_often_it_is_sent(play, now):
    row, form = appointment_request(at=now), log_form("voicemail")
    browser = signed_in(play.sam)
    for _time in range(3):
        assert browser.post(at("log", row), form).status_code == 302
    attempt = RequestAttempt.rows.get()
    assert (attempt.by, attempt.result, attempt.note) == (play.sam, "voicemail", "Hi.")
    assert "Left a voicemail" in page(browser.get(at("detail", row)))


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_log_is_one_try(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    row, form = appointment_request(at=now, people=intake(email="")), log_form("reached")
    pay(now)
    first = signed_in(play.sam)
    browsers = [Client() for _number in range(4)]
    for one in browsers:
        one.cookies.update(first.cookies)
    answers = at_once(lambda number: browsers[number].post(at("log", row), form), threads=4)
    assert {one.status_code for one in answers} == {302}
    assert RequestAttempt.rows.count() == 1
    assert CallTask.rows.get().status == "done"


@pytest.mark.parametrize("result", AttemptResult)
def test_only_reaching_her_settles_the_call(play, now, result):
    row = appointment_request(at=now, people=intake(email=""))
    pay(now)
    signed_in(play.sam).post(at("log", row), log_form(result))
    assert CallTask.rows.open().exists() is (result != "reached")


@pytest.mark.parametrize("wrong", [{"result": ""}, {"channel": "pigeon"}, {"result": "<script>"}])
def test_an_incomplete_log_is_refused_and_kept(play, now, wrong):
    row = appointment_request(at=now)
    form = log_form("reached") | {"note": "Said <ok>."} | wrong
    answer = signed_in(play.sam).post(at("log", row), form)
    assert answer.status_code == 422
    assert "Said &lt;ok&gt;." in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert not RequestAttempt.rows.exists()


def test_closing_needs_an_outcome_and_ends_what_is_owed(play, now):
    row = appointment_request(at=now, people=intake(email=""))
    pay(now)
    browser = signed_in(play.sam)
    browser.post(at("take", row))
    for outcome in ("", "cured"):
        assert browser.post(at("close", row), {"outcome": outcome}).status_code == 422
    assert CallTask.rows.open().count() == 1
    assert "Closed." in page(browser.post(at("close", row), {"outcome": "booked"}, follow=True))
    row = fresh(row)
    assert (row.status, row.outcome) == ("completed", "booked")
    assert row.ended_at is not None
    assert not CallTask.rows.open().exists()
    again = page(browser.post(at("close", row), {"outcome": "booked"}, follow=True))
    assert "You already did this" in again


def test_what_nobody_has_taken_cannot_be_closed(play, now):
    row = appointment_request(at=now)
    pay(now)
    answer = signed_in(play.sam).post(at("close", row), {"outcome": "booked"}, follow=True)
    assert "This cannot be done now" in page(answer)
    assert fresh(row).status == "received"


# -- Routing -------------------------------------------------------------------------------------


def routed(now, **person):
    row = appointment_request(at=now, people=intake(**person))
    pay(now)
    return fresh(row)


def test_requests_are_shared_out_by_load_and_capacity(play, now):
    User.objects.filter(pk=play.sam.pk).update(capacity=4)
    User.objects.filter(pk=play.tess.pk).update(capacity=2)
    given = [routed(now).owner for _number in range(6)]
    assert (given.count(play.sam), given.count(play.tess)) == (4, 2)
    assert routed(now).owner in (play.sam, play.tess)


def test_language_is_preferred_and_never_required(play, now):
    rosa = colleague("rosa", roles.SCHEDULER, languages=["en", "es"])
    row = routed(now, language="es")
    assert row.owner == rosa
    assert row.routing["speaks_language"]
    assert not routed(now, language="ko").routing["speaks_language"]
    User.objects.filter(pk=rosa.pk).update(capacity=1)
    assert routed(now, language="es").owner != rosa


def test_who_is_away_gets_one_only_if_nobody_is_there(play, now):
    hours = timedelta(hours=1)
    Absence.objects.create(user=play.sam, starts_at=now - hours, ends_at=now + hours)
    assert {routed(now).owner for _number in range(3)} == {play.tess}
    Absence.objects.create(user=play.tess, starts_at=now - hours, ends_at=now + hours)
    row = routed(now)
    assert row.owner in (play.sam, play.tess)
    assert row.routing["tier"] == "away"


def test_with_nobody_at_all_it_waits_and_is_tried_again(play, now):
    RoleHeld.objects.filter(role=roles.SCHEDULER).delete()
    row = routed(now)
    effect = Effect.objects.get()
    assert (row.status, effect.state, effect.last_error) == ("requested", "pending", "TryLater")


def test_routing_twice_or_too_late_changes_nothing(play, now):
    twice, taken, gone = (appointment_request(at=now) for _number in range(3))
    verbs.take(taken, by=play.tess, at=now)
    stale = fresh(gone)
    verbs.change_mind(gone, by=Actor.person(gone.person), at=now)
    for row in (twice, twice, taken, gone):
        handlers.route(about_ids=[row.pk], at=now)
    assert Event.objects.filter(verb="receive").count() == 1
    assert (fresh(taken).owner, fresh(taken).status) == (play.tess, "accepted")
    assert (fresh(gone).owner, fresh(gone).status) == (None, "cancelled")
    with pytest.raises(Conflict):
        verbs.take(stale, by=play.sam, at=now)
    pay(now)
    assert Message.rows.filter(person=gone.person).count() == 0
    assert Message.rows.filter(person=twice.person).count() == 1
