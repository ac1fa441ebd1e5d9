"""Invented appointment requests in every state, due times relative to now."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from clinic.appointments import verbs
from clinic.appointments.codes import Outcome, PreferredTime, VisitReason
from clinic.appointments.models import AppointmentRequest
from clinic.audit.recording import Actor
from clinic.demo import people
from clinic.demo.people import BOTH, MAIL, PHONE, POST
from clinic.people import roles
from clinic.people.attempts import Try
from clinic.people.intake import Intake
from clinic.people.models import User
from clinic.people.models.attempt import AttemptChannel, AttemptResult
from clinic.people.models.person import ConsentKind
from clinic.people.submitting import Submission

HOUR: Final = 1.0
DAY: Final = 24.0


class Row(NamedTuple):
    """One invented request and what happened to it since."""

    name: str
    born: str
    reach: str
    line: int
    hours_ago: float
    reason: str
    since: str


ROWS: Final = (
    Row("Irene Walker", "1961-02-11", BOTH, 1, 0.2 * HOUR, "new", "waits"),
    Row("Paula Jensen", "1974-09-30", PHONE, 2, 1.0 * HOUR, "spread", "waits"),
    Row("Gloria Hayes", "1958-12-05", MAIL, 3, 2.0 * HOUR, "second_opinion", "waits"),
    Row("Nadia Rahman", "1983-06-17", BOTH, 4, 3.0 * HOUR, "immunotherapy", "taken"),
    Row("Doris Feldman", "1949-03-22", POST, 5, 4.0 * HOUR, "other", "waits"),
    Row("Joan Mitchell", "1966-07-08", PHONE, 6, 6 * DAY, "new", "waits"),
    Row("Helen Brooks", "1971-11-19", BOTH, 7, 5 * DAY, "spread", "booked"),
    Row("Teresa Vaughn", "1980-04-02", MAIL, 8, 7 * DAY, "second_opinion", "answered"),
    Row("Martha Kim", "1964-10-27", PHONE, 9, 8 * DAY, "new", "not_reached"),
    Row("Alice Thornton", "1955-01-14", BOTH, 10, 9 * DAY, "immunotherapy", "booked"),
    Row("Wanda Ellis", "1969-08-21", PHONE, 11, 4 * DAY, "other", "changed"),
    Row("Carol Nguyen", "1977-05-06", BOTH, 12, 10 * DAY, "new", "elsewhere"),
)


def load(at: datetime) -> None:
    """Make the requests and let time pass over them, where there are none yet."""
    if AppointmentRequest.rows.exists():
        return
    with transaction.atomic():
        for row in ROWS:
            _make(row, now=at)


def _make(row: Row, *, now: datetime) -> None:
    at = now - timedelta(hours=row.hours_ago)
    who = Intake(people.details(row.name, row.born, row.reach, row.line))
    agreed = people.agreed(ConsentKind.CONTACT, at=at)
    wish = verbs.Wish(VisitReason(row.reason), PreferredTime.ANY)
    reference = verbs.ask(Submission(people.key(row.name), who, agreed), wish=wish, at=at)
    people.pay_what_is_owed(at)
    request = AppointmentRequest.rows.get(pk=reference.about_id)
    if row.since == "changed":
        verbs.change_mind(request, by=Actor.person(request.person), at=at + timedelta(hours=1))
    elif row.since != "waits":
        _take(request, row.since, at=at + timedelta(hours=0.5))


def _take(request: AppointmentRequest, since: str, *, at: datetime) -> None:
    scheduler = request.owner or User.objects.with_role(roles.SCHEDULER).first()
    if scheduler is None:
        return
    verbs.take(request, by=scheduler, at=at)
    result = AttemptResult.NO_ANSWER if since in ("taken", "not_reached") else AttemptResult.REACHED
    verbs.log_attempt(
        request,
        Try(uuid.uuid5(request.pk, "first try"), AttemptChannel.PHONE, result),
        by=scheduler,
        at=at + timedelta(minutes=5),
    )
    if since != "taken":
        outcome = Outcome(since)
        verbs.close(request, outcome=outcome, by=scheduler, at=at + timedelta(minutes=10))
