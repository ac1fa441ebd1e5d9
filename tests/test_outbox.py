"""The row is the queue: owed once, claimed once, counted before the work, never lost."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from clinic.audit.recording import about
from clinic.outbox import dispatch as dispatching
from clinic.outbox import handlers
from clinic.outbox.codes import MAX_ATTEMPTS, EffectState
from clinic.outbox.dispatch import LEASE, LONGEST_WAIT, claim, dispatch
from clinic.outbox.ledger import NotInTransaction, Owed, owe
from clinic.outbox.models import Effect
from clinic.outbox.sweep import overdue, sweep_once
from clinic.outbox.tasks import look
from tests import builders
from tests.builders import NOON, later
from tests.effects import KIND, fails, handle_with, owed
from tests.races import THREADS, at_once

SECRET = "Zzyzx-typed-this"


class Broken(Exception):
    """Something fails in the middle."""


class WorkerKilled(BaseException):
    """What a hard time limit or `kill -9` looks like from inside: no handler can catch it."""


@pytest.fixture
def handled(monkeypatch):
    return handle_with(monkeypatch)


# -- Owing -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_owing_outside_the_transaction_of_its_cause_is_refused():
    with pytest.raises(NotInTransaction, match=r"test\.kind"):
        owe(Owed(KIND, builders.colleague("sam")), at=NOON)
    assert not Effect.objects.exists()


@pytest.mark.django_db
def test_owing_twice_is_owing_once():
    first, second = owed(), owed(at=later(hours=1))
    assert first == second
    assert second.created_at == second.due_at == NOON


@pytest.mark.django_db
def test_a_key_tells_two_effects_of_one_kind_apart():
    assert owed("one") != owed("two")


@pytest.mark.django_db(transaction=True)
def test_owing_the_same_at_once_is_owing_once():
    sam = builders.colleague("sam")

    def work(_number):
        with transaction.atomic():
            owe(Owed(KIND, sam), at=NOON)

    at_once(work)
    assert Effect.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_rolled_back_cause_owed_was_never_owed():
    sam = builders.colleague("sam")

    def fail():
        with transaction.atomic():
            owe(Owed(KIND, sam), at=NOON)
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert not Effect.objects.exists()


@pytest.mark.django_db
def test_an_effect_may_be_due_later(handled):
    effect = owed(due_at=later(hours=1))
    assert dispatch(effect.pk, at=later(minutes=59)) is False
    assert dispatch(effect.pk, at=later(hours=1)) is True
    assert handled.calls == [effect.pk]


# -- Claiming --------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_an_effect_one_has_it():
    effect = owed()
    loaded = [Effect.objects.get(pk=effect.pk) for _number in range(THREADS)]

    tokens = at_once(lambda number: claim(loaded[number], at=NOON))

    winners = [token for token in tokens if token]
    stored = Effect.objects.get()
    assert winners == [stored.lease_token]
    assert (stored.attempts, stored.lease_until) == (1, NOON + LEASE)


@pytest.mark.django_db(transaction=True)
def test_an_effect_that_many_dispatch_is_paid_once(handled):
    effect = owed()
    results = at_once(lambda _number: dispatch(effect.pk, at=NOON))
    assert sorted(results) == [False] * (THREADS - 1) + [True]
    assert handled.calls == [effect.pk]


@pytest.mark.django_db
def test_a_lease_holds_until_it_has_run_out():
    effect = owed()
    first = claim(effect, at=NOON)
    for at in (NOON, NOON + LEASE):
        assert not Effect.objects.runnable(at=at).exists()
        assert claim(Effect.objects.get(), at=at) is None
    second = claim(Effect.objects.get(), at=NOON + LEASE + timedelta(milliseconds=1))
    stored = Effect.objects.get()
    assert second not in (None, first)
    assert (stored.lease_token, stored.attempts) == (second, 2)


def test_a_lease_outlives_the_hard_time_limit_of_the_worker():
    from clinic.celery import app

    assert app.conf.task_time_limit < LEASE.total_seconds()
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit


@pytest.mark.django_db
@pytest.mark.parametrize("error", [None, OSError()], ids=["finishes", "fails"])
def test_a_late_handler_cannot_touch_the_claim_of_another(handled, error):
    effect = owed()
    stolen = []

    def be_late(effect_id):
        stolen.append(claim(Effect.objects.get(pk=effect_id), at=later(hours=1)))
        if error:
            raise error

    handled.does = be_late
    dispatch(effect.pk, at=NOON)

    stored = Effect.objects.get()
    assert stolen[0] is not None
    assert (stored.state, stored.lease_token) == (EffectState.LEASED, stolen[0])
    assert stored.lease_until == later(hours=1) + LEASE
    assert (stored.attempts, stored.last_error) == (2, "")


# -- Failing ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_attempt_is_counted_before_the_work(handled):
    effect, seen = owed(), []
    handled.does = lambda effect_id: seen.append(Effect.objects.get(pk=effect_id).attempts)
    dispatch(effect.pk, at=NOON)
    assert seen == [1]


@pytest.mark.django_db
def test_a_worker_that_dies_leaves_a_lease_that_another_takes_over(handled):
    effect = owed()
    handled.does = fails(WorkerKilled())
    with pytest.raises(WorkerKilled):
        dispatch(effect.pk, at=NOON)
    assert Effect.objects.get().state == EffectState.LEASED
    assert Effect.objects.get().attempts == 1

    handled.does = None
    assert sweep_once(at=NOON + LEASE, grace=timedelta(0)) == 0
    assert sweep_once(at=later(hours=1), grace=timedelta(0)) == 1
    assert Effect.objects.get().state == EffectState.DONE


@pytest.mark.django_db
def test_an_effect_that_kills_every_worker_comes_to_quarantine(handled):
    effect = owed()
    handled.does = fails(WorkerKilled())
    for hour in range(MAX_ATTEMPTS):
        with pytest.raises(WorkerKilled):
            dispatch(effect.pk, at=later(hours=hour))

    last = later(hours=MAX_ATTEMPTS - 1)
    assert dispatch(effect.pk, at=last) is False
    assert Effect.objects.get().state == EffectState.LEASED, "the last try may still be running"
    assert dispatch(effect.pk, at=last + timedelta(hours=1)) is False
    stored = Effect.objects.get()
    assert (stored.state, stored.last_error) == (EffectState.QUARANTINED, "WorkerLost")
    assert (stored.lease_token, stored.lease_until) == (None, None)
    assert len(handled.calls) == MAX_ATTEMPTS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (9, 1280), (10, 2560), (11, 3600)],
)
def test_each_wait_is_twice_the_one_before_up_to_an_hour(handled, attempt, seconds):
    effect = owed()
    Effect.objects.update(attempts=attempt - 1)
    handled.does = fails(OSError())

    assert dispatch(effect.pk, at=NOON) is False

    stored = Effect.objects.get()
    wait = timedelta(seconds=seconds)
    assert wait <= LONGEST_WAIT
    # Counted on from the instant of the claim by what the handler took: next to nothing.
    assert NOON + wait <= stored.due_at < NOON + wait + timedelta(seconds=5)
    assert (stored.state, stored.attempts) == (EffectState.PENDING, attempt)
    assert (stored.lease_token, stored.lease_until, stored.ended_at) == (None, None, None)


@pytest.mark.django_db
def test_after_the_last_try_people_see_it_and_nobody_tries_again(handled):
    effect = owed()
    handled.does = fails(OSError())
    for _number in range(MAX_ATTEMPTS):
        effect.refresh_from_db()
        assert effect.state == EffectState.PENDING
        dispatch(effect.pk, at=effect.due_at)

    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == (EffectState.QUARANTINED, MAX_ATTEMPTS)
    assert effect.ended_at is not None
    assert overdue(at=later(days=400), grace=timedelta(0)) == []
    assert dispatch(effect.pk, at=later(days=400)) is False
    assert len(handled.calls) == MAX_ATTEMPTS


@pytest.mark.django_db
def test_what_is_put_off_waits_for_its_hour_and_loses_no_try(handled):
    effect, morning = owed(), later(hours=20)
    handled.does = fails(handlers.PutOff(morning))
    for _round in range(MAX_ATTEMPTS + 1):
        assert dispatch(effect.pk, at=NOON) is False
        Effect.objects.update(due_at=NOON)
    assert Effect.objects.get().attempts == 0
    dispatch(effect.pk, at=NOON)
    stored = Effect.objects.get()
    assert (stored.state, stored.due_at) == (EffectState.PENDING, morning)
    assert (stored.last_error, stored.lease_token) == ("", None)

    handled.does = None
    assert sweep_once(at=morning - timedelta(seconds=1), grace=timedelta(0)) == 0
    assert sweep_once(at=morning, grace=timedelta(0)) == 1


@pytest.mark.django_db
def test_only_the_class_of_an_error_is_kept_and_logged(handled, caplog):
    effect = owed()
    handled.does = fails(ValueError(SECRET))
    with caplog.at_level(logging.DEBUG):
        dispatch(effect.pk, at=NOON)
    assert Effect.objects.get().last_error == "ValueError"
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.django_db
def test_what_went_well_in_the_end_has_no_error_left(handled):
    effect = owed()
    handled.does = fails(OSError())
    dispatch(effect.pk, at=NOON)
    handled.does = None
    effect.refresh_from_db()
    assert dispatch(effect.pk, at=effect.due_at) is True
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (EffectState.DONE, "")


@pytest.mark.django_db
def test_a_kind_that_nobody_here_knows_waits_untouched(handled):
    effect = owed(kind="test.unknown")
    assert dispatch(effect.pk, at=NOON) is False
    assert sweep_once(at=later(days=1)) == 0
    stored = Effect.objects.get()
    assert (stored.state, stored.attempts) == (EffectState.PENDING, 0)


def test_one_kind_has_one_handler(handled):
    handlers.register(KIND, handled)
    with pytest.raises(ValueError, match="registered twice"):
        handlers.register(KIND, lambda **_: None)


@pytest.mark.django_db
def test_an_effect_that_is_gone_is_no_error(handled):
    assert dispatch(uuid.uuid4(), at=NOON) is False


@pytest.mark.django_db(transaction=True)
def test_the_task_looks_at_the_row_and_bears_words_of_later_versions(handled):
    effect = owed()
    look(effect_id=str(effect.pk), a_word_of_a_later_version=1)
    assert handled.calls == [effect.pk]


# -- Void ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_void_ends_what_is_open_about_one_object_and_nothing_else(handled):
    pending, leased, quarantined, done, other = (owed(key) for key in "abcde")
    claim(leased, at=NOON)
    Effect.objects.filter(pk=quarantined.pk).update(state=EffectState.QUARANTINED)
    dispatch(done.pk, at=NOON)
    Effect.objects.filter(pk=other.pk).update(about_id=uuid.uuid4())
    kind, subject_id = about(builders.colleague("sam"))

    dispatching.void(about_kind=kind, about_id=subject_id, at=later(hours=1))

    states = dict(Effect.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (pending, leased, quarantined)] == [EffectState.VOID] * 3
    assert (states[done.pk], states[other.pk]) == (EffectState.DONE, EffectState.PENDING)
    assert dispatch(pending.pk, at=later(days=1)) is False
    assert overdue(at=later(days=1), grace=timedelta(0)) == [other.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [None, OSError()], ids=["finishes", "fails"])
def test_what_was_voided_while_it_ran_stays_void(handled, error):
    effect = owed()
    kind, subject_id = about(builders.colleague("sam"))

    def overtaken(_effect_id):
        dispatching.void(about_kind=kind, about_id=subject_id, at=NOON)
        if error:
            raise error

    handled.does = overtaken
    dispatch(effect.pk, at=NOON)
    assert Effect.objects.get().state == EffectState.VOID


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_void_ends_what_is_claimed_at_the_same_moment(handled, _round):
    effects = [owed(str(number)) for number in range(6)]
    kind, subject_id = about(builders.colleague("sam"))

    def work(number):
        if number < len(effects):
            return claim(effects[number], at=NOON)
        with transaction.atomic():
            return dispatching.void(about_kind=kind, about_id=subject_id, at=NOON)

    at_once(work, threads=len(effects) + 1)
    assert set(Effect.objects.values_list("state", flat=True)) == {EffectState.VOID}
