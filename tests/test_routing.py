"""Who gets a referral, and why: by tier, language, room and load; once, whatever repeats."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import Conflict
from clinic.outbox.models import Effect, Message
from clinic.people import roles
from clinic.people.colleagues.hand_over import GIVEN
from clinic.people.models import Absence, RoleHeld, User
from referrals.desk import codes, handlers, verbs
from referrals.desk.reading import why
from referrals.desk.routing import Router
from referrals.trials.codes import DutyCode, LocalStatus
from referrals.trials.models import Duty, Study, StudySite
from tests.builders import case, cast, colleague, intake, on_duty, pay, referral, study
from tests.journeys import page, words
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


@pytest.fixture
def now():
    return timezone.now()


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def shown_to(user, row):
    """The referral's page as a colleague sees it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse("desk:detail", args=[row.pk]))


def chosen(row, now):
    """Whom the router would choose, and why."""
    given = Router(at=now).choose(row)
    return given.choice if given else None


def away(user, now):
    hours = timedelta(hours=1)
    Absence.objects.create(user=user, starts_at=now - hours, ends_at=now + hours)


def routed(play, now, **person):
    row = referral(play.study, at=now, people=intake(**person))
    pay(now)
    return fresh(row)


def test_the_coordinator_then_the_backup_then_the_lead(play, now):
    assert routed(play, now).coordinator == play.ana
    away(play.ana, now)
    row = routed(play, now)
    assert (row.coordinator, row.routing["tier"]) == (play.ben, "backup")
    away(play.ben, now)
    row = routed(play, now)
    assert (row.coordinator, row.routing["tier"]) == (play.lena, "office")
    # Somebody must have it: the lead gets it even while away.
    away(play.lena, now)
    assert routed(play, now).coordinator == play.lena


def test_inactive_colleagues_and_ended_duties_are_passed_over(play, now):
    User.objects.filter(pk=play.ana.pk).update(is_active=False)
    Duty.objects.filter(user=play.ben).update(is_active=False)
    assert routed(play, now).coordinator == play.lena


def test_with_nobody_at_all_it_waits_and_is_tried_again(play, now):
    RoleHeld.objects.filter(role=roles.LEAD).delete()
    Duty.objects.all().delete()
    row = referral(play.study, at=now)
    assert chosen(row, now) is None
    pay(now)
    effect = Effect.objects.get()
    assert (fresh(row).status, effect.state, effect.last_error) == (
        "requested",
        "pending",
        "TryLater",
    )


@pytest.mark.parametrize(("language", "expected"), [("es", "ana"), ("fr", "dora"), ("ko", None)])
def test_her_language_is_preferred_and_never_required(play, now, language, expected):
    dora = colleague("dora", roles.COORDINATOR, languages=["en", "fr"])
    on_duty(dora, play.study)
    row = routed(play, now, language=language)
    assert row.coordinator in (play.ana, dora)
    if expected:
        assert row.coordinator.full_name == expected.title()
    assert row.routing["speaks_language"] is bool(expected)
    said = "speaks her language" if expected else "with an interpreter"
    text = words(shown_to(row.coordinator, row))
    assert said in text
    assert "2 considered" in text


def test_the_least_loaded_for_her_capacity_is_chosen(play, now):
    dora = colleague("dora", roles.COORDINATOR, languages=["en", "es"], capacity=3)
    on_duty(dora, play.study)
    User.objects.filter(pk=play.ana.pk).update(capacity=6)
    given = [routed(play, now).coordinator for _number in range(9)]
    assert (given.count(play.ana), given.count(dora)) == (6, 3)
    # Both are full: it still goes to somebody, and the row says so.
    row = routed(play, now)
    assert row.coordinator in (play.ana, dora)
    assert row.routing["open_count"] >= row.routing["capacity"]


def test_a_full_speaker_comes_after_a_colleague_with_room(play, now):
    dora = colleague("dora", roles.COORDINATOR, languages=["en"])
    on_duty(dora, play.study)
    User.objects.filter(pk=play.ana.pk).update(capacity=1)
    assert routed(play, now, language="es").coordinator == play.ana
    assert routed(play, now, language="es").coordinator == dora


def test_the_same_rows_always_give_the_same_answer(play, now):
    for name in ("dora", "eva", "fay"):
        on_duty(colleague(name, roles.COORDINATOR, languages=["en", "es"]), play.study)
    row = referral(play.study, at=now)
    choices = {chosen(fresh(row), now) for _number in range(5)}
    assert len(choices) == 1
    assert choices.pop().considered == 4


