"""Signs of life: the sweeper's, the worker's, and the canary that walks the whole way."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import transaction

from clinic.outbox import handlers
from clinic.outbox.codes import EffectState, Pulse
from clinic.outbox.dispatch import dispatch
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect, Heartbeat
from clinic.outbox.sweep import sweep_once
from clinic.outbox.tasks import look
from clinic.outbox.watch import canary, housekeeping, pulses
from clinic.outbox.watch.canary import CANARY, LEFT_TO_WORKER
from clinic.outbox.watch.rounds import Round, Rounds
from clinic.people.models import Attempt, Draft
from clinic.people.throttle import allow
from tests import builders
from tests.breaking import SECRET, database_fails_at
from tests.builders import NOON, later
from tests.races import at_once

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def beaten(pulse):
    return Heartbeat.objects.filter(name=pulse).values_list("beat_at", flat=True).first()


# -- Beats -----------------------------------------------------------------------------------------
def test_a_beat_replaces_the_one_before():
    pulses.beat(Pulse.SWEEPER, at=NOON)
    pulses.beat(Pulse.SWEEPER, at=later(seconds=5))
    assert Heartbeat.objects.get().beat_at == later(seconds=5)


def test_an_age_is_since_the_last_beat_and_never_is_no_age():
    pulses.beat(Pulse.SWEEPER, at=NOON)
    found = pulses.ages(at=later(seconds=40))
    assert found[Pulse.SWEEPER] == timedelta(seconds=40)
    assert found[Pulse.WORKER] is found[Pulse.FAST_PATH] is None


def test_a_clock_that_was_set_back_makes_no_negative_age():
    pulses.beat(Pulse.SWEEPER, at=later(hours=1))
    assert pulses.ages(at=NOON)[Pulse.SWEEPER] == timedelta(0)


@pytest.mark.django_db(transaction=True)
def test_many_may_beat_at_once():
    at_once(lambda number: pulses.beat(Pulse.SWEEPER, at=later(seconds=number)))
    assert Heartbeat.objects.get().name == Pulse.SWEEPER


@pytest.mark.django_db(transaction=True)
def test_a_process_goes_on_beating_until_it_is_told_to_stop():
    stop = threading.Event()
    beating = threading.Thread(
        target=pulses.keep_beating, args=(Pulse.WORKER,), kwargs={"until": stop, "every": 0.02}
    )
    beating.start()
    seen = set()
    for _look in range(1000):
        seen.add(beaten(Pulse.WORKER))
        if len(seen) > 2:
            break
        time.sleep(0.02)
    stop.set()
    beating.join()
    assert len(seen - {None}) > 1


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_fails_is_no_death(caplog):
    class Until:
        """Three waits, then the word to stop."""

        left = 3

        def wait(self, _seconds):
            self.left -= 1
            return self.left < 0

    with database_fails_at("outbox_heartbeat") as failed:
        pulses.keep_beating(Pulse.WORKER, until=Until())
    assert len(failed) == 3
    assert "DatabaseError" in caplog.text
    assert SECRET not in caplog.text


# -- The canary ------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_canary_that_a_worker_paid_is_a_sign_of_life():
    canary.release(at=NOON)
    look(effect_id=str(Effect.objects.get().pk))
    effect = Effect.objects.get()
    assert effect.state == EffectState.DONE
    assert beaten(Pulse.FAST_PATH) == effect.ended_at


def test_a_canary_that_the_sweeper_paid_is_none():
    canary.release(at=NOON)
    assert sweep_once(at=NOON + LEFT_TO_WORKER) == 1
    assert Effect.objects.get().state == EffectState.DONE
    assert beaten(Pulse.FAST_PATH) is None


def test_the_sweeper_leaves_a_canary_to_the_worker_for_a_while():
    canary.release(at=NOON)
    before = NOON + LEFT_TO_WORKER - timedelta(milliseconds=1)
    assert sweep_once(at=before, grace=timedelta(0)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_comes_too_late_proves_nothing():
    canary.release(at=NOON)
    effect = Effect.objects.get()
    dispatch(effect.pk, at=NOON + LEFT_TO_WORKER)
    look(effect_id=str(effect.pk))
    assert beaten(Pulse.FAST_PATH) is None


@pytest.mark.django_db(transaction=True)
def test_what_else_a_worker_pays_is_no_canary(monkeypatch):
    sam = builders.colleague("sam")
    monkeypatch.setitem(handlers._HANDLERS, "test.kind", lambda **_: None)
    with transaction.atomic():
        owe(Owed("test.kind", sam), at=NOON)
    look(effect_id=str(Effect.objects.get().pk))
    assert Effect.objects.get().state == EffectState.DONE
    assert beaten(Pulse.FAST_PATH) is None


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_send_one_canary_each_half_minute():
    at_once(lambda _number: canary.release(at=NOON))
    canary.release(at=later(seconds=29))
    assert Effect.objects.count() == 1
    canary.release(at=later(seconds=30))
    assert Effect.objects.count() == 2


def test_old_canaries_are_deleted_and_nothing_else():
    canary.release(at=NOON)
    canary.release(at=later(hours=1))
    sam = builders.colleague("sam")
    with transaction.atomic():
        owe(Owed("test.kind", sam), at=NOON)
    Effect.objects.update(state=EffectState.DONE, ended_at=NOON)
    Effect.objects.filter(due_at=later(hours=1)).update(ended_at=later(hours=1))
    canary.release(at=later(minutes=2))
    canary.forget(at=NOON + HOUR + timedelta(seconds=1))
    kinds = Effect.objects.order_by("due_at").values_list("kind", "state")
    assert list(kinds) == [
        ("test.kind", EffectState.DONE),
        (CANARY, EffectState.PENDING),
        (CANARY, EffectState.DONE),
    ]


# -- The sweeper's rounds --------------------------------------------------------------------------
def test_a_round_is_due_at_its_pace():
    one = Round(timedelta(seconds=5), print)
    assert one.is_due(NOON)
    one.last = NOON
    assert [one.is_due(later(seconds=seconds)) for seconds in (0, 4.9, 5, 60)] == [
        False,
        False,
        True,
        True,
    ]
    assert one.is_due(later(hours=-1)), "the clock was set back"


def test_the_sweeper_beats_and_sends_a_canary_where_there_is_a_broker():
    rounds = Rounds(has_broker=True)
    for seconds in range(60):
        rounds.walk(later(seconds=seconds))
    assert beaten(Pulse.SWEEPER) == later(seconds=55)
    assert Effect.objects.filter(kind=CANARY).count() == 2


def test_without_a_broker_there_is_no_canary():
    Rounds(has_broker=False).walk(NOON)
    assert beaten(Pulse.SWEEPER) == NOON
    assert not Effect.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_round_that_fails_breaks_neither_the_sweep_nor_its_neighbours(caplog):
    with database_fails_at("outbox_heartbeat"):
        Rounds(has_broker=True).walk(NOON)
    assert Effect.objects.get().kind == CANARY
    assert "DatabaseError" in caplog.text
    assert SECRET not in caplog.text


# -- Housekeeping ----------------------------------------------------------------------------------
@pytest.fixture
def chores(monkeypatch):
    """A registry of this test's own."""
    own = {}
    monkeypatch.setattr(housekeeping, "_CHORES", own)
    return own


