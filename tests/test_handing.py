"""Whose hands a request is in: taken over, handed over, once; her page and her calls follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import handing as visits
from clinic.appointments import verbs as visit_verbs
from clinic.appointments.codes import WORKFLOW
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import Conflict, MoveRefused, NotMoved
from clinic.outbox.models import CallTask, Effect
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Absence, User
from referrals.desk import handing, standing, verbs
from referrals.desk.codes import REFERRAL, TELL, Outcome
from tests.builders import (
    NOON,
    appointment_request,
    case,
    cast,
    intake,
    later,
    on_duty,
    pay,
    referral,
    study,
    tried,
)
from tests.journeys import page, signed_in
from tests.races import at_once

pytestmark = pytest.mark.django_db

SOON = later(minutes=5)


@pytest.fixture
def play():
    return cast()


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def taken(play, **changes):
    """A referral that Ana has taken, with everything paid that was owed by then."""
    row = referral(play.study, **changes)
    pay()
    row = fresh(row)
    verbs.accept(row, by=play.ana, at=NOON)
    pay()
    return fresh(row)


def visit(play, **changes):
    """An appointment request that Sam has taken."""
    row = appointment_request(**changes)
    visit_verbs.take(row, by=play.sam, at=NOON)
    pay()
    return fresh(row)


def moves(row):
    verbs_ = ("take_over", "hand_over")
    return [
        (one.verb, one.actor_id, one.codes)
        for one in Event.objects.filter(about_id=row.pk, verb__in=verbs_)
    ]


# -- The mechanism ---------------------------------------------------------------------------------
def assign(row, to, *, by=None, **changes):
    return WORKFLOW.assign(
        row, column="owner", to=to.pk, by=Actor.staff(by or to), at=NOON, verb="give", **changes
    )


def test_an_owner_is_changed_with_an_event_that_names_both(play):
    row = visit(play)
    event = assign(row, play.tess)
    assert row.owner == fresh(row).owner == play.tess
    assert event.codes == {"from": str(play.sam.pk), "to": str(play.tess.pk)}
    assert fresh(row).status == "accepted", "an owner is no status"


def test_who_comes_second_is_told_and_changes_nothing(play):
    row = visit(play)
    stale = fresh(row)
    assign(row, play.tess)
    before = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        assign(stale, play.lena)
    assert refusal.value.last.actor_id == str(play.tess.pk)
    assert (stale.owner_id, Event.objects.count()) == (play.sam.pk, before)


@pytest.mark.parametrize("status", sorted(WORKFLOW.final))
def test_what_has_ended_is_given_to_nobody(play, status):
    row = visit(play)
    stale = fresh(row)
    values = {"status": status, "ended_at": NOON}
    values["outcome"] = "booked" if status == "completed" else ""
    type(row).rows.filter(pk=row.pk).update(**values)
    with pytest.raises(Conflict):
        assign(stale, play.tess)
    with pytest.raises(MoveRefused):
        assign(fresh(row), play.tess)


def test_to_whom_it_belongs_it_is_not_given_again(play):
    with pytest.raises(MoveRefused):
        assign(visit(play), play.sam)


def test_an_assignment_that_breaks_in_the_middle_leaves_nothing(play):
    row = visit(play)
    before = (Event.objects.count(), Effect.objects.count())
    with pytest.raises(AttributeError):
        assign(row, play.tess, owing=["no effect"])
    assert fresh(row).owner == play.sam
    assert (Event.objects.count(), Effect.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_of_24_at_once_one_has_it(transactional_db):
    play = cast()
    row = visit(play)
    stale = [fresh(row) for _number in range(24)]
    users = [play.tess, play.lena, play.ben]
    results = at_once(
        lambda number: assign(stale[number], users[number % 3]), expected=Conflict, threads=24
    )
    (won,) = [one for one in results if isinstance(one, Event)]
    assert str(fresh(row).owner_id) == won.codes["to"]
    assert Event.objects.filter(verb="give").count() == 1


# -- Taking over -----------------------------------------------------------------------------------
def test_taken_over_her_page_and_her_calls_name_the_new_colleague(play):
    row = taken(play, people=intake(email=""))
    handing.take_over(row, by=play.ben, at=SOON)
    row = fresh(row)
    assert (row.coordinator, row.case.owner, row.status) == (play.ben, play.ben, "accepted")
    assert row.site is not None
    assert standing.standing(row.case_id, SOON).caller == "Ben"
    assert CallTask.rows.get().assigned_to == play.ben
    codes = {"from": str(play.ana.pk), "to": str(play.ben.pk)}
    assert moves(row) == [("take_over", str(play.ben.pk), codes)]


def test_a_visit_taken_over_too(play):
    row = visit(play, people=intake(email=""))
    visits.take_over(row, by=play.tess, at=SOON)
    assert fresh(row).owner == play.tess
    assert CallTask.rows.get().assigned_to == play.tess


def to_her():
    return [one for one in mail.outbox if one.to == ["maria@example.org"]]


@pytest.mark.parametrize("desk", ["referral", "visit"])
def test_she_gets_word_while_the_promised_call_is_to_come(play, desk):
    if desk == "referral":
        handing.take_over(taken(play), by=play.ben, at=SOON)
    else:
        visits.take_over(visit(play), by=play.tess, at=SOON)
    pay(SOON)
    first, second = to_her()
    assert ("Ben" if desk == "referral" else "Tess") in second.body
    assert second.body != first.body
    assert second.message()["Message-ID"] != first.message()["Message-ID"]


def test_she_gets_no_word_once_she_was_spoken_with_or_the_hour_has_passed(play):
    spoken, late = taken(play), taken(play)
    verbs.log_attempt(spoken, tried(), by=play.ana, at=NOON)
    pay()
    before = len(to_her())
    handing.take_over(fresh(spoken), by=play.ben, at=SOON)
    handing.take_over(late, by=play.ben, at=late.due_at + timedelta(hours=1))
    pay(late.due_at + timedelta(hours=2))
    assert len(to_her()) == before


def test_before_the_first_word_went_out_she_gets_one_that_names_the_new_colleague(play):
    row = referral(play.study)
    verbs.accept(row, by=play.ana, at=NOON)
    handing.take_over(row, by=play.ben, at=SOON)
    pay(SOON)
    (word,) = to_her()
    assert "Ben" in word.body
    assert not Effect.objects.filter(kind=TELL).waiting().exists()


def test_a_case_stays_with_who_looks_after_another_study_in_it(play):
    other = study("second")
    on_duty(play.ana, other)
    made = case(play.study, other)
    pay()
    one, two = made.referrals.order_by("pk")
    for row in (one, two):
        verbs.accept(row, by=play.ana, at=NOON)
    handing.take_over(one, by=play.lena, at=SOON)
    assert (fresh(one).coordinator, fresh(made).owner) == (play.lena, play.ana)
    handing.take_over(two, by=play.lena, at=SOON)
    assert fresh(made).owner == play.lena


def test_what_nobody_has_yet_is_not_taken_over(play):
    with pytest.raises(MoveRefused):
        handing.take_over(referral(play.study), by=play.ben, at=NOON)
    with pytest.raises(MoveRefused):
        visits.take_over(appointment_request(), by=play.tess, at=NOON)


# -- Handing over ----------------------------------------------------------------------------------
def test_whoever_is_given_something_is_told_and_who_takes_it_is_not(play):
    row = taken(play)
    mail.outbox.clear()
    handing.hand_over(row, to=play.ben, by=play.ana, at=SOON)
    pay(SOON)
    assert [one.to for one in mail.outbox if one not in to_her()] == [["ben@example.org"]]
    mail.outbox.clear()
    handing.take_over(fresh(row), by=play.ana, at=later(minutes=9))
    pay(later(minutes=9))
    assert [one for one in mail.outbox if one not in to_her()] == []


@pytest.mark.parametrize("name", ["chloe", "sam", "erin", "alex"])
def test_nobody_is_given_a_referral_she_may_not_look_after(play, name):
    row = taken(play)
    with pytest.raises(MoveRefused):
        handing.hand_over(row, to=getattr(play, name), by=play.ana, at=SOON)
    assert fresh(row).coordinator == play.ana


@pytest.mark.parametrize("name", ["ana", "lena", "erin"])
def test_nobody_is_given_a_visit_who_is_no_scheduler(play, name):
    row = visit(play)
    with pytest.raises(MoveRefused):
        visits.hand_over(row, to=getattr(play, name), by=play.sam, at=SOON)
    assert fresh(row).owner == play.sam


def test_nobody_is_given_anything_while_away_or_after_leaving(play):
    row = taken(play)
    Absence.objects.create(user=play.ben, starts_at=NOON, ends_at=later(days=1))
    with pytest.raises(MoveRefused):
        handing.hand_over(row, to=play.ben, by=play.ana, at=SOON)
    User.objects.filter(pk=play.lena.pk).update(is_active=False)
    with pytest.raises(MoveRefused):
        handing.hand_over(row, to=play.lena, by=play.ana, at=SOON)
    with pytest.raises(HasLeft):
        handing.take_over(row, by=play.lena, at=SOON)
    with pytest.raises(HasLeft):
        verbs.accept(referral(play.study), by=play.lena, at=SOON)
    assert fresh(row).coordinator == play.ana


def test_a_hand_over_that_is_rolled_back_leaves_everything(play):
    row = taken(play, people=intake(email=""))
    before = (Event.objects.count(), Effect.objects.count())

    @transaction.atomic
    def crash():
        handing.hand_over(row, to=play.ben, by=play.ana, at=SOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    row = fresh(row)
    assert (row.coordinator, row.case.owner) == (play.ana, play.ana)
    assert CallTask.rows.get().assigned_to == play.ana
    assert (Event.objects.count(), Effect.objects.count()) == before


def test_taken_from_a_page_that_is_old_the_case_goes_with_it():
    play = cast()
    row = referral(play.study)
    pay()
    stale = fresh(row)
    handing.hand_over(fresh(row), to=play.ben, by=play.lena, at=SOON)
    verbs.accept(stale, by=play.ana, at=SOON)
    row = fresh(row)
    assert row.coordinator == row.case.owner == play.ana


@pytest.mark.django_db(transaction=True)
def test_handed_over_while_she_takes_it_somebody_has_it_and_the_case(transactional_db):
    play = cast()
    for _round in range(4):
        row = referral(play.study)
        pay()
        stale = [fresh(row), fresh(row)]
        work = [
            lambda stale=stale: verbs.accept(stale[0], by=play.ana, at=SOON),
            lambda stale=stale: handing.hand_over(stale[1], to=play.ben, by=play.lena, at=SOON),
        ]
        at_once(lambda number, work=work: work[number](), expected=NotMoved, threads=2)
        row = fresh(row)
        assert row.coordinator in (play.ana, play.ben)
        assert row.case.owner == row.coordinator


# -- The pages -------------------------------------------------------------------------------------
@pytest.fixture
def now():
    return timezone.now()


def at(name, row):
    room = "desk" if row._meta.app_label == "desk" else "appointments"
    return reverse(f"{room}:{name}", args=[row.pk])


def test_the_button_names_whom_it_is_taken_from_and_says_who_was_faster(play, now):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    ben, lena = signed_in(play.ben), signed_in(play.lena)
    assert "Take over from Ana" in page(ben.get(at("detail", row)))
    assert "Take over" not in page(signed_in(play.ana).get(at("detail", row)))
    done = page(ben.post(at("take_over", row), follow=True))
    assert "This referral is yours." in done
    assert "Taken over from: Ana" in done
    assert "You already did this" in page(ben.post(at("take_over", row), follow=True))
    assert "Take over from Ben" in page(lena.get(at("detail", row)))


def test_a_visit_has_the_same_buttons(play, now):
    row = appointment_request(at=now)
    visit_verbs.take(row, by=play.sam, at=now)
    tess = signed_in(play.tess)
    assert "Take over from Sam" in page(tess.get(at("detail", row)))
    assert "This request is yours." in page(tess.post(at("take_over", row), follow=True))
    given = tess.post(at("hand_over", row), {"to": str(play.sam.pk)}, follow=True)
    assert "Handed over to Sam." in page(given)
    assert fresh(row).owner == play.sam


def test_the_page_offers_only_who_may_look_after_it_and_says_what_is_wrong(play, now):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    browser = signed_in(play.ana)
    shown = page(browser.get(at("hand_over", row)))
    assert "Ben" in shown
    assert "Lena" in shown
    assert "Chloe" not in shown
    assert "Zzyzx" not in shown
    for wrong in ("", "nobody", str(play.chloe.pk), str(play.ana.pk)):
        refused = browser.post(at("hand_over", row), {"to": wrong})
        assert refused.status_code == 422
        assert "Error:" in page(refused)
    assert "Handed over to Ben." in page(
        browser.post(at("hand_over", row), {"to": str(play.ben.pk)}, follow=True)
    )
    assert fresh(row).coordinator == play.ben


def test_who_gives_it_away_and_may_not_see_it_any_more_finds_her_list(play, now):
    wish = case(at=now).referrals.get()
    verbs.accept(wish, by=play.chloe, at=now)
    answer = signed_in(play.chloe).post(at("hand_over", wish), {"to": str(play.ana.pk)})
    assert answer.url == reverse("desk:list")
    assert signed_in(play.chloe).get(at("detail", wish)).status_code == 404


@pytest.mark.parametrize("name", ["chloe", "sam", "erin", "alex"])
def test_who_may_not_see_it_may_not_move_it(play, now, name):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    browser = signed_in(getattr(play, name))
    expected = 404 if name == "chloe" else 403
    for action in ("take_over", "hand_over"):
        posted = browser.post(at(action, row), {"to": str(play.ben.pk)})
        assert posted.status_code == expected
    assert fresh(row).coordinator == play.ana


def test_nothing_is_offered_once_it_has_ended(play, now):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    verbs.close(row, outcome=Outcome.JOINED, by=play.ana, at=now)
    browser = signed_in(play.ben)
    shown = page(browser.get(at("detail", row)))
    assert "Take over" not in shown
    assert "Hand over" not in shown
    assert "cannot be done now" not in shown
    assert "Ana was faster" in page(browser.post(at("take_over", row), follow=True))
    assert fresh(row).status in REFERRAL.final
