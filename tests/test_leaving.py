"""All that a colleague holds goes to others, and the end of an account loses nothing."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as visit_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.lifecycle import NotMoved
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.colleagues import hand_over, leaving
from clinic.people.colleagues.leaving import LastOne
from clinic.people.models import RoleHeld, User
from clinic.people.requests import NobodyElse
from referrals.desk import handlers, verbs
from referrals.desk.models import Case, Referral
from tests.builders import (
    NOON,
    PASSWORD,
    appointment_request,
    case,
    cast,
    colleague,
    intake,
    later,
    on_duty,
    pay,
    referral,
    study,
)
from tests.journeys import page, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

SOON = later(minutes=5)


@pytest.fixture
def play():
    return cast()


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def busy(play, *, referrals=3):
    """Ana holds some referrals, one of them without e-mail, so that she owes a call."""
    rows = [referral(play.study) for _number in range(referrals - 1)]
    rows.append(referral(play.study, people=intake(email="")))
    pay()
    rows = [fresh(row) for row in rows]
    assert {row.coordinator for row in rows} == {play.ana}
    verbs.accept(rows[0], by=play.ana, at=NOON)
    pay()
    return [fresh(row) for row in rows]


def give(user, *, to=None, by=None, at=SOON):
    return hand_over.hand_over(user, to=to, by=by or colleague("lena"), at=at)


def counts(user):
    return {str(one.label): one.count for one in hand_over.holdings(user)}


# -- Giving all of it away -------------------------------------------------------------------------
def test_all_she_holds_goes_to_whom_the_router_chooses(play):
    rows = busy(play)
    held = {"Referrals": 3, "Appointment requests": 0, "Calls": 1, "Begun and not sent": 0}
    assert counts(play.ana) == held
    assert give(play.ana) == 3
    assert set(counts(play.ana).values()) == {0}
    assert counts(play.ben) == held
    for row in map(fresh, rows):
        assert (row.coordinator, row.case.owner) == (play.ben, play.ben)
        assert row.routing["tier"] == "backup"
        events = Event.objects.filter(verb="hand_over", about_id=row.pk)
        assert [one.actor_id for one in events] == [str(play.lena.pk)]
    assert fresh(rows[0]).status == "accepted"
    assert CallTask.rows.get().assigned_to == play.ben
    event = Event.objects.get(verb="hand_over_all")
    assert (event.about_id, event.codes) == (play.ana.pk, {"to": "router", "rows": 3})
    assert give(play.ana) == 0


def test_forty_given_are_one_mail_to_who_gets_them(play):
    busy(play, referrals=5)
    mail.outbox.clear()
    give(play.ana)
    pay(SOON)
    assert [one.to for one in mail.outbox].count(["ben@example.org"]) == 1


def test_a_named_colleague_gets_what_she_may_look_after_and_others_the_rest(play):
    rows = busy(play)
    other = study("second")
    on_duty(play.ana, other)
    on_duty(play.chloe, other)
    elsewhere = referral(other)
    verbs.accept(elsewhere, by=play.ana, at=NOON)
    assert give(play.ana, to=play.chloe) == 4
    assert fresh(elsewhere).coordinator == play.chloe
    assert {fresh(row).coordinator for row in rows} == {play.ben}


def test_visits_go_to_another_scheduler(play):
    row = appointment_request(people=intake(email=""))
    visit_verbs.take(row, by=play.sam, at=NOON)
    pay()
    assert give(play.sam) == 1
    row = fresh(row)
    assert (row.owner, row.status, row.routing["tier"]) == (play.tess, "accepted", "present")
    assert CallTask.rows.get().assigned_to == play.tess


def test_a_case_she_owns_without_a_study_of_her_own_in_it_goes_too(play):
    made = case(play.study)
    pay()
    row = made.referrals.get()
    verbs.accept(fresh(row), by=play.ben, at=NOON)
    # She called about it once, and the study has another coordinator since.
    Case.rows.filter(pk=made.pk).update(owner=play.ana)
    assert give(play.ana) == 1
    assert fresh(made).owner == play.ben
    assert Event.objects.get(verb="hand_over", about_id=made.pk).codes["to"] == str(play.ben.pk)


def test_a_call_about_somebody_elses_request_goes_to_its_owner(play):
    row = appointment_request()
    pay()
    row = fresh(row)
    other = ({play.sam, play.tess} - {row.owner}).pop()
    owe_call(Call(row, other, row.due_at), person=row.person, reason=CallReason.URGENT, at=NOON)
    assert give(other) == 1
    assert CallTask.rows.get().assigned_to == row.owner


def test_with_nobody_else_nothing_moves(play):
    row = appointment_request()
    visit_verbs.take(row, by=play.sam, at=NOON)
    User.objects.filter(pk=play.tess.pk).update(is_active=False)
    before = Event.objects.count()
    with pytest.raises(NobodyElse):
        give(play.sam)
    assert fresh(row).owner == play.sam
    assert Event.objects.count() == before


def test_of_several_rows_all_or_none_move(play):
    busy(play)
    wish = appointment_request()
    # A mistake of the past: a visit in the hands of a coordinator, and no scheduler at all.
    AppointmentRequest.rows.filter(pk=wish.pk).update(owner=play.ana, status="received")
    RoleHeld.objects.filter(role=roles.SCHEDULER).delete()
    with pytest.raises(NobodyElse):
        give(play.ana)
    assert set(Referral.rows.values_list("coordinator", flat=True)) == {play.ana.pk}


@pytest.mark.django_db(transaction=True)
def test_two_leads_at_once_hand_everything_over_once(transactional_db):
    play = cast()
    rows = busy(play)
    mona = colleague("mona", roles.LEAD)
    by = [play.lena, mona]
    given = at_once(lambda number: give(play.ana, by=by[number]), threads=2)
    assert sorted(given) == [0, 3]
    assert {fresh(row).coordinator for row in rows} == {play.ben}
    assert Event.objects.filter(verb="hand_over").count() == 3


# -- Leaving ---------------------------------------------------------------------------------------
def leave(user, *, to=None, by=None, at=SOON):
    return leaving.leave(user, to=to, by=by or colleague("alex"), at=at)


def test_who_leaves_is_signed_out_and_holds_nothing(play):
    rows, browser = busy(play), signed_in(play.ana)
    assert leave(play.ana) == 3
    assert browser.get(reverse("staff:index")).status_code == 302
    assert {fresh(row).coordinator for row in rows} == {play.ben}
    gone = fresh(play.ana)
    assert (gone.is_active, gone.has_usable_password()) == (False, False)
    assert not User.objects.with_role(roles.COORDINATOR).filter(pk=gone.pk).exists()
    event = Event.objects.get(verb="leave")
    assert (event.about_id, event.actor_id) == (gone.pk, str(play.alex.pk))
    assert leave(play.ana) == 0
    assert Event.objects.filter(verb="leave").count() == 1
    # An old session does not come back with the account.
    leaving.come_back(gone, by=play.alex, at=later(days=1))
    assert browser.get(reverse("staff:index")).status_code == 302
    assert not browser.login(username=gone.email, password=PASSWORD)


@pytest.mark.parametrize("name", ["lena", "alex"])
def test_the_last_of_a_role_does_not_leave(play, name):
    user = getattr(play, name)
    with pytest.raises(LastOne):
        leave(user)
    assert fresh(user).is_active
    (role,) = user.roles
    colleague("other", role)
    leave(user)
    assert not fresh(user).is_active


def test_who_cannot_be_replaced_stays_and_nothing_has_changed(play):
    row = appointment_request()
    visit_verbs.take(row, by=play.sam, at=NOON)
    leave(play.tess)
    with pytest.raises(NobodyElse):
        leave(play.sam)
    assert fresh(play.sam).is_active
    assert fresh(row).owner == play.sam


def test_a_crash_in_the_middle_leaves_her_with_all_she_had(play):
    rows = busy(play)
    before = Event.objects.count()

    @transaction.atomic
    def crash():
        leave(play.ana)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert fresh(play.ana).is_active
    assert {fresh(row).coordinator for row in rows} == {play.ana}
    assert {fresh(row).case.owner for row in rows} == {play.ana}
    assert CallTask.rows.get().assigned_to == play.ana
    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_she_leaves_while_she_takes_one_and_the_router_gives_her_another(transactional_db):
    play = cast()
    for number in range(3):
        user = colleague(f"new {number}", roles.COORDINATOR)
        made = study(f"racing {number}")
        on_duty(user, made)
        waiting, new = referral(made), referral(made)
        handlers.route(about_ids=[waiting.pk], at=NOON)
        stale = fresh(waiting)

        def route(new=new):
            # What raises is put back and tried again, as the dispatcher does.
            handlers.route(about_ids=[new.pk], at=SOON)

        work = [
            lambda user=user: leave(user),
            lambda user=user, stale=stale: verbs.accept(stale, by=user, at=SOON),
            route,
        ]
        expected = (NotMoved, handlers.TryLater)
        at_once(lambda one, work=work: work[one](), expected=expected, threads=3)
        if fresh(new).coordinator is None:
            route()
        for row in (fresh(waiting), fresh(new)):
            assert row.coordinator == play.lena
            assert row.case.owner == play.lena
        assert set(counts(user).values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_the_last_two_leads_do_not_both_leave_at_once(transactional_db):
    play = cast()
    leads = [play.lena, colleague("mona", roles.LEAD)]
    at_once(lambda number: leave(leads[number], by=play.alex), expected=LastOne, threads=2)
    assert User.objects.with_role(roles.LEAD).count() == 1


# -- The pages: counts, never names ----------------------------------------------------------------
def one(user):
    return reverse("staff:hand_over_one", args=[user.pk])


def end(user):
    return reverse("staff:leaving", args=[user.pk])


@pytest.mark.parametrize("name", ["lena", "alex"])
def test_lead_and_administrator_choose_a_colleague_see_counts_and_hand_over(play, name):
    rows, browser = busy(play), signed_in(getattr(play, name))
    chosen = browser.post(reverse("staff:hand_over"), {"colleague": str(play.ana.pk)})
    assert chosen.url == one(play.ana)
    shown = browser.get(one(play.ana))
    assert "Referrals 3" in words(shown)
    assert "Calls 1" in words(shown)
    for secret in ("Zzyzx", "555-0177", "maria@"):
        assert secret not in page(shown)
    assert "3 handed over." in page(browser.post(one(play.ana), {"to": "router"}, follow=True))
    assert {fresh(row).coordinator for row in rows} == {play.ben}
    again = browser.post(one(play.ana), {"to": "router"}, follow=True)
    assert "There was nothing left to hand over." in page(again)


def test_a_colleague_hands_over_her_own_and_nobody_elses(play):
    rows, browser = busy(play), signed_in(play.ana)
    assert browser.get(one(play.ben)).status_code == 404
    assert browser.post(one(play.ben), {"to": "router"}).status_code == 404
    assert browser.get(reverse("staff:hand_over")).status_code == 403
    given = browser.post(one(play.ana), {"to": str(play.ben.pk)}, follow=True)
    assert "3 handed over." in page(given)
    assert {fresh(row).coordinator for row in rows} == {play.ben}


@pytest.mark.parametrize("to", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_choice_that_is_not_offered_is_refused_in_words(play, to):
    rows, browser = busy(play), signed_in(play.lena)
    refused = browser.post(one(play.ana), {"to": to})
    assert refused.status_code == 422
    assert "Error:" in page(refused)
    assert {fresh(row).coordinator for row in rows} == {play.ana}
    refused = browser.post(reverse("staff:hand_over"), {"colleague": to})
    assert refused.status_code == 422


def test_only_administrators_end_accounts_and_nobody_her_own(play):
    colleague("other", roles.ADMINISTRATOR)
    for name, status in (("ana", 403), ("lena", 403), ("alex", 200)):
        assert signed_in(getattr(play, name)).get(end(play.ben)).status_code == status
    browser = signed_in(play.alex)
    assert "Ask another administrator." in page(browser.post(end(play.alex), {"to": "router"}))
    assert fresh(play.alex).is_active
    ended = page(browser.post(end(play.ben), {"to": "router"}, follow=True))
    assert "The account has ended." in ended
    assert not fresh(play.ben).is_active
    assert "This account has ended." in page(browser.get(end(play.ben)))


def test_the_page_says_why_somebody_cannot_leave(play):
    row = appointment_request()
    visit_verbs.take(row, by=play.sam, at=NOON)
    leave(play.tess)
    browser = signed_in(play.alex)
    refused = browser.post(end(play.lena), {"to": "router"})
    assert refused.status_code == 422
    assert "Nobody else is “trials office lead”." in page(refused)
    refused = browser.post(end(play.sam), {"to": "router"})
    assert "Nobody else could take all of this." in page(refused)
    assert refused.status_code == 422


def test_what_she_held_tells_who_gave_it_to_whom(play):
    at = timezone.now()
    row = referral(play.study, at=at)
    verbs.accept(row, by=play.ana, at=at)
    leave(play.ana, at=at)
    shown = page(signed_in(play.ben).get(reverse("desk:detail", args=[row.pk])))
    assert "Handed over to: Ben" in shown
    assert fresh(row).case.owner == play.ben
