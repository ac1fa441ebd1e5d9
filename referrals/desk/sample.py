"""Invented people with referrals in every state, due times relative to now."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from clinic.audit.recording import Actor
from clinic.demo import people
from clinic.demo.people import BOTH, MAIL, PHONE, POST
from clinic.people.attempts import Try
from clinic.people.intake import Intake
from clinic.people.models.attempt import AttemptChannel, AttemptResult
from clinic.people.models.person import ConsentKind
from clinic.people.submitting import Submission
from referrals.desk import verbs
from referrals.desk.asking import Interest, refer
from referrals.desk.codes import Outcome
from referrals.desk.models import Case, Referral
from referrals.screening.profile import Profile
from referrals.screening.questions import profile_from
from referrals.trials.models import Study

DAY: Final = 24.0
TNBC: Final = {"cancer_type": ["triple_negative"]}
HORMONE: Final = {"cancer_type": ["hormone_positive"]}
HER2: Final = {"cancer_type": ["her2_positive"]}
TWO_STUDIES: Final = "CAPItello fatigue"
UNSURE: Final = {"cancer_type": ["unsure"]}
SPREAD: Final = {"disease_setting": ["metastatic"], "stage_group": ["four"]}
EARLY: Final = {"disease_setting": ["new"], "stage_group": ["two"]}
AFTER: Final = {"disease_setting": ["early_treatment"], "stage_group": ["unsure"]}

# Name, born, reach, last digits, hours ago, answers, studies (names among staff), what happened.
ROWS: Final = (
    ("Laura Simmons", "1972-04-27", BOTH, 21, 0.1, TNBC | SPREAD, "Breast05", "waits"),
    ("Renee Dubois", "1979-01-09", MAIL, 22, 0.5, TNBC | EARLY, "Breast04", "waits"),
    ("Sofia Marino", "1968-11-30", PHONE, 23, 1.0, HORMONE | SPREAD, "CAPItello", "waits"),
    ("Beth Crawford", "1985-02-18", BOTH, 24, 1.5, HORMONE | EARLY, "OFSET", "waits"),
    ("Yvonne Price", "1960-06-12", PHONE, 25, 2.0, HER2 | SPREAD, "STRIDE", "waits"),
    ("Ruth Abrams", "1953-09-03", POST, 26, 2.5, UNSURE | SPREAD, "", "waits"),
    ("Denise Fowler", "1970-12-24", BOTH, 27, 3.0, TNBC | AFTER, "012", "accepted"),
    (
        "Michael Grant",
        "1963-03-15",
        BOTH,
        28,
        3.5,
        HORMONE | SPREAD,
        "CAPItello fatigue",
        "accepted",
    ),
    ("Karen Whitfield", "1976-07-21", PHONE, 29, 6 * DAY, TNBC | SPREAD, "Breast05", "waits"),
    ("Olivia Chen", "1988-10-05", MAIL, 30, 4.0, HORMONE | EARLY, "OFSET fatigue", "waits"),
    ("Amara Johnson", "1981-05-29", BOTH, 31, 3 * DAY, TNBC | SPREAD, "Breast05", "reached"),
    ("Linda Park", "1967-08-16", PHONE, 32, 4 * DAY, HER2 | SPREAD, "STRIDE", "reached"),
    ("Grace Mbeki", "1973-02-02", BOTH, 33, 5 * DAY, HORMONE | SPREAD, "CAPItello", "hold"),
    ("Elaine Foster", "1959-04-11", MAIL, 34, 6 * DAY, TNBC | EARLY, "Breast04", "joined"),
    ("Victoria Stone", "1978-09-19", BOTH, 35, 7 * DAY, TNBC | AFTER, "012", "screening_booked"),
    ("Janet Cole", "1956-12-31", PHONE, 36, 8 * DAY, HORMONE | EARLY, "OFSET", "criteria"),
    ("Monica Reyes", "1975-03-08", BOTH, 37, 9 * DAY, HER2 | SPREAD, "STRIDE", "other_treatment"),
    ("Sandra Howell", "1962-10-23", PHONE, 38, 10 * DAY, UNSURE | SPREAD, "", "not_reached"),
    ("Emily Watts", "1990-01-27", MAIL, 39, 11 * DAY, TNBC | EARLY, "Breast04", "distance"),
    ("Carla Jimenez", "1971-06-06", BOTH, 40, 4 * DAY, HORMONE | SPREAD, "CAPItello", "changed"),
    ("Nora Lindqvist", "1965-11-11", BOTH, 41, 4.5, TNBC | SPREAD, "D19", "waits"),
    ("Priya Sharma", "1982-08-30", MAIL, 42, 6 * DAY, TNBC | SPREAD, "D19", "hold"),
    ("Joyce Hamilton", "1957-02-25", PHONE, 43, 4.2, TNBC | SPREAD, "D19", "accepted"),
    ("Diane Kowalski", "1969-05-13", BOTH, 44, 12 * DAY, AFTER | UNSURE, "fatigue", "joined"),
)


def load(at: datetime) -> None:
    """Make the people and let time pass over them, where there are none yet."""
    if Case.rows.exists():
        return
    studies = {one.local_name.split()[1]: one for one in Study.objects.all()}
    with transaction.atomic():
        for name, born, reach, line, hours_ago, answers, wanted, since in ROWS:
            who = Intake(people.details(name, born, reach, line))
            asked = [studies[word] for word in wanted.split()]
            profile = _profile(answers, born, on=at.date())
            _make(name, who, asked, profile, since, at=at - timedelta(hours=hours_ago))
        _special(studies, now=at)


def _profile(answers: dict[str, list[str]], born: str, *, on: date, who: str = "me") -> Profile:
    told = {"sex_at_birth": ["female"], "travel_days": ["few"], "age_years": [born[:7]], **answers}
    return profile_from({"who": who, "answers": told}, on=on)


def _special(studies: dict[str, Study], *, now: datetime) -> None:
    """A Spanish speaker without e-mail, a helper, and somebody who asked twice."""
    born, on = "1964-05-19", now.date()
    spanish = people.details("María Fernández López", born, PHONE, 51, language="es")
    profile = _profile(TNBC | SPREAD, born, on=on)
    hour = timedelta(hours=1)
    _make("spanish", Intake(spanish), [studies["Breast05"]], profile, "waits", at=now - hour)

    mother = people.details("Eleanor Bright", "1951-07-07", "", 0)
    daughter = people.details("Hannah Bright", "1980-03-03", BOTH, 52, note="After 4 pm, please.")
    helped = people.helped(mother, daughter, "child")
    profile = _profile(HORMONE | SPREAD, "1951-07-07", on=on, who="someone")
    _make("helper", helped, [studies["CAPItello"]], profile, "waits", at=now - 2 * hour)

    again = Intake(people.details("Laura Simmons", "1972-04-27", PHONE, 21))
    profile = _profile(TNBC | SPREAD, "1972-04-27", on=on)
    _make("again", again, [], profile, "waits", at=now - hour / 30)


def _make(
    name: str,
    who: Intake,
    studies: list[Study],
    profile: Profile,
    since: str,
    *,
    at: datetime,
) -> None:
    agreed = people.agreed(ConsentKind.CONTACT, ConsentKind.SHARE, at=at)
    submission = Submission(people.key(f"referral {name}"), who, agreed)
    reference = refer(submission, interest=Interest(studies, profile), at=at)
    people.pay_what_is_owed(at)
    case = Case.rows.get(pk=reference.about_id)
    if since == "changed":
        verbs.change_mind(case, by=Actor.person(case.person), at=at + timedelta(hours=1))
    elif since != "waits":
        for referral in case.referrals.all():
            _go_on(referral, since, at=at + timedelta(minutes=30))


def _go_on(referral: Referral, since: str, *, at: datetime) -> None:
    coordinator = referral.coordinator
    if coordinator is None:
        return
    verbs.accept(referral, by=coordinator, at=at)
    if since == "accepted":
        return
    result = AttemptResult.NO_ANSWER if since == "not_reached" else AttemptResult.REACHED
    verbs.log_attempt(
        referral,
        Try(uuid.uuid5(referral.pk, "first try"), AttemptChannel.PHONE, result),
        by=coordinator,
        at=at + timedelta(minutes=5),
    )
    if since == "hold":
        verbs.hold(referral, by=coordinator, at=at + timedelta(minutes=10))
    elif since != "reached":
        outcome = Outcome(since)
        verbs.close(referral, outcome=outcome, by=coordinator, at=at + timedelta(minutes=10))
