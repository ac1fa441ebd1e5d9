"""What was given up: keepers are told, and one of them tries again or settles it, once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from clinic.audit.models import Event
from clinic.audit.recording import DISPATCHER, about
from clinic.lifecycle import Conflict, NotMoved
from clinic.outbox import handlers
from clinic.outbox.codes import MAX_ATTEMPTS, EffectState, MessageState, Resolution
from clinic.outbox.dispatch import LEASE, claim, dispatch
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect, Message
from clinic.outbox.watch import quarantine
from clinic.outbox.watch.alerts import ALERT
from clinic.people import roles
from clinic.people.conflicts import in_words
from tests import builders
from tests.breaking import database_fails_at
from tests.builders import NOON, later
from tests.journeys import HEALTH
from tests.races import at_once

pytestmark = pytest.mark.django_db

KIND = "test.kind"
CLAIMANTS = 24


class Broken(Exception):
    """Something fails in the middle."""


@pytest.fixture
def broken(monkeypatch):
    """A kind that fails until it is mended; what it was paid with."""
    paid = []

    def handle(*, effect_id, about_id, at):
        if handle.fails:
            raise OSError
        paid.append(effect_id)

    handle.fails, handle.paid = True, paid
    monkeypatch.setitem(handlers._HANDLERS, KIND, handle)
    return handle


@pytest.fixture
def lena():
    return builders.colleague("lena", roles.LEAD)


@pytest.fixture
def alex():
    return builders.colleague("alex", roles.ADMINISTRATOR)


def owed(key=""):
    subject = builders.colleague("sam")
    with transaction.atomic():
        owe(Owed(KIND, subject, key), at=NOON)
    return Effect.objects.get(key=f"{KIND}:{subject.pk}:{key}")


def given_up(effect=None, *, at=NOON):
    """The effect after its last try."""
    effect = effect or owed()
    Effect.objects.filter(pk=effect.pk).update(attempts=MAX_ATTEMPTS - 1)
    assert dispatch(effect.pk, at=at) is False
    effect.refresh_from_db()
    assert effect.state == EffectState.QUARANTINED
    return effect


def verbs_about(row):
    return list(Event.objects.about(*about(row)).values_list("verb", flat=True))


def alerts():
    return Effect.objects.filter(kind=ALERT)


# -- Giving up -------------------------------------------------------------------------------------
def test_giving_up_is_an_event_and_a_word_to_each_keeper(broken, lena, alex):
    builders.colleague("both", roles.LEAD, roles.ADMINISTRATOR)
    builders.colleague("gone", roles.LEAD, is_active=False)
    builders.colleague("ana", roles.COORDINATOR)
    effect = given_up()
    event = Event.objects.about(*about(effect)).get()
    assert (event.verb, event.codes["to"], event.codes["error"]) == (
        "quarantine",
        "quarantined",
        "OSError",
    )
    assert (event.actor_kind, event.actor_id) == (DISPATCHER.kind, DISPATCHER.id)
    assert effect.ended_at - NOON < timedelta(seconds=5)
    assert alerts().filter(about_id=effect.pk).count() == alerts().count() == 3


def test_who_takes_a_worker_down_each_time_is_given_up_with_word_to_the_keepers(broken, lena):
    effect = owed()
    claim(effect, at=NOON)
    Effect.objects.update(attempts=MAX_ATTEMPTS)
    dispatch(effect.pk, at=NOON + LEASE + timedelta(seconds=1))
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (EffectState.QUARANTINED, "WorkerLost")
    assert alerts().count() == 1


def test_the_word_names_nobody_and_leads_to_the_queue(broken, lena, mailoutbox):
    builders.centre()
    given_up()
    builders.pay(later(minutes=1))
    (mail,) = mailoutbox
    assert mail.to == [lena.email]
    assert "/staff/queue/" in mail.body
    assert not HEALTH.search(str(mail.message()))
    assert not alerts().exclude(state=EffectState.DONE).exists()


def test_who_no_longer_keeps_the_queue_is_not_told(broken, lena, mailoutbox):
    builders.centre()
    given_up()
    lena.roles_held.all().delete()
    builders.pay(later(minutes=1))
    assert mailoutbox == []


def test_what_was_settled_meanwhile_alerts_nobody(broken, lena, mailoutbox):
    builders.centre()
    effect = given_up()
    quarantine.resolve(effect, resolution=Resolution.NOT_NEEDED, by=lena, at=NOON)
    builders.pay(later(minutes=1))
    assert mailoutbox == []


def test_nobody_is_alerted_of_an_alert(broken, lena):
    given_up()
    alert = alerts().get()
    claim(alert, at=later(minutes=1))
    Effect.objects.filter(pk=alert.pk).update(attempts=MAX_ATTEMPTS)
    dispatch(alert.pk, at=later(hours=1))
    assert alerts().get().state == EffectState.QUARANTINED


def test_what_is_given_up_again_alerts_again(broken, lena):
    effect = given_up()
    quarantine.retry(effect, by=lena, at=later(hours=1))
    given_up(effect, at=later(hours=1))
    assert alerts().filter(about_id=effect.pk).count() == 2
    assert verbs_about(effect) == ["quarantine", "retry", "quarantine"]


def test_giving_up_and_its_alerts_are_one(broken, lena):
    effect = owed()
    Effect.objects.update(attempts=MAX_ATTEMPTS - 1)

    with database_fails_at('INTO "outbox_effect"', Broken), pytest.raises(Broken):
        dispatch(effect.pk, at=NOON)
    effect.refresh_from_db()
    assert effect.state == EffectState.LEASED, "the lease runs out, and it is given up then"
    assert (alerts().count(), Event.objects.count()) == (0, 0)
    dispatch(effect.pk, at=later(hours=1))
    assert (alerts().count(), verbs_about(effect)) == (1, ["quarantine"])


# -- Trying again ----------------------------------------------------------------------------------
def test_a_retry_starts_from_the_beginning(broken, lena):
    effect = given_up()
    quarantine.retry(effect, by=lena, at=later(hours=1))
    stored = Effect.objects.get(pk=effect.pk)
    assert (stored.state, stored.attempts, stored.ended_at) == (EffectState.PENDING, 0, None)
    assert stored.due_at == later(hours=1)
    event = Event.objects.about(*about(effect)).last()
    assert (event.verb, event.actor_id) == ("retry", str(lena.pk))

    broken.fails = False
    assert dispatch(effect.pk, at=later(hours=1)) is True
    assert broken.paid == [effect.pk]


def test_who_comes_second_is_told_who_was_faster(broken, lena, alex):
    effect = given_up()
    same = Effect.objects.get(pk=effect.pk)
    quarantine.retry(effect, by=lena, at=later(hours=1))
    with pytest.raises(Conflict) as refused:
        quarantine.resolve(same, resolution=Resolution.CALLED, by=alex, at=later(hours=1))
    assert in_words(refused.value, reader=alex).startswith("Lena was faster (")
    assert in_words(refused.value, reader=lena).startswith("You already did this (")


@pytest.mark.parametrize(
    "state", [state for state in EffectState if state != EffectState.QUARANTINED]
)
def test_only_what_was_given_up_is_tried_again_or_settled(broken, lena, state):
    effect, is_leased = owed(), state == EffectState.LEASED
    Effect.objects.update(
        state=state,
        lease_until=later(hours=1) if is_leased else None,
        lease_token=uuid.uuid4() if is_leased else None,
    )
    effect.refresh_from_db()
    with pytest.raises(NotMoved):
        quarantine.retry(effect, by=lena, at=NOON)
    with pytest.raises(NotMoved):
        quarantine.resolve(effect, resolution=Resolution.CALLED, by=lena, at=NOON)
    assert Effect.objects.get().state == state
    assert not Event.objects.exists()


def test_a_retry_that_crashes_changes_nothing(broken, lena):
    effect = given_up()
    with database_fails_at('INSERT INTO "audit_event"', Broken), pytest.raises(Broken):
        quarantine.retry(effect, by=lena, at=later(hours=1))
    stored = Effect.objects.get(pk=effect.pk)
    assert (stored.state, stored.attempts) == (EffectState.QUARANTINED, MAX_ATTEMPTS)
    assert verbs_about(effect) == ["quarantine"]


# -- Settling --------------------------------------------------------------------------------------
def test_settling_says_how_and_by_whom(broken, lena):
    effect = given_up()
    quarantine.resolve(effect, resolution=Resolution.WROTE, by=lena, at=later(hours=1))
    stored = Effect.objects.get(pk=effect.pk)
    assert (stored.state, stored.resolution) == (EffectState.VOID, Resolution.WROTE)
    assert stored.ended_at == later(hours=1)
    event = Event.objects.about(*about(effect)).last()
    assert (event.verb, event.actor_id) == ("resolve", str(lena.pk))
    assert event.codes["resolution"] == Resolution.WROTE
    assert dispatch(effect.pk, at=later(days=1)) is False


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MessageState.OWED, MessageState.VOID),
        (MessageState.SENDING, MessageState.FAILED),
        (MessageState.SENT, MessageState.SENT),
        (MessageState.FAILED, MessageState.FAILED),
    ],
)
def test_no_message_of_what_is_settled_is_left_owing(broken, lena, before, after):
    effect = given_up()
    Message.rows.create(effect=effect, user=lena, text_kind="test", status=before, created_at=NOON)
    quarantine.resolve(effect, resolution=Resolution.CALLED, by=lena, at=later(hours=1))
    assert Message.rows.get(effect=effect).status == after


def test_settling_and_its_messages_are_one(broken, lena):
    effect = given_up()
    Message.rows.create(effect=effect, user=lena, text_kind="test", created_at=NOON)
    with database_fails_at('UPDATE "outbox_message"', Broken), pytest.raises(Broken):
        quarantine.resolve(effect, resolution=Resolution.CALLED, by=lena, at=later(hours=1))
    assert Effect.objects.get(pk=effect.pk).state == EffectState.QUARANTINED
    assert verbs_about(effect) == ["quarantine"]


@pytest.mark.parametrize("resolution", ["", "tired of it"])
def test_settling_without_a_reason_settles_nothing(broken, lena, resolution):
    effect = given_up()
    with pytest.raises(ValueError, match="is not a valid"):
        quarantine.resolve(effect, resolution=resolution, by=lena, at=later(hours=1))
    assert Effect.objects.get(pk=effect.pk).state == EffectState.QUARANTINED


# -- Two people and more at once -------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_one_row_one_has_it():
    effect = owed()
    loaded = [Effect.objects.get(pk=effect.pk) for _number in range(CLAIMANTS)]
    tokens = at_once(lambda number: claim(loaded[number], at=NOON), threads=CLAIMANTS)
    assert [token for token in tokens if token] == [Effect.objects.get().lease_token]
    assert Effect.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_try_again_one_does(broken, lena, alex):
    effect = given_up()
    loaded = [Effect.objects.get(pk=effect.pk) for _number in range(CLAIMANTS)]

    def work(number):
        by = lena if number % 2 else alex
        return quarantine.retry(loaded[number], by=by, at=later(hours=1))

    results = at_once(work, expected=NotMoved, threads=CLAIMANTS)
    assert results.count(None) == 1
    assert verbs_about(effect) == ["quarantine", "retry"]


@pytest.mark.django_db(transaction=True)
def test_trying_again_and_settling_at_once_is_one_of_both(broken, lena, alex):
    effect = given_up()
    loaded = [Effect.objects.get(pk=effect.pk) for _number in range(CLAIMANTS)]

    def work(number):
        if number % 2:
            return quarantine.retry(loaded[number], by=lena, at=later(hours=1))
        resolution = Resolution.CALLED
        return quarantine.resolve(loaded[number], resolution=resolution, by=alex, at=later(hours=1))

    results = at_once(work, expected=NotMoved, threads=CLAIMANTS)
    assert results.count(None) == 1
    stored = Effect.objects.get(pk=effect.pk)
    last = verbs_about(effect)[-1]
    assert (stored.state, last) in {
        (EffectState.PENDING, "retry"),
        (EffectState.VOID, "resolve"),
    }
    assert len(verbs_about(effect)) == 2
