"""The sweeper: what is overdue is paid in bounded bites, the quick before the slow."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from clinic.appointments import codes as visits
from clinic.outbox import handlers, patience
from clinic.outbox import sweep as sweeping
from clinic.outbox.codes import EffectState
from clinic.outbox.dispatch import LEASE, dispatch
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.management.commands.sweep import Command
from clinic.outbox.models import Effect
from clinic.outbox.sweep import BATCH, GRACE, overdue, sweep_once
from clinic.outbox.watch.alerts import ALERT
from clinic.outbox.watch.canary import CANARY
from clinic.outbox.watch.rounds import Rounds
from clinic.people.colleagues.hand_over import GIVEN
from referrals.desk import codes as referrals
from tests import builders
from tests.builders import NOON, later
from tests.effects import KIND, fails, handle_with, owed
from tests.races import at_once

SLOW = "test.slow"


@pytest.fixture
def handled(monkeypatch):
    return handle_with(monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_and_a_worker_pay_each_effect_once(handled):
    effects = [owed(str(number)).pk for number in range(12)]

    def work(number):
        if number < 2:
            return sweep_once(at=later(hours=1))
        return sum(dispatch(one, at=later(hours=1)) for one in effects)

    assert sum(at_once(work, threads=3)) == len(effects)
    assert sorted(handled.calls) == sorted(effects)


@pytest.mark.django_db
def test_the_worker_has_the_first_turn(handled):
    effect = owed()
    assert sweep_once(at=NOON + GRACE - timedelta(milliseconds=1)) == 0
    assert sweep_once(at=NOON + GRACE) == 1
    assert handled.calls == [effect.pk]


@pytest.mark.django_db
def test_without_a_broker_nobody_waits(handled):
    owed()
    assert sweep_once(at=NOON, grace=timedelta(0)) == 1


@pytest.mark.django_db
def test_one_that_fails_keeps_its_neighbours_going(handled):
    first, bad, last = (owed(key, due_at=later(seconds=n)) for n, key in enumerate("abc"))
    handled.does = lambda effect_id: fails(OSError())(effect_id) if effect_id == bad.pk else None
    assert sweep_once(at=later(hours=1)) == 2
    assert handled.calls == [first.pk, bad.pk, last.pk], "oldest first"


@pytest.mark.django_db
def test_a_sweep_is_a_bounded_bite(handled):
    subject = builders.colleague("sam")
    for number in range(BATCH + 1):
        owe(Owed(KIND, subject, str(number)), at=NOON)
    assert sweep_once(at=later(hours=1)) == BATCH
    assert sweep_once(at=later(hours=1)) == 1


@pytest.fixture
def slow(handled, monkeypatch):
    """A second kind, whose payment waits for another machine."""
    monkeypatch.setitem(handlers._HANDLERS, SLOW, handled)
    monkeypatch.setattr(handlers, "_SLOW", {*handlers._SLOW, SLOW})
    return handled


@pytest.mark.django_db
def test_what_waits_for_other_machines_is_paid_after_all_else(slow):
    mails = [owed(str(number), kind=SLOW, at=later(minutes=number)) for number in range(2)]
    quick = [owed(str(number), at=later(hours=number + 1)) for number in range(2)]
    assert sweep_once(at=later(days=1)) == 4
    assert slow.calls == [one.pk for one in (*quick, *mails)]


@pytest.mark.django_db
def test_a_batch_of_mails_does_not_crowd_out_a_referral(slow):
    subject = builders.colleague("sam")
    for number in range(BATCH):
        owe(Owed(SLOW, subject, str(number)), at=NOON)
    quick = owed(at=later(hours=1))
    assert overdue(at=later(days=1), grace=GRACE)[0] == quick.pk


def test_mails_are_the_slow_kinds_and_routing_is_not():
    mails = {visits.TELL, referrals.TELL, GIVEN, ALERT}
    quick = {visits.ROUTE, referrals.ROUTE, CANARY}
    assert mails <= set(handlers.slow_kinds())
    assert quick <= set(handlers.known_kinds()) - set(handlers.slow_kinds())


@pytest.mark.django_db
def test_a_sweep_ends_after_a_bite_so_that_a_new_referral_has_its_turn(slow, monkeypatch):
    monkeypatch.setattr(sweeping, "BITE", timedelta(0))
    first, second = (owed(key, kind=SLOW, at=later(minutes=n)) for n, key in enumerate("ab"))
    assert sweep_once(at=later(hours=1)) == 1
    quick = owed(at=later(minutes=30))
    assert [sweep_once(at=later(hours=1)) for _sweep in range(3)] == [1, 1, 0]
    assert slow.calls == [first.pk, quick.pk, second.pk]


@pytest.mark.django_db
def test_between_two_effects_the_sweeper_does_its_rounds(handled):
    for key in "abc":
        owed(key)
    instants = []
    sweep_once(at=later(hours=1), meanwhile=instants.append)
    assert len(instants) == 3
    assert instants == sorted(instants)
    assert instants[0] >= later(hours=1)


@pytest.mark.django_db
def test_in_a_long_sweep_each_effect_is_claimed_when_its_turn_comes(handled):
    leases = []

    def take_long(effect_id):
        leases.append(Effect.objects.get(pk=effect_id).lease_until)
        time.sleep(0.05)

    handled.does = take_long
    for key in "abc":
        owed(key)
    assert sweep_once(at=later(hours=1)) == 3
    assert leases[0] >= later(hours=1) + LEASE
    between = [second - first for first, second in pairwise(leases)]
    assert min(between) >= timedelta(seconds=0.05), "a lease begun with the sweep ends under it"


@pytest.mark.django_db
def test_a_handler_that_hangs_does_not_take_the_sweeper_with_it(handled, monkeypatch):
    monkeypatch.setattr(patience, "LIMIT", 0.2)
    for key in "ab":
        owed(key, at=timezone.now() - timedelta(hours=1))
    hanging, next_one = Effect.objects.order_by("due_at", "id")
    handled.does = lambda effect_id: effect_id == hanging.pk and time.sleep(600)
    command = Command()
    assert command._sweep(Rounds(has_broker=False), timedelta(0)) == 1
    for one in (hanging, next_one):
        one.refresh_from_db()
    assert (hanging.state, hanging.last_error) == (EffectState.PENDING, "TookTooLong")
    assert next_one.state == EffectState.DONE


def test_the_sweeper_is_patient_for_less_than_a_lease():
    assert timedelta(seconds=patience.LIMIT) < LEASE


@pytest.mark.django_db
def test_the_command_sweeps_once_without_grace(handled, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with transaction.atomic():
        owe(Owed(KIND, builders.colleague("sam")), at=timezone.now())
    call_command("sweep", once=True)
    assert Effect.objects.get().state == EffectState.DONE
