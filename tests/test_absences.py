"""Who is away: nothing new goes to her, her team sees her calls, and she may give away the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.people.colleagues import absences
from clinic.people.colleagues.absences import AlreadyAway, Days
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Absence, RoleHeld, User
from tests.builders import NOON, appointment_request, case, cast, intake, later, pay, referral
from tests.journeys import boxes, page, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

AWAY = "staff:away"
WEEK = Days(date(2026, 11, 23), date(2026, 11, 27))


@pytest.fixture
def play():
    return cast(at=timezone.now())


def add(user, days=WEEK, *, by=None, at=NOON):
    return absences.add(user, days, by=by or user, at=at)


# -- The verbs -------------------------------------------------------------------------------------
def test_days_are_whole_days_of_the_centre_also_when_the_clocks_change(play):
    made = add(play.ana)
    assert made.starts_at == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert made.ends_at == datetime(2026, 11, 28, 5, tzinfo=UTC)
    summer_to_winter = add(play.ana, Days(date(2027, 10, 31), date(2027, 11, 7)))
    assert summer_to_winter.starts_at == datetime(2027, 10, 31, 4, tzinfo=UTC)
    assert summer_to_winter.ends_at == datetime(2027, 11, 8, 5, tzinfo=UTC)
    event = Event.objects.filter(verb="add_absence").first()
    assert (event.about_id, event.codes) == (play.ana.pk, {"absence": made.pk})


def test_the_same_days_twice_are_one_absence_and_others_must_not_overlap(play):
    made = add(play.ana)
    assert add(play.ana) == made
    with pytest.raises(AlreadyAway):
        add(play.ana, Days(date(2026, 11, 27), date(2026, 11, 30)))
    add(play.ana, Days(date(2026, 11, 28), date(2026, 11, 30)))
    add(play.ben)
    assert Absence.objects.count() == 3
    assert Event.objects.filter(verb="add_absence").count() == 3


def test_nobody_is_away_whose_account_has_ended(play):
    User.objects.filter(pk=play.ana.pk).update(is_active=False)
    with pytest.raises(HasLeft):
        add(play.ana, by=play.lena)


def test_ended_now_is_here_again_and_one_to_come_is_struck_out(play):
    made = add(play.ana)
    during = datetime(2026, 11, 24, 15, tzinfo=UTC)
    for _click in range(2):
        absences.end(made, by=play.lena, at=during)
    assert Absence.objects.get().ends_at == during
    assert User.objects.get_queryset().present(at=during).filter(pk=play.ana.pk).exists()
    to_come = add(play.ben)
    absences.end(to_come, by=play.ben, at=NOON)
    assert not Absence.objects.filter(user=play.ben).exists()
    ended = Event.objects.filter(verb="end_absence")
    assert [one.actor_id for one in ended] == [str(play.lena.pk), str(play.ben.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_absence(transactional_db):
    ana = cast().ana
    made = at_once(lambda _number: add(ana), threads=6)
    assert len({one.pk for one in made}) == 1
    assert Event.objects.filter(verb="add_absence").count() == 1


# -- The page --------------------------------------------------------------------------------------
def typed(first, last, **more):
    days = {
        **boxes("first", first.month, first.day, first.year),
        **boxes("last", last.month, last.day, last.year),
    }
    return {**days, **more}


def today():
    return timezone.localdate()


def test_she_says_that_she_is_away_and_that_she_is_back(play):
    browser = signed_in(play.ana)
    answer = browser.post(reverse(AWAY), typed(today(), today() + timedelta(days=3)), follow=True)
    assert "Noted. Nothing new goes to Ana then." in page(answer)
    assert "away now" in page(answer)
    absence = Absence.objects.get(user=play.ana)
    ended = browser.post(reverse("staff:away_end", args=[absence.pk]), follow=True)
    assert "The absence has ended." in page(ended)
    assert "Nobody is away." in page(ended)
    assert browser.post(reverse("staff:away_end", args=[0])).status_code == 404


def test_who_goes_away_is_offered_to_hand_over_what_is_open(play):
    referral(play.study, at=timezone.now())
    pay(timezone.now())
    answer = signed_in(play.ana).post(reverse(AWAY), typed(today(), today()), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("staff:hand_over_one", args=[play.ana.pk])
    assert "Referrals 1" in words(answer)
    assert "Not now" in page(answer)


@pytest.mark.parametrize("name", ["lena", "alex"])
def test_lead_and_administrator_say_it_of_others(play, name):
    browser = signed_in(getattr(play, name))
    values = typed(today(), today(), colleague=str(play.sam.pk))
    assert "Noted. Nothing new goes to Sam then." in page(
        browser.post(reverse(AWAY), values, follow=True)
    )
    assert "Sam" in page(browser.get(reverse(AWAY)))
    absence = Absence.objects.get(user=play.sam)
    assert signed_in(play.tess).post(_end(absence)).status_code == 404
    browser.post(_end(absence))
    assert not Absence.objects.filter(user=play.sam, ends_at__gt=timezone.now()).exists()


def _end(absence):
    return reverse("staff:away_end", args=[absence.pk])


def test_nobody_else_says_it_of_others(play):
    browser = signed_in(play.ana)
    assert 'name="colleague"' not in page(browser.get(reverse(AWAY)))
    browser.post(reverse(AWAY), typed(today(), today(), colleague=str(play.ben.pk)))
    assert Absence.objects.get().user == play.ana
    add(play.ben)
    assert "Ben" not in page(browser.get(reverse(AWAY)))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (-3, -1, "This day is over."),
        (3, 1, "The last day is before the first."),
        (0, 900, "This is more than two years."),
    ],
)
def test_days_that_make_no_sense_are_refused_in_words(play, first, last, said):
    days = [today() + timedelta(days=number) for number in (first, last)]
    refused = signed_in(play.ana).post(reverse(AWAY), typed(*days))
    assert refused.status_code == 422
    assert said in page(refused)
    assert f'value="{days[1].year}"' in page(refused), "what she typed is kept"
    assert not Absence.objects.exists()


def test_days_that_overlap_say_which(play):
    browser = signed_in(play.ana)
    browser.post(reverse(AWAY), typed(today(), today() + timedelta(days=3)))
    refused = browser.post(reverse(AWAY), typed(today(), today() + timedelta(days=4)))
    assert refused.status_code == 422
    assert "There is an absence from" in page(refused)
    assert Absence.objects.count() == 1


# -- No call is seen by nobody ---------------------------------------------------------------------
def visit_call(play):
    appointment_request(people=intake(email=""))
    pay()
    task = CallTask.rows.get()
    other = play.tess if task.assigned_to == play.sam else play.sam
    return task, other


def away(user):
    at = timezone.now()
    hour = timedelta(hours=1)
    return Absence.objects.create(user=user, starts_at=at - hour, ends_at=at + hour)


def seen_by(user):
    return CallTask.objects.visible_to(user).open().count()


def test_her_team_sees_the_calls_of_who_is_away(play):
    task, other = visit_call(play)
    assert (seen_by(task.assigned_to), seen_by(other)) == (1, 0)
    absence = away(task.assigned_to)
    assert (seen_by(task.assigned_to), seen_by(other)) == (1, 1)
    assert [seen_by(one) for one in (play.ana, play.lena, play.erin, play.alex)] == [0] * 4
    shown = page(signed_in(other).get(reverse("calls:list")))
    assert f"for {task.assigned_to.full_name}, who is not here" in shown
    absence.delete()
    assert seen_by(other) == 0


def test_an_absence_that_is_over_or_to_come_changes_nothing(play):
    task, other = visit_call(play)
    at, day = timezone.now(), timedelta(days=1)
    rows = Absence.objects
    rows.create(user=task.assigned_to, starts_at=at - 2 * day, ends_at=at - day)
    rows.create(user=task.assigned_to, starts_at=at + day, ends_at=at + 2 * day)
    assert seen_by(other) == 0


def test_so_it_does_of_who_has_left_or_lost_her_role(play):
    task, other = visit_call(play)
    User.objects.filter(pk=task.assigned_to_id).update(is_active=False)
    assert seen_by(other) == 1
    User.objects.filter(pk=task.assigned_to_id).update(is_active=True)
    RoleHeld.objects.filter(user=task.assigned_to).delete()
    assert seen_by(other) == 1


def test_of_a_case_the_lead_sees_them(play):
    made = case(play.study, people=intake(email=""))
    pay()
    assert (CallTask.rows.get().assigned_to, seen_by(play.lena)) == (play.ana, 0)
    away(play.ana)
    assert [seen_by(one) for one in (play.ana, play.lena, play.ben, play.sam)] == [1, 1, 0, 0]
    call = Call(made, play.ana, made.due_at)
    owe_call(call, person=made.person, reason=CallReason.URGENT, at=later(hours=1))
    assert seen_by(play.lena) == 2


def test_whoever_stands_in_makes_the_call(play):
    task, other = visit_call(play)
    away(task.assigned_to)
    browser = signed_in(other)
    done = page(browser.post(reverse("calls:done", args=[task.pk]), follow=True))
    assert "Done." in done
    task.refresh_from_db()
    assert task.status == "done"
    assert Event.objects.get(verb="called", about_id=task.pk).actor_id == str(other.pk)


def test_it_is_one_query(play, django_assert_num_queries):
    visit_call(play)
    assert play.lena.roles
    with django_assert_num_queries(1):
        list(CallTask.objects.visible_to(play.lena).open())
