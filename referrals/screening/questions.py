"""The six questions in their fixed order, and what each answer leaves possible.

Pure Python. The order is fixed because an IRB approves a questionnaire as a whole. Refuses to hold
the words (signed texts, `texts.py`) and which studies an answer matters to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from referrals.screening.fields import FIELDS, OLDEST, Value
from referrals.screening.profile import Certainty, Possible, Profile, Source

UNSURE: Final = "unsure"
DECLINED: Final = "declined"
SILENT: Final = {UNSURE: Certainty.UNSURE, DECLINED: Certainty.DECLINED}
ADULT: Final = 18

Means = Mapping[str, frozenset[Value]]


class ImpossibleBirth(ValueError):
    """A month of birth that is still to come, or that nobody alive was born in."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its code (the subject of its text), its place in the URL, its answers.

    `choices` maps a code to the values it leaves possible, by field. `silent` are the codes that
    tell nothing, in the order shown: "not sure" is always the last.
    """

    code: str
    slug: str
    fields: tuple[str, ...]
    choices: Mapping[str, Means]
    several: bool = False
    silent: tuple[str, ...] = (DECLINED, UNSURE)


def _one(name: str, **choices: str) -> dict[str, Means]:
    """Choices on one field; the values are written as words."""
    return {code: {name: frozenset(words.split())} for code, words in choices.items()}


BIRTH: Final = Question("age_years", "birth", ("age_years",), {})

QUESTIONS: Final = (
    Question(
        "disease_setting",
        "now",
        ("disease_setting",),
        _one(
            "disease_setting",
            new="new",
            early_treatment="early_treatment",
            came_back_near="new early_treatment locally_advanced",
            locally_advanced="locally_advanced",
            metastatic="metastatic",
            no_evidence="no_evidence",
            risk_only="risk_only",
        ),
        silent=(UNSURE,),
    ),
    BIRTH,
    Question(
        "sex_at_birth",
        "sex",
        ("sex_at_birth",),
        _one("sex_at_birth", female="female", male="male", intersex="intersex"),
    ),
    Question(
        "travel_days",
        "travel",
        ("travel_days",),
        _one("travel_days", once="once", few="few", weekly="weekly"),
        silent=(UNSURE,),
    ),
    Question(
        "cancer_type",
        "type",
        ("hormone_receptor", "her2"),
        {
            # "Hormone-positive" is said of low results, too; HER2-low counts as HER2-negative.
            "hormone_positive": {"hormone_receptor": frozenset({"positive", "low"})},
            "her2_positive": {"her2": frozenset({"positive"})},
            "triple_negative": {
                "hormone_receptor": frozenset({"negative"}),
                "her2": frozenset({"zero", "ultralow", "low"}),
            },
            "her2_low": {"her2": frozenset({"low", "ultralow"})},
        },
        several=True,
    ),
    Question(
        "stage_group",
        "stage",
        ("stage_group",),
        _one(
            "stage_group",
            zero="0",
            one="I",
            two="II",
            three="III",
            four="IV",
            early="0 I II III",
            advanced="III IV",
        ),
    ),
)
BY_CODE: Final = {question.code: question for question in QUESTIONS}
BY_SLUG: Final = {question.slug: question for question in QUESTIONS}


def profile_from(data: Mapping[str, Any], *, on: date) -> Profile:
    """What the coded answers of a journey leave possible.

    `data` is the journey's dictionary: `who` ("me" or "someone") and `answers`, a list of codes for
    each question. An unknown code tells nothing.
    """
    source = Source.PROXY if data.get("who") == "someone" else Source.SELF
    profile = Profile(on=on)
    for code, chosen in data.get("answers", {}).items():
        if code in BY_CODE:
            for name, statement in statements(BY_CODE[code], chosen, source=source, on=on):
                profile = profile.saying(name, statement)
    return profile


def statements(
    question: Question, chosen: Iterable[str], *, source: Source, on: date
) -> Iterator[tuple[str, Possible]]:
    """The statements that chosen codes make, each with its field."""
    codes = list(chosen)
    told = [_means(question, code, on) for code in codes if code not in SILENT]
    certainty = next((SILENT[code] for code in codes if code in SILENT), Certainty.SURE)
    if not told and certainty in SILENT.values():
        for name in question.fields:
            yield name, Possible(FIELDS[name].values or frozenset(), certainty, source, on)
    if told and certainty is not Certainty.SURE:
        # A box ticked beside "not sure": she believes it, and says that she may be wrong.
        certainty = Certainty.THINK_SO
    for means in told:
        for name, values in means.items():
            yield name, Possible(values, certainty, source, on)


def _means(question: Question, code: str, on: date) -> Means:
    if question is not BIRTH:
        return question.choices.get(code, {})
    year, _, month = code.partition("-")
    try:
        return {"age_years": ages(int(year), int(month) if month else None, on=on)}
    except ValueError:
        return {}


def ages(year: int, month: int | None, *, on: date) -> frozenset[Value]:
    """The ages in whole years possible on a day for a year and, if known, month of birth.

    Raises `ImpossibleBirth`.
    """
    if (year, month or 1) > (on.year, on.month):
        raise ImpossibleBirth("to come")
    this_year = on.year - year
    if month is None or month == on.month:
        possible = {this_year - 1, this_year}
    else:
        possible = {this_year if month < on.month else this_year - 1}
    known = frozenset(age for age in possible if 0 <= age <= OLDEST)
    if not known:
        raise ImpossibleBirth("too long ago")
    return known


def is_child(chosen: Iterable[str], *, on: date) -> bool:
    """Whether a month of birth makes her certainly younger than 18."""
    told = [_means(BIRTH, code, on) for code in chosen if code not in SILENT]
    known = [age for means in told for age in means.get("age_years", ()) if isinstance(age, int)]
    return bool(known) and max(known) < ADULT