def test_the_reason_is_stored_and_shown(play, now):
    row = routed(play, now)
    assert row.routing == {
        "user": str(play.ana.pk),
        "tier": "coordinator",
        "speaks_language": True,
        "open_count": 0,
        "capacity": 20,
        "considered": 1,
    }
    assert why(row) == "Coordinator, speaks her language, 0 of 20 open, 1 considered"
    assert why(row) in page(shown_to(play.ana, row))
    event = Event.objects.get(verb="receive")
    assert event.codes["coordinator"] == str(play.ana.pk)


def test_a_site_that_is_closed_gets_nobody_while_another_is_open(play, now):
    elsewhere = study("third", site="Elsewhere").sites.get()
    StudySite.objects.create(study=play.study, site=elsewhere)
    dora = colleague("dora", roles.COORDINATOR)
    Duty.objects.create(study=play.study, site=elsewhere, user=dora, duty=DutyCode.COORDINATOR)
    StudySite.objects.filter(study=play.study, site__name="Main").update(status=LocalStatus.PAUSED)
    row = routed(play, now)
    assert (row.coordinator, row.site) == (dora, elsewhere)


@pytest.mark.parametrize("status", [LocalStatus.PAUSED, LocalStatus.CLOSED])
def test_a_study_that_closed_everywhere_still_has_people_for_those_who_asked(play, now, status):
    row = referral(play.study, at=now)
    StudySite.objects.filter(study=play.study).update(status=status)
    Study.objects.filter(pk=play.study.pk).update(local_status=status)
    pay(now)
    assert fresh(row).coordinator == play.ana


def test_the_owner_of_a_case_is_set_once(play, now):
    other = study("other two", site="Main")
    on_duty(play.chloe, other)
    made = case(play.study, other, at=now)
    first, second = made.referrals.order_by("study__local_name")
    handlers.route(about_ids=[second.pk], at=now)
    owner = fresh(made).owner
    handlers.route(about_ids=[first.pk], at=now)
    verbs.accept(fresh(first), by=play.ben, at=now)
    assert fresh(made).owner == owner
    assert fresh(first).coordinator == play.ben


def test_routing_twice_changes_nothing(play, now):
    row = referral(play.study, at=now)
    for _time in range(3):
        handlers.route(about_ids=[row.pk], at=now)
    assert Event.objects.filter(verb="receive", about_id=row.pk).count() == 1
    assert Effect.objects.filter(kind__in=(codes.TELL, GIVEN)).count() == 2
    pay(now)
    assert Message.rows.count() == len(mail.outbox) == 2


def test_routing_after_she_changed_her_mind_does_nothing(play, now):
    row = referral(play.study, at=now)
    stale = fresh(row)
    verbs.change_mind(row.case, by=Actor.person(row.case.person), at=now)
    handlers.route(about_ids=[row.pk], at=now)
    verbs.receive([(stale, Router(at=now).choose(stale))], at=now)
    row = fresh(row)
    assert (row.status, row.coordinator, row.case.owner) == ("cancelled", None, None)
    assert not Effect.objects.filter(kind=codes.TELL).exists()


def test_routing_after_somebody_took_it_leaves_it_with_her(play, now):
    row = referral(play.study, at=now)
    stale = fresh(row)
    verbs.accept(row, by=play.ben, at=now)
    handlers.route(about_ids=[row.pk], at=now)
    verbs.receive([(stale, Router(at=now).choose(stale))], at=now)
    pay(now)
    row = fresh(row)
    assert (row.status, row.coordinator, row.case.owner) == ("accepted", play.ben, play.ben)
    # She is told all the same, once.
    assert Message.rows.filter(person__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_router_and_a_coordinator_at_once_leave_one_of_them(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    for _round in range(3):
        row = referral(play.study, at=now)
        mine = fresh(row)

        def work(number, mine=mine, row=row, play=play, now=now):
            if number:
                handlers.route(about_ids=[row.pk], at=now)
            else:
                with suppress(Conflict):
                    verbs.accept(mine, by=play.ben, at=now)

        at_once(work, threads=3)
        row = fresh(row)
        expected = {"accepted": play.ben, "received": play.ana}
        assert row.coordinator == expected[row.status]
        moves = Event.objects.filter(about_id=row.pk, verb__in=("accept", "receive"))
        assert moves.count() == 1
