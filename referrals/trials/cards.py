"""What a patient reads about a study: approved words, or the plain facts and nothing else.

Refuses to hold the words (signed texts) and to make any up.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import live_versions
from clinic.signing.models import TextVersion
from referrals.trials.models import Study

# Kinds of text. The subject of a card is the study's id; the subject of criteria words is the
# criteria set's, so that words never outlive the lines they were approved for.
CARD: Final = "trial_card"
CRITERIA: Final = "criteria"


@dataclass(frozen=True, slots=True)
class Card:
    """One study in patient words; without approval only `name` is filled, with the plain title.

    `language` is that of the words, which may not be the one asked for: mark it on the page.
    """

    study: Study
    name: str
    language: str
    who: str = ""
    what: str = ""
    why: str = ""
    visits: str = ""
    approved: bool = False
    version_id: uuid.UUID | None = None


def card_for(study: Study, language: str, at: datetime) -> Card:
    """Return the card of one study; see `cards_for`."""
    return cards_for([study], language, at)[study.pk]


def cards_for(studies: Iterable[Study], language: str, at: datetime) -> dict[uuid.UUID, Card]:
    """Return a card for every study, by id: her language, else English, else the plain listing."""
    asked = list(studies)
    versions = _live(asked, SOURCE_LANGUAGE, at)
    if language != SOURCE_LANGUAGE:
        versions |= _live(asked, language, at)
    return {study.pk: _card(study, versions.get(str(study.pk))) for study in asked}


def _live(studies: list[Study], language: str, at: datetime) -> dict[str, TextVersion]:
    return live_versions(CARD, language, at=at, subjects=[str(study.pk) for study in studies])


def _card(study: Study, version: TextVersion | None) -> Card:
    if version is None:
        return Card(study=study, name=study.title, language=SOURCE_LANGUAGE)
    words = version.content
    return Card(
        study=study,
        name=words["name"],
        language=version.text.language,
        who=words["who"],
        what=words["what"],
        why=words["why"],
        visits=words["visits"],
        approved=True,
        version_id=version.pk,
    )
