"""Who was invited and has chosen no password: nothing is given to her to be forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.appointments import routing
from clinic.outbox.calls import Call, call_about, owe_call
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.outbox.reading import calls_of
from clinic.people import roles
from clinic.people.colleagues import hand_over
from clinic.people.models import Absence, RoleHeld, User
from referrals.desk import routing as desk_routing
from referrals.trials.codes import DutyCode
from tests.builders import appointment_request, cast, colleague, later, on_duty, pay, referral

pytestmark = pytest.mark.django_db

KIND = "appointments.appointmentrequest"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def newcomer(*held):
    """Invited; "aa" stands before everybody in order of e-mail."""
    user = User.objects.create_user("aa@example.org", full_name="Aa", languages=["en", "es"])
    RoleHeld.objects.bulk_create(RoleHeld(user=user, role=role) for role in held)
    return user


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def test_the_router_gives_her_nothing_until_she_has_a_password(play):
    aa = newcomer(roles.SCHEDULER)
    User.objects.filter(pk__in=[play.sam.pk, play.tess.pk]).update(capacity=1)
    for _number in range(3):
        row = appointment_request()
        pay()
        assert fresh(row).owner in (play.sam, play.tess)
    assert aa not in routing.takers(later())
    aa.set_password("a quiet harbor 2026")
    aa.save()
    row = appointment_request()
    pay()
    assert fresh(row).owner == aa


def test_a_study_whose_coordinator_is_new_goes_to_the_next(play):
    aa = newcomer(roles.COORDINATOR)
    on_duty(aa, play.study, DutyCode.COORDINATOR)
    RoleHeld.objects.filter(user=play.ana).delete()
    row = referral(play.study)
    pay()
    assert fresh(row).coordinator == play.ben
    assert aa not in desk_routing.takers(row, at=later())
    assert aa not in hand_over.takers(play.ben, at=later())


def test_with_nobody_who_could_see_it_a_request_waits_in_the_queue(play):
    for one in (play.sam, play.tess):
        one.set_unusable_password()
        one.save()
    row = appointment_request()
    pay()
    assert fresh(row).owner is None


def test_a_call_goes_to_whoever_of_the_team_is_here(play):
    newcomer(roles.SCHEDULER)
    row = appointment_request()
    due_at = later(hours=1)
    assert call_about(KIND, row.pk, due_at=due_at).assigned_to == play.sam
    now = timezone.now()
    hours = timedelta(hours=1)
    Absence.objects.create(user=play.sam, starts_at=now - hours, ends_at=now + hours)
    assert call_about(KIND, row.pk, due_at=due_at).assigned_to == play.tess


def test_with_nobody_here_a_call_still_has_a_name(play):
    row = appointment_request()
    aa = newcomer(roles.SCHEDULER)
    for one in (play.sam, play.tess):
        one.set_unusable_password()
        one.save()
    assert call_about(KIND, row.pk, due_at=later(hours=1)).assigned_to == aa


def test_what_she_was_given_before_stands_in_the_list_of_the_team(play):
    row, aa = appointment_request(), newcomer(roles.SCHEDULER)
    owed = Call(row, aa, later(hours=1))
    owe_call(owed, person=row.person, reason=CallReason.URGENT, at=later())
    task = CallTask.rows.get(reason=CallReason.URGENT)
    assert calls_of(play.sam) == calls_of(play.tess) == [task]
    aa.set_password("a quiet harbor 2026")
    aa.save()
    assert calls_of(play.sam) == []
    assert calls_of(aa) == [task]


def test_her_request_is_called_about_by_the_team(play):
    row = appointment_request()
    pay()
    row = fresh(row)
    row.owner.set_unusable_password()
    row.owner.save()
    other = play.tess if row.owner == play.sam else play.sam
    assert call_about(KIND, row.pk, due_at=later(hours=1)).assigned_to == other


def test_a_colleague_with_a_password_is_as_before(play):
    assert colleague("sam").can_sign_in
    assert not newcomer().can_sign_in
