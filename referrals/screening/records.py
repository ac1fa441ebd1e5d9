"""Keeping what a person told, once she asked us to: answers on a case, verdicts on a referral.

The desk calls these inside its own transaction. Refuses to decide whether she agreed to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from referrals.screening.logic import ENGINE_VERSION
from referrals.screening.matching import CohortMatch
from referrals.screening.models import Answer, Evaluation
from referrals.screening.profile import Profile


def keep_answers(*, case_id: uuid.UUID, profile: Profile) -> list[Answer]:
    """Store every statement of a profile on a case."""
    rows = [
        Answer(
            case_id=case_id,
            field=field,
            values=one.as_dict()["values"],
            certainty=one.certainty,
            source=one.source,
            as_of=one.as_of,
            until=one.until,
        )
        for field, statements in profile.said.items()
        for one in statements
    ]
    return Answer.rows.bulk_create(rows)


def keep_evaluations(
    *, referral_id: uuid.UUID, matches: Iterable[CohortMatch], at: datetime
) -> list[Evaluation]:
    """Store the verdict on every cohort that was judged; one without criteria leaves no row."""
    rows = [
        Evaluation(
            referral_id=referral_id,
            criteria_set=one.criteria_set,
            verdict=one.result.verdict,
            lines=one.result.as_dict(),
            engine_version=ENGINE_VERSION,
            at=at,
        )
        for one in matches
        if one.result is not None and one.criteria_set is not None
    ]
    return Evaluation.rows.bulk_create(rows)
