"""An appointment is asked for, tried and closed whole, or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from clinic.appointments import verbs
from clinic.appointments.models import AppointmentRequest, RequestAttempt
from clinic.audit.models import Event
from clinic.outbox.models import CallTask, Effect
from clinic.people.intake import CannotBeReached
from clinic.people.models import Consent, Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.places.centre import NoCentre
from clinic.places.models import Centre
from tests.builders import agreed, appointment_request, cast, intake, pay, submission, tried

pytestmark = pytest.mark.django_db

TABLES = (Person, Consent, AppointmentRequest, Reference, Effect, Event, RequestAttempt)


@pytest.fixture
def play():
    return cast(at=timezone.now())


@pytest.fixture
def now():
    return timezone.now()


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def counts():
    return {table.__name__: table._default_manager.count() for table in TABLES}


def ask(now, **changes):
    wish = changes.pop("wish", None) or verbs.Wish("new", "any")
    changes.setdefault("agreed", agreed(ConsentKind.CONTACT, at=now))
    return verbs.ask(submission(at=now, **changes), wish=wish, at=now)


def test_an_unknown_consent_leaves_nothing(play, now):
    given = agreed(ConsentKind.CONTACT, at=now)
    before = counts()
    with pytest.raises(IntegrityError):
        ask(now, agreed={"sell": given["contact"]})
    assert counts() == before


def test_someone_who_cannot_be_reached_leaves_nothing(play, now):
    before = counts()
    with pytest.raises(CannotBeReached):
        ask(now, people=intake(phone="", email=""))
    assert counts() == before


def test_a_centre_without_hours_leaves_nothing(play, now):
    Centre.objects.all().delete()
    before = counts()
    with pytest.raises(NoCentre):
        ask(now)
    assert counts() == before


def test_a_close_that_fails_leaves_everything_as_it_was(play, now):
    row = appointment_request(at=now, people=intake(email=""))
    pay(now)
    row = fresh(row)
    verbs.take(row, by=play.sam, at=now)
    before = counts()
    with pytest.raises(IntegrityError):
        verbs.close(row, outcome="cured", by=play.sam, at=now)
    row = fresh(row)
    assert (row.status, row.outcome, row.ended_at) == ("accepted", "", None)
    assert counts() == before
    assert CallTask.rows.open().count() == 1


def test_a_try_that_cannot_be_stored_leaves_no_event(play, now):
    row = appointment_request(at=now)
    before = counts()
    with pytest.raises(IntegrityError):
        verbs.log_attempt(row, tried(channel="pigeon"), by=play.sam, at=now)
    assert counts() == before
