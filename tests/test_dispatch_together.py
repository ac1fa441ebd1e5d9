"""Kinds of which a crowd may wait: paid in one transaction, and never at one another's cost."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from clinic.appointments import codes as visits
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.outbox import handlers
from clinic.outbox.codes import EffectState
from clinic.outbox.dispatch import COMPANY, LEASE, dispatch
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.people.colleagues.hand_over import GIVEN
from clinic.people.models import RoleHeld
from referrals.desk import codes, verbs
from referrals.desk.models import Referral
from tests import builders
from tests.builders import NOON, later
from tests.races import at_once

KIND = "test.together"
DUE = later(minutes=1)


class WorkerKilled(BaseException):
    """What a hard time limit or `kill -9` looks like from inside: no handler can catch it."""


@pytest.fixture
def paid(monkeypatch):
    """A kind whose effects go together: what each payment was about, and how it may misbehave."""
    payments = []

    def pay(*, about_ids, at):
        assert connection.in_atomic_block
        payments.append(list(about_ids))
        return pay.settles(set(about_ids))

    pay.settles = lambda ids: ids
    pay.payments = payments
    monkeypatch.setitem(handlers._HANDLERS, KIND, pay)
    monkeypatch.setattr(handlers, "_TOGETHER", {*handlers._TOGETHER, KIND})
    return pay


def owed(count, *, due_at=NOON):
    """So many effects, each about somebody else, in the order in which they are due."""
    subjects = [builders.colleague(f"sam {number}") for number in range(count)]
    with transaction.atomic():
        for subject in subjects:
            owe(Owed(KIND, subject, due_at=due_at), at=NOON)
    return list(Effect.objects.filter(kind=KIND).order_by("due_at", "id"))


def states(effects):
    rows = Effect.objects.in_bulk([one.pk for one in effects])
    return [(rows[one.pk].state, rows[one.pk].attempts) for one in effects]


@pytest.mark.django_db
def test_paying_one_pays_those_that_wait(paid):
    first, *others = owed(4)
    assert dispatch(first.pk, at=DUE) is True
    assert paid.payments == [[one.about_id for one in (first, *others)]]
    assert states([first, *others]) == [(EffectState.DONE, 1)] * 4
    assert not Effect.objects.filter(ended_at__isnull=True).exists()
    assert not any(dispatch(one.pk, at=DUE) for one in others), "nothing is left to do"


@pytest.mark.django_db
def test_no_more_than_a_company_goes_at_once(paid):
    owed(COMPANY + 3)
    assert dispatch(Effect.objects.order_by("due_at", "id").first().pk, at=DUE) is True
    assert [len(one) for one in paid.payments] == [COMPANY + 1]
    assert Effect.objects.filter(state=EffectState.PENDING).count() == 2


@pytest.mark.django_db
def test_what_is_not_due_or_somebody_elses_stays(paid):
    first, leased, tried = owed(3)
    mine = Effect.objects.filter(pk=leased.pk)
    mine.update(state=EffectState.LEASED, attempts=1, lease_until=NOON + LEASE)
    Effect.objects.filter(pk=tried.pk).update(attempts=1)
    [late] = [one for one in owed(4, due_at=later(hours=1)) if one.due_at > DUE][:1]
    assert dispatch(first.pk, at=DUE) is True
    assert paid.payments == [[first.about_id]]
    late.refresh_from_db()
    assert late.state == EffectState.PENDING


@pytest.mark.django_db
def test_one_that_cannot_be_settled_waits_and_the_others_do_not(paid):
    first, second, third = owed(3)
    paid.settles = lambda ids: ids - {second.about_id}
    assert dispatch(first.pk, at=DUE) is True
    assert states([first, third]) == [(EffectState.DONE, 1)] * 2
    assert states([second]) == [(EffectState.PENDING, 0)]
    assert dispatch(second.pk, at=DUE) is False
    second.refresh_from_db()
    assert (second.state, second.attempts, second.last_error) == ("pending", 1, "TryLater")
    assert third.about_id not in paid.payments[-1]


@pytest.mark.django_db
def test_what_fails_leaves_the_others_untouched_and_goes_on_alone(paid):
    first, *others = owed(3)

    def fail(ids):
        raise ValueError

    paid.settles = fail
    assert dispatch(first.pk, at=DUE) is False
    first.refresh_from_db()
    assert (first.state, first.attempts, first.last_error) == ("pending", 1, "ValueError")
    assert states(others) == [(EffectState.PENDING, 0)] * 2
    paid.settles = lambda ids: ids
    assert dispatch(first.pk, at=later(hours=1)) is True
    assert paid.payments[-1] == [first.about_id], "its second try takes nobody along"
    assert all(dispatch(one.pk, at=DUE) for one in others[:1])


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_loses_nobody(paid):
    first, *others = owed(3)

    def die(ids):
        raise WorkerKilled

    paid.settles = die
    with pytest.raises(WorkerKilled):
        dispatch(first.pk, at=DUE)
    assert states([first]) == [(EffectState.LEASED, 1)]
    assert states(others) == [(EffectState.PENDING, 0)] * 2
    paid.settles = lambda ids: ids
    assert dispatch(others[0].pk, at=DUE) is True
    assert dispatch(first.pk, at=DUE + LEASE * 2) is True
    assert states([first, *others]) == [(EffectState.DONE, 2), *[(EffectState.DONE, 1)] * 2]


@pytest.mark.django_db
def test_a_crowd_is_shared_out_as_if_one_came_after_the_other():
    play = builders.cast()
    users = [play.ana, *(builders.colleague(name, "coordinator") for name in ("dora", "eva"))]
    for user in users[1:]:
        builders.on_duty(user, play.study)
    rows = [builders.referral(play.study) for _number in range(9)]
    [head] = Effect.objects.filter(kind=codes.ROUTE, about_id=rows[0].pk)
    assert dispatch(head.pk, at=DUE) is True
    given = list(Referral.rows.values_list("coordinator", "case__owner"))
    assert {user.pk: given.count((user.pk, user.pk)) for user in users} == {
        user.pk: 3 for user in users
    }
    assert Event.objects.filter(verb="receive").count() == 9
    assert Effect.objects.filter(kind=codes.TELL).count() == 9
    # Forty requests are not forty mails.
    assert Effect.objects.filter(kind=GIVEN).count() == len(users)


@pytest.mark.django_db
def test_a_study_with_nobody_does_not_hold_up_another():
    play = builders.cast()
    lost = builders.referral(builders.study("nobody works here"))
    found = builders.referral(play.study)
    RoleHeld.objects.filter(role="lead").delete()
    [head] = Effect.objects.filter(kind=codes.ROUTE, about_id=found.pk)
    assert dispatch(head.pk, at=DUE) is True
    lost.refresh_from_db()
    found.refresh_from_db()
    assert (lost.coordinator, found.coordinator) == (None, play.ana)
    assert Effect.objects.get(about_id=lost.pk).state == EffectState.PENDING


@pytest.mark.django_db
def test_requests_for_appointments_go_together_too():
    sam = builders.colleague("sam", "scheduler")
    rows = [builders.appointment_request() for _number in range(3)]
    [head] = Effect.objects.filter(kind=visits.ROUTE, about_id=rows[0].pk)
    assert dispatch(head.pk, at=DUE) is True
    for row in rows:
        row.refresh_from_db()
        assert row.owner == sam
    assert not Effect.objects.filter(kind=visits.ROUTE).exclude(state=EffectState.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_one_crowd_give_each_referral_once(transactional_db):
    play = builders.cast()
    rows = [builders.referral(play.study) for _number in range(12)]
    owing = list(Effect.objects.filter(kind=codes.ROUTE).values_list("pk", flat=True))

    def work(number):
        for effect_id in owing[number % 6 :] + owing[: number % 6]:
            dispatch(effect_id, at=DUE)

    at_once(work, threads=6)
    assert set(Effect.objects.filter(kind=codes.ROUTE).values_list("state", flat=True)) == {"done"}
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.coordinator) == ("received", play.ana)
        assert Event.objects.filter(verb="receive", about_id=row.pk).count() == 1
    assert Effect.objects.filter(kind=codes.TELL).count() == len(rows)


@pytest.mark.django_db(transaction=True)
def test_people_who_change_their_mind_while_a_crowd_is_routed(transactional_db):
    play = builders.cast()
    rows = [builders.referral(play.study) for _number in range(8)]
    owing = list(Effect.objects.filter(kind=codes.ROUTE).values_list("pk", flat=True))

    def work(number):
        if number:
            row = rows[number - 1]
            verbs.change_mind(row.case, by=Actor.person(row.case.person), at=DUE)
        else:
            for effect_id in owing:
                dispatch(effect_id, at=DUE)

    at_once(work, threads=9)
    for row in rows:
        row.refresh_from_db()
        assert row.status == "cancelled"
    assert not Effect.objects.waiting().exclude(kind=GIVEN).exists()
