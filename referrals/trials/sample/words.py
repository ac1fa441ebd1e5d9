"""Drafts and approves the sample's words, as two people would.

Refuses to hold the words (catalogue.json) and to replace words that somebody wrote since.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from clinic.people.models import User
from clinic.signing import kinds
from clinic.signing.verbs import approve, draft
from referrals.trials.cards import CARD, CRITERIA
from referrals.trials.models import CriteriaSet, Study

SAMPLE_NOTE: Final = "This is a sample: this center does not run this study."
YEAR: Final = timedelta(days=365)


def publish_card(
    study: Study, words: dict[str, str], *, by: User, approver: User, at: datetime
) -> None:
    """Put an approved card on a study; it says that it is a sample."""
    body = words | {"what": f"{words['what']} {SAMPLE_NOTE}"}
    _publish(CARD, str(study.pk), body, by=by, approver=approver, at=at)


def publish_words(
    criteria_set: CriteriaSet, words: dict[str, Any], *, by: User, approver: User, at: datetime
) -> None:
    """Put approved words on every line of a set."""
    _publish(CRITERIA, str(criteria_set.pk), words, by=by, approver=approver, at=at)


def _publish(
    kind: str, subject: str, body: dict[str, Any], *, by: User, approver: User, at: datetime
) -> None:
    version = draft(
        kind=kind, subject=subject, language=kinds.SOURCE_LANGUAGE, body=body, by=by, at=at
    )
    approve(
        version,
        kind=kinds.IRB,
        by=approver,
        credential="Sample credential",
        at=at,
        board="Sample IRB",
        number="SAMPLE-1",
        expires_at=at + YEAR,
    )
