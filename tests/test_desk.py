"""The coordinators' desk: who was faster, how it goes on, how it ends, who is named."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.outbox.codes import EffectState
from clinic.outbox.models import CallTask, Effect
from clinic.people.models import Consent
from clinic.people.models.attempt import AttemptResult
from referrals.desk import verbs
from referrals.desk.codes import Outcome
from referrals.desk.models import Case, Referral, ReferralAttempt
from tests.builders import (
    case,
    cast,
    details,
    intake,
    on_duty,
    pay,
    referral,
    study,
    tried,
)
from tests.journeys import page, signed_in
from tests.races import at_once

pytestmark = pytest.mark.django_db

LIST = "desk:list"


@pytest.fixture
def play():
    return cast(at=timezone.now())


@pytest.fixture
def now():
    return timezone.now()


def at(name, row):
    return reverse(f"desk:{name}", args=[row.pk])


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def log_form(result, key=None):
    return {"key": str(key or uuid.uuid4()), "channel": "phone", "result": result, "note": "Hi."}


# -- The list ------------------------------------------------------------------------------------


def test_soonest_due_comes_first_in_a_stable_order(play, now):
    late = referral(play.study, at=now - timedelta(days=9))
    new = referral(play.study, at=now)
    same = [referral(play.study, at=now - timedelta(days=3)) for _number in range(3)]
    expected = [late, *sorted(same, key=lambda one: one.pk), new]
    browser = signed_in(play.ana)
    for _time in range(2):
        shown = browser.get(reverse(LIST))
        assert list(shown.context["rows"]) == expected
    assert page(shown).count(">overdue<") == 4


def test_a_referral_in_contact_is_never_called_overdue(play, now):
    row = referral(play.study, at=now - timedelta(days=9))
    verbs.log_attempt(row, tried(), by=play.ana, at=now)
    assert not Referral.rows.overdue(at=now).exists()
    assert ">overdue<" not in page(signed_in(play.ana).get(reverse(LIST)))


def test_mine_and_ended(play, now):
    mine, hers = referral(play.study, at=now), referral(play.study, at=now)
    verbs.accept(mine, by=play.ana, at=now)
    verbs.accept(hers, by=play.ben, at=now)
    browser = signed_in(play.ana)
    assert list(browser.get(reverse(LIST) + "?mine").context["rows"]) == [mine]
    verbs.close(mine, outcome=Outcome.JOINED, by=play.ana, at=now)
    assert list(browser.get(reverse(LIST) + "?mine").context["rows"]) == []
    assert list(browser.get(reverse(LIST) + "?ended").context["rows"]) == [mine]


def test_the_same_person_may_ask_twice_and_is_flagged(play, now):
    first = case(play.study, at=now)
    again = case(play.study, at=now)
    sister = case(
        play.study, at=now, people=intake(birth_date=details().birth_date.replace(year=1969))
    )
    assert [one.possible_duplicate for one in (first, again, sister)] == [False, True, False]
    assert "possible duplicate" in page(signed_in(play.ana).get(reverse(LIST)))


# -- Taking, calling, ending ---------------------------------------------------------------------


def test_taking_it(play, now):
    row = referral(play.study, at=now)
    answer = signed_in(play.ben).post(at("accept", row), follow=True)
    assert "This referral is yours." in page(answer)
    row = fresh(row)
    assert (row.status, row.coordinator, row.case.owner) == ("accepted", play.ben, play.ben)
    event = Event.objects.get(verb="accept", about_id=row.pk)
    assert (event.codes["from"], event.codes["to"]) == ("requested", "accepted")


def test_the_second_is_told_who_was_faster(play, now):
    row = referral(play.study, at=now)
    ana, ben = signed_in(play.ana), signed_in(play.ben)
    ana.post(at("accept", row))
    assert "Ana was faster (" in page(ben.post(at("accept", row), follow=True))
    assert "You already did this (" in page(ana.post(at("accept", row), follow=True))
    assert Event.objects.filter(verb="accept").count() == 1


def test_one_who_comes_after_the_patient_is_told_so(play, now):
    row = referral(play.study, at=now)
    pay(now)
    browser = signed_in(play.ana)
    verbs.change_mind(row.case, by=Actor.person(row.case.person), at=now)
    answer = browser.post(at("accept", row), follow=True)
    assert "The patient was faster" in page(answer)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_at_once_are_one_winner_and_one_who_knows(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    row = referral(play.study, at=now)
    browsers = [signed_in(play.ana), signed_in(play.ben)]
    answers = at_once(
        lambda number: page(browsers[number].post(at("accept", row), follow=True)), threads=2
    )
    winner = fresh(row).coordinator
    won, lost = answers if winner == play.ana else reversed(answers)
    assert "This referral is yours." in won
    assert f"{winner.full_name} was faster" in lost
    assert Event.objects.filter(verb="accept", about_id=row.pk).count() == 1
    assert fresh(row).case.owner == winner


def test_a_try_is_logged_once_however_often_it_is_sent(play, now):
    row = referral(play.study, at=now)
    browser, form = signed_in(play.ana), log_form("no_answer")
    for _time in range(3):
        assert browser.post(at("log", row), form).status_code == 302
    attempt = ReferralAttempt.rows.get()
    assert (attempt.by, attempt.result, attempt.note) == (play.ana, "no_answer", "Hi.")
    assert Event.objects.filter(verb="attempt").count() == 1
    assert fresh(row).status == "requested"


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_log_is_one_try(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    row, form = referral(play.study, at=now, people=intake(email="")), log_form("reached")
    pay(now)
    browser = signed_in(play.ana)
    browsers = [Client() for _number in range(4)]
    for one in browsers:
        one.cookies.update(browser.cookies)
    answers = at_once(lambda number: browsers[number].post(at("log", row), form), threads=4)
    assert {one.status_code for one in answers} == {302}
    assert ReferralAttempt.rows.count() == 1
    assert Event.objects.filter(verb="attempt").count() == 1
    assert CallTask.rows.get().status == "done"


def test_an_incomplete_log_is_refused_at_its_field_and_kept(play, now):
    row = referral(play.study, at=now)
    form = log_form("") | {"note": "She called <back>."}
    answer = signed_in(play.ana).post(at("log", row), form)
    assert answer.status_code == 422
    assert "Choose an answer for “Result”" in page(answer)
    assert "She called &lt;back&gt;." in answer.content.decode()
    assert not ReferralAttempt.rows.exists()


@pytest.mark.parametrize("before", ["requested", "received", "accepted"])
def test_reaching_her_settles_the_calls_and_it_is_in_contact(play, now, before):
    row = referral(play.study, at=now, people=intake(email=""))
    if before != "requested":
        pay(now)
    row = fresh(row)
    if before == "accepted":
        verbs.accept(row, by=play.ana, at=now)
    assert row.status == before
    signed_in(play.ana).post(at("log", row), log_form("reached"))
    row = fresh(row)
    assert (row.status, row.coordinator) == ("in-progress", play.ana)
    pay(timezone.now())
    assert not CallTask.rows.open().exists()
    assert row.next_at is None
    assert not Referral.rows.overdue(at=now + timedelta(days=30)).exists()


@pytest.mark.parametrize("result", [one for one in AttemptResult if one != "reached"])
def test_any_other_result_leaves_the_call_owed(play, now, result):
    row = referral(play.study, at=now, people=intake(email=""))
    pay(now)
    signed_in(play.ana).post(at("log", row), log_form(result))
    assert CallTask.rows.open().count() == 1
    assert fresh(row).status == "received"


def test_a_call_from_her_own_list_is_done_once(play, now):
    referral(play.study, at=now, people=intake(email=""))
    pay(now)
    task = CallTask.rows.get()
    address = reverse("calls:done", args=[task.pk])
    assert signed_in(play.ben).post(address).status_code == 404
    browser = signed_in(play.ana)
    assert "Done." in page(browser.post(address, follow=True))
    assert "You already did this" in page(browser.post(address, follow=True))
    assert fresh(task).status == "done"


def test_on_hold_and_on_again(play, now):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    browser = signed_in(play.ana)
    assert "On hold." in page(browser.post(at("hold", row), follow=True))
    assert fresh(row).status == "on-hold"
    assert "Going on." in page(browser.post(at("resume", row), follow=True))
    assert fresh(row).status == "in-progress"
    refused = page(browser.post(at("resume", row), follow=True))
    assert "You already did this" in refused


def test_closing_needs_an_outcome_that_exists(play, now):
    row = referral(play.study, at=now)
    verbs.accept(row, by=play.ana, at=now)
    browser = signed_in(play.ana)
    for outcome in ("", "cured", "<script>"):
        answer = browser.post(at("close", row), {"outcome": outcome})
        assert answer.status_code == 422
        assert "<script>" not in answer.content.decode()
    assert fresh(row).status == "accepted"
    for outcome in ("cured", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.rows.filter(pk=row.pk).update(status="completed", outcome=outcome)


def test_what_nobody_has_taken_cannot_be_closed(play, now):
    row = referral(play.study, at=now)
    pay(now)
    answer = signed_in(play.ana).post(at("close", row), {"outcome": "joined"}, follow=True)
    assert "This cannot be done now" in page(answer)
    assert fresh(row).status == "received"


def test_the_case_closes_with_its_last_referral(play, now):
    other = study("second", site="Main")
    on_duty(play.ana, other)
    made = case(play.study, other, at=now, people=intake(email=""))
    pay(now)
    first, last = made.referrals.all()
    for row in (first, last):
        verbs.accept(row, by=play.ana, at=now)
    verbs.close(first, outcome=Outcome.CRITERIA, by=play.ana, at=now)
    assert fresh(made).is_open
    assert CallTask.rows.open().count() == 1
    signed_in(play.ana).post(at("close", last), {"outcome": "joined"})
    made = fresh(made)
    assert (made.status, fresh(last).outcome) == ("closed", "joined")
    assert made.ended_at is not None
    assert not CallTask.rows.open().exists()
    assert not Effect.objects.filter(state=EffectState.PENDING).exists()
    # What she agreed to stays on file: she did not take it back.
    assert Consent.rows.filter(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_two_closed_at_once_close_the_case(transactional_db):
    play, now = cast(at=timezone.now()), timezone.now()
    for number in range(3):
        made = case(play.study, study(f"other {number}", site="Main"), at=now)
        pay(now)
        rows = list(made.referrals.all())
        for row in rows:
            verbs.accept(row, by=play.lena, at=now)

        def close(place, rows=rows, play=play, now=now):
            verbs.close(rows[place], outcome=Outcome.DISTANCE, by=play.lena, at=now)

        at_once(close, threads=2)
        assert set(made.referrals.values_list("status", flat=True)) == {"completed"}
        assert fresh(made).status == "closed"


# -- Who is named --------------------------------------------------------------------------------


def test_whoever_takes_it_is_named_and_owes_the_call(play, now):
    row = referral(play.study, at=now, people=intake(email=""))
    pay(now)
    assert Case.rows.get().owner == play.ana
    assert CallTask.rows.get().assigned_to == play.ana

    row.refresh_from_db()
    verbs.accept(row, by=play.ben, at=now)

    assert Case.rows.get().owner == play.ben
    assert CallTask.rows.get().assigned_to == play.ben


def test_a_case_stays_with_whom_another_study_is_with(play, now):
    second = study("second")
    on_duty(play.ana, second)
    whole = case(play.study, second, at=now, people=intake(email=""))
    pay(now)

    verbs.accept(whole.referrals.get(study=second), by=play.ben, at=now)

    assert Case.rows.get().owner == play.ana
    assert CallTask.rows.get().assigned_to == play.ana
