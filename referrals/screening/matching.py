"""Which open studies may fit what a person told, and why, in approved words.

Holds the verdict on a study (its best cohort), the order shown and the reasons. Refuses a
percentage, and an order by how much a study needs people. A study without criteria or without
approved words for them is listed plainly, under "ask us".
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import live_versions
from referrals.screening.criteria import Audience
from referrals.screening.logic import evaluate
from referrals.screening.profile import Profile
from referrals.screening.trees import trees_for
from referrals.screening.verdicts import CohortVerdict, LineResult, Truth, Verdict
from referrals.trials.cards import CRITERIA, Card, cards_for
from referrals.trials.models import Cohort, CriteriaSet, Study

RANK: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}

LineWords = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reasons:
    """A verdict's lines in approved words; `language` is that of the words.

    `ask`: what the person can find out and tell. `team_checks` are lines for the study team, and
    `records` the same lines as questions that her doctor can answer beforehand.
    """

    language: str = SOURCE_LANGUAGE
    fits: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    team_checks: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortMatch:
    """One cohort's verdict; without criteria or words there is only "ask us"."""

    cohort: Cohort
    criteria_set: CriteriaSet | None = None
    result: CohortVerdict | None = None
    reasons: Reasons = Reasons()

    @property
    def verdict(self) -> Verdict:
        """The verdict to show."""
        return self.result.verdict if self.result else Verdict.CHECK

    @property
    def order(self) -> tuple[int, int, date]:
        """Better verdicts first, then those with fewer questions open, then the sooner."""
        if self.result is None:
            return RANK[Verdict.CHECK], 0, date.max
        later_on = self.result.later_on or date.max
        return RANK[self.verdict], len(self.result.open_fields), later_on


@dataclass(frozen=True, slots=True)
class StudyMatch:
    """One study with its card and its best cohort; `cohorts` has all open ones, best first."""

    study: Study
    card: Card
    cohorts: tuple[CohortMatch, ...] = ()

    @property
    def best(self) -> CohortMatch | None:
        """The cohort that fits best; None for a study without open cohorts."""
        return self.cohorts[0] if self.cohorts else None

    @property
    def verdict(self) -> Verdict:
        """The best cohort's verdict."""
        return self.best.verdict if self.best else Verdict.CHECK

    @property
    def reasons(self) -> Reasons:
        """The best cohort's reasons."""
        return self.best.reasons if self.best else Reasons()

    @property
    def later_on(self) -> date | None:
        """The day after which the best cohort may fit; only where that is the verdict."""
        return self.best.result.later_on if self.best and self.best.result else None

    @property
    def questions_left(self) -> int:
        """How many answers of hers would tell more."""
        return len(self.best.result.open_fields) if self.best and self.best.result else 0


def match(profile: Profile, language: str, at: datetime) -> list[StudyMatch]:
    """Every study that takes people now, best first; a fixed number of queries."""
    studies = list(Study.objects.recruiting(at=at).listed())
    cards = cards_for(studies, language, at)
    open_cohorts: defaultdict[uuid.UUID, list[CohortMatch]] = defaultdict(list)
    for found in match_cohorts(_open_cohorts(at), profile, language, at):
        open_cohorts[found.cohort.study_id].append(found)
    # A study whose cohorts are all paused or full takes nobody, whatever its own row says.
    waiting = _with_cohorts(studies) - set(open_cohorts)
    matches = [
        StudyMatch(one, cards[one.pk], tuple(sorted(open_cohorts[one.pk], key=_cohort_order)))
        for one in studies
        if one.pk not in waiting
    ]
    return sorted(matches, key=_study_order)


def match_cohorts(
    cohorts: Iterable[Cohort], profile: Profile, language: str, at: datetime
) -> list[CohortMatch]:
    """The verdict on each cohort, in the order given."""
    asked = list(cohorts)
    sets = {one.cohort_id: one for one in CriteriaSet.objects.published().filter(cohort__in=asked)}
    trees = trees_for(sets.values())
    words = _words(sets.values(), language, at)
    matches = []
    for cohort in asked:
        found = sets.get(cohort.pk)
        if found is None or found.pk not in trees or found.pk not in words:
            matches.append(CohortMatch(cohort))
            continue
        result = evaluate(trees[found.pk], profile)
        reasons = _reasons(result, *words[found.pk])
        matches.append(
            CohortMatch(cohort, found, result, reasons) if reasons else CohortMatch(cohort)
        )
    return matches


def _open_cohorts(at: datetime) -> Iterable[Cohort]:
    return Cohort.objects.recruiting(at=at).order_by("study", "order", "code")


def _with_cohorts(studies: list[Study]) -> set[uuid.UUID]:
    return set(Cohort.objects.filter(study__in=studies).values_list("study_id", flat=True))


def _cohort_order(found: CohortMatch) -> tuple[object, ...]:
    return *found.order, found.cohort.order, found.cohort.code


def _study_order(found: StudyMatch) -> tuple[object, ...]:
    best = found.best.order if found.best else (RANK[Verdict.CHECK], 0, date.max)
    confirmed = found.study.status_confirmed_at
    freshness = -confirmed.timestamp() if confirmed else 0.0
    return *best, freshness, found.study.local_name, str(found.study.pk)


def _words(
    sets: Iterable[CriteriaSet], language: str, at: datetime
) -> dict[uuid.UUID, tuple[str, LineWords]]:
    """The live words of each set with their language: hers, else English."""
    subjects = {str(one.pk): one.pk for one in sets}
    live = live_versions(CRITERIA, SOURCE_LANGUAGE, at=at, subjects=subjects)
    if language != SOURCE_LANGUAGE:
        live |= live_versions(CRITERIA, language, at=at, subjects=subjects)
    return {
        subjects[subject]: (version.text.language, version.content)
        for subject, version in live.items()
    }


def _reasons(result: CohortVerdict, language: str, words: LineWords) -> Reasons | None:
    """The lines in words; None if a line has none, for then the verdict cannot be explained."""
    found: dict[str, dict[str, None]] = {part.name: {} for part in fields(Reasons)[1:]}
    for line in result.reasons:
        for part, word in _places(line, result.verdict):
            sentence = words.get(line.key, {}).get(word)
            if not sentence:
                return None
            found[part][sentence] = None
    return Reasons(language, **{part: tuple(lines) for part, lines in found.items()})


def _places(line: LineResult, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """In which lists a line stands, each with the one of its sentences that is shown there."""
    if line.blocking or (verdict is Verdict.CHECK and line.decides):
        return (("against", "not_met"),)
    if line.value is Truth.MET:
        return (("fits", "met"),)
    # Where something firm speaks against it, more answers or checks change nothing.
    if line.value is Truth.NOT_MET or verdict is Verdict.UNLIKELY:
        return ()
    if line.audience is Audience.COORDINATOR:
        return ("team_checks", "words"), ("records", "ask")
    return (("ask", "ask"),)
