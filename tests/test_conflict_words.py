"""What a colleague reads when a row was not moved: only who moved it, and on which day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from clinic.appointments import handing
from clinic.audit.recording import Actor, record
from clinic.lifecycle import NotMoved
from clinic.people.conflicts import in_words
from tests.builders import appointment_request, cast, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


def refused(row, by, at):
    with pytest.raises(NotMoved) as caught:
        handing.take_over(row, by=by, at=at)
    return in_words(caught.value, reader=by)


def held_by(user, *, at):
    row = appointment_request(at=at)
    pay(at)
    row.refresh_from_db()
    if row.owner != user:
        handing.take_over(row, by=user, at=at)
    return row


def test_what_moved_nothing_is_not_called_faster(play):
    now = timezone.now()
    row = held_by(play.sam, at=now)
    handing.take_over(row, by=play.tess, at=now)
    for verb in ("read", "send_link", "correct_contact"):
        record(verb, about=row, by=Actor.staff(play.sam), at=now)
    assert refused(row, play.tess, now).startswith("You already did this (")


def test_on_another_day_the_day_stands_there(play):
    now = timezone.now()
    before = now - timedelta(days=3)
    row = held_by(play.sam, at=before)
    handing.take_over(row, by=play.tess, at=before)
    day = date_format(timezone.localtime(before), "l, F j")
    assert day in refused(row, play.tess, now)


def test_today_the_hour_is_enough(play):
    now = timezone.now()
    row = held_by(play.sam, at=now)
    handing.take_over(row, by=play.tess, at=now)
    said = refused(row, play.tess, now)
    assert date_format(timezone.localtime(now), "P") in said
    assert date_format(timezone.localtime(now), "l") not in said