def test_a_chore_that_fails_keeps_no_other_from_being_done(chores, caplog):
    done = []

    def fail(*, at):
        raise ValueError("Zzyzx")

    housekeeping.register("bad", fail)
    housekeeping.register("good", lambda *, at: done.append(at))
    housekeeping.tidy(NOON)
    assert done == [NOON]
    assert "chore bad failed: ValueError" in caplog.text
    assert "Zzyzx" not in caplog.text


def test_one_name_is_one_chore(chores):
    housekeeping.register("one", print)
    housekeeping.register("one", print)
    with pytest.raises(ValueError, match="registered twice"):
        housekeeping.register("one", repr)


def test_what_rooms_no_longer_need_is_tidied_away():
    sam = builders.colleague("sam")
    for days in (31, 1):
        saved_at = later(days=-days)
        Draft.rows.create(user=sam, place=f"test:{days}", typed={}, saved_at=saved_at)
    for name, minutes in (("old", 0), ("fresh", 30)):
        allow(name, "key", limit=3, window=HOUR, at=later(minutes=minutes))
    canary.release(at=NOON - 2 * HOUR)
    Effect.objects.update(state=EffectState.DONE, ended_at=NOON - 2 * HOUR)

    housekeeping.tidy(NOON + HOUR)

    assert list(Draft.rows.values_list("place", flat=True)) == ["test:1"]
    assert Attempt.objects.get().window_ends_at == later(minutes=90)
    assert not Effect.objects.exists()


def test_a_count_that_was_tidied_away_starts_anew():
    assert allow("name", "key", limit=1, window=HOUR, at=NOON)
    assert not allow("name", "key", limit=1, window=HOUR, at=NOON)
    housekeeping.tidy(NOON + HOUR)
    assert allow("name", "key", limit=1, window=HOUR, at=NOON + HOUR)
