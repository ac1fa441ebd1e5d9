"""A referral is asked for, tried, taken and closed whole, or not at all."""

from __future__ import annotations

from enum import StrEnum

import pytest
from django.db import IntegrityError
from django.utils import timezone

from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import Conflict, MoveRefused
from clinic.outbox.models import CallTask, Effect
from clinic.people.intake import CannotBeReached
from clinic.people.models import Consent, Person, Reference
from clinic.people.models.attempt import AttemptChannel, AttemptResult
from clinic.people.models.person import ConsentKind
from clinic.places.centre import NoCentre
from clinic.places.models import Centre
from referrals.desk import asking, verbs
from referrals.desk.asking import Interest
from referrals.desk.models import Case, Referral, ReferralAttempt
from referrals.screening.models import Answer
from referrals.screening.profile import Certainty, Possible, Profile
from tests.builders import (
    agreed,
    cast,
    intake,
    pay,
    referral,
    submission,
    tried,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


@pytest.fixture
def now():
    return timezone.now()


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


TABLES = (Person, Consent, Case, Referral, Reference, Answer, Effect, Event, ReferralAttempt)


def counts():
    return {table.__name__: table._default_manager.count() for table in TABLES}


def refer(play, now, **changes):
    interest = changes.pop("interest", None) or Interest((play.study,), Profile(on=now.date()))
    return asking.refer(submission(at=now, **changes), interest=interest, at=now)


class Neighbor(StrEnum):
    """A source that no table knows."""

    HEARSAY = "hearsay"


def hearsay(now):
    said = Possible(frozenset({54}), Certainty.SURE, Neighbor.HEARSAY, now.date())
    return Profile(on=now.date()).saying("age_years", said)


def test_a_study_asked_about_twice_leaves_nothing(play, now):
    before = counts()
    with pytest.raises(IntegrityError):
        refer(play, now, interest=Interest((play.study,) * 2, Profile(on=now.date())))
    assert counts() == before


def test_an_answer_that_cannot_be_stored_leaves_nothing(play, now):
    before = counts()
    with pytest.raises(IntegrityError):
        refer(play, now, interest=Interest((play.study,), hearsay(now)))
    assert counts() == before


def test_a_centre_without_hours_leaves_nothing(play, now):
    Centre.objects.all().delete()
    before = counts()
    with pytest.raises(NoCentre):
        refer(play, now, agreed={})
    assert counts() == before


def test_someone_who_cannot_be_reached_leaves_nothing(play, now):
    before = counts()
    with pytest.raises(CannotBeReached):
        refer(play, now, people=intake(phone="", email=""))
    assert counts() == before


def test_an_unknown_consent_leaves_nothing(play, now):
    before = counts()
    words_ = agreed(at=now)
    with pytest.raises(IntegrityError):
        refer(play, now, agreed={"sell": words_[ConsentKind.CONTACT]})
    assert counts() == before


def test_a_close_that_fails_leaves_everything_as_it_was(play, now):
    row = referral(play.study, at=now, people=intake(email=""))
    pay(now)
    row = fresh(row)
    verbs.accept(row, by=play.ana, at=now)
    before, effects = counts(), list(Effect.objects.order_by("pk").values("state"))
    with pytest.raises(IntegrityError):
        verbs.close(row, outcome="cured", by=play.ana, at=now)
    row = fresh(row)
    assert (row.status, row.outcome, row.ended_at) == ("accepted", "", None)
    assert counts() == before
    assert list(Effect.objects.order_by("pk").values("state")) == effects
    assert CallTask.rows.open().count() == 1


def test_a_try_that_cannot_be_stored_leaves_no_event(play, now):
    row = referral(play.study, at=now)
    before = counts()
    for wrong in ({"channel": "pigeon"}, {"result": "vanished"}):
        values = {"channel": AttemptChannel.PHONE, "result": AttemptResult.REACHED} | wrong
        with pytest.raises(IntegrityError):
            verbs.log_attempt(row, tried(**values), by=play.ana, at=now)
    assert counts() == before
    assert fresh(row).status == "requested"


def test_an_accept_that_fails_leaves_no_owner(play, now):
    row = referral(play.study, at=now)
    stale = fresh(row)
    verbs.change_mind(row.case, by=Actor.person(row.case.person), at=now)
    before = counts()
    with pytest.raises(Conflict):
        verbs.accept(stale, by=play.ana, at=now)
    with pytest.raises(MoveRefused):
        verbs.accept(fresh(row), by=play.ana, at=now)
    assert fresh(row).case.owner is None
    assert counts() == before
