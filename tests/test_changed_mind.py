"""She has changed her mind: all that was owed ends, whoever else acts at that moment."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import NotMoved
from clinic.outbox.codes import CallState, EffectState
from clinic.outbox.models import CallTask, Effect
from clinic.people.models import Consent, Reference
from referrals.desk import handlers, verbs
from referrals.desk.models import Case, Referral
from tests.builders import appointment_request, case, cast, intake, pay, study
from tests.journeys import open_request, page, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

DETAIL, CHANGE = "requests:detail", "requests:change_mind"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def a_case(play, **changes):
    return case(play.study, at=timezone.now(), **changes)


def opened(client, made):
    """A browser in which her request is open."""
    reference = Reference.rows.get(about_id=made.pk)
    assert open_request(client, reference.spoken).url == reverse(DETAIL)
    return client


def assert_all_is_over():
    assert not Effect.objects.exclude(state__in=(EffectState.VOID, EffectState.DONE)).exists()
    assert not CallTask.rows.filter(status=CallState.OPEN).exists()
    assert not Consent.rows.filter(revoked_at=None).exists()
    assert not Referral.rows.exclude(status__in=("cancelled", "completed")).exists()
    assert not Case.rows.exclude(status="closed").exists()
    assert not AppointmentRequest.rows.exclude(status__in=("cancelled", "completed")).exists()


def change_mind(client):
    assert "you do not need to say why" in words(client.get(reverse(CHANGE)))
    assert client.post(reverse(CHANGE)).url == reverse(DETAIL)
    return words(client.get(reverse(DETAIL)))


@pytest.mark.parametrize("when", ["before routing", "after routing", "after a colleague took it"])
def test_changing_her_mind_ends_a_case_with_everything_owed(client, play, when):
    two = study("second", site="Main")
    made = case(play.study, two, at=timezone.now(), people=intake(email=""))
    if when != "before routing":
        pay(timezone.now())
        assert CallTask.rows.open().count() == 1
    if when == "after a colleague took it":
        verbs.accept(made.referrals.get(study=play.study), by=play.ben, at=timezone.now())
    opened(client, made)
    assert "You have changed your mind" in change_mind(client)
    assert_all_is_over()
    # Nothing that still lies in a worker's hands brings it back.
    pay(timezone.now())
    for row in made.referrals.all():
        handlers.route(about_ids=[row.pk], at=timezone.now())
    handlers.tell(effect_id=uuid.uuid4(), about_id=made.pk, at=timezone.now())
    assert_all_is_over()
    text = words(client.get(reverse(DETAIL)))
    assert "We will not call you" in text
    assert "will call you by" not in text
    client.force_login(play.ana)
    assert "Maria" not in page(client.get(reverse("desk:list")))
    assert "Maria" not in page(client.get(reverse("calls:list")))
    assert "changed their mind" in page(client.get(reverse("desk:list") + "?ended"))


def test_changing_her_mind_ends_an_appointment_request(client, play):
    made = appointment_request(at=timezone.now(), people=intake(email=""))
    pay(timezone.now())
    assert CallTask.rows.open().count() == 1
    opened(client, made)
    assert "You have changed your mind" in change_mind(client)
    assert_all_is_over()
    client.force_login(play.sam)
    assert "Maria" not in page(client.get(reverse("appointments:list")))


def test_changing_her_mind_twice_is_harmless(client, play):
    opened(client, a_case(play))
    change_mind(client)
    before = Event.objects.exclude(verb="read").count()
    assert "You have changed your mind" in change_mind(client)
    assert Event.objects.exclude(verb="read").count() == before


def test_a_look_at_the_question_changes_nothing(client, play):
    made = a_case(play)
    opened(client, made)
    client.get(reverse(CHANGE))
    client.head(reverse(CHANGE))
    made.refresh_from_db()
    assert made.is_open


def test_after_a_coordinator_has_closed_it_nothing_moves(client, play):
    made = a_case(play)
    row = made.referrals.get()
    verbs.accept(row, by=play.ana, at=timezone.now())
    verbs.close(row, outcome=verbs.Outcome.DISTANCE, by=play.ana, at=timezone.now())
    opened(client, made)
    assert "We have finished with this request" in change_mind(client)
    row.refresh_from_db()
    assert (row.status, row.outcome) == ("completed", "distance")


def _attempt(act):
    """What a colleague's click does: she may be too late, and is told so."""
    try:
        act()
    except NotMoved:
        return "too late"
    return "in time"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("routed", [False, True])
def test_her_word_wins_over_whatever_colleagues_do_at_that_moment(transactional_db, routed):
    play = cast(at=timezone.now())
    at = timezone.now()
    for _round in range(4):
        made = case(play.study, study(str(uuid.uuid4())), at=at, people=intake(email=""))
        if routed:
            pay(at)
        rows = list(made.referrals.order_by("id"))
        works = [
            lambda made=made: verbs.change_mind(made, by=Actor.person(made.person), at=at),
            lambda rows=rows: _attempt(lambda: verbs.accept(rows[0], by=play.ana, at=at)),
            lambda rows=rows: _attempt(lambda: verbs.accept(rows[1], by=play.lena, at=at)),
            lambda: pay(at),
        ]
        at_once(lambda number, works=works: works[number](), threads=len(works))
        pay(at)
        assert_all_is_over()
        assert set(made.referrals.values_list("status", flat=True)) == {"cancelled"}


@pytest.mark.django_db(transaction=True)
def test_her_word_wins_over_a_schedulers(transactional_db):
    play = cast(at=timezone.now())
    at = timezone.now()
    for _round in range(4):
        made = appointment_request(at=at, people=intake(email=""))
        mine, hers = (AppointmentRequest.rows.get(pk=made.pk) for _one in range(2))
        works = [
            lambda made=hers: appointment_verbs.change_mind(
                made, by=Actor.person(made.person), at=at
            ),
            lambda made=mine: _attempt(lambda: appointment_verbs.take(made, by=play.sam, at=at)),
            lambda: pay(at),
        ]
        at_once(lambda number, works=works: works[number](), threads=len(works))
        pay(at)
        assert_all_is_over()
