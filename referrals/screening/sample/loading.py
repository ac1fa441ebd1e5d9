"""Puts the sample words of the six questions in place, drafted by one person, approved by another.

Refuses to touch a question that has any text: what an editor did since is kept.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from clinic.people import roles
from clinic.people.models import User
from clinic.signing import verbs
from clinic.signing.kinds import IRB, SOURCE_LANGUAGE
from clinic.signing.models import Text
from referrals.screening.texts import QUESTION

# So long ago that the sample people of last week could read these words before they answered.
SIGNED_BEFORE: Final = timedelta(days=30)
WORDS: Final = Path(__file__).with_name("words.json")


def load(at: datetime) -> None:
    """Draft and approve the questions that have no text yet, as of a month before `at`."""
    signed_at = at - SIGNED_BEFORE
    words = json.loads(WORDS.read_text(encoding="utf-8"))
    written = set(Text.objects.filter(kind=QUESTION).values_list("subject", flat=True))
    missing = {code: body for code, body in words.items() if code not in written}
    if not missing:
        return
    editor = User.objects.with_role(roles.EDITOR)[0]
    reviewer = User.objects.with_role(roles.REVIEWER)[0]
    with transaction.atomic():
        for code, body in missing.items():
            version = verbs.draft(
                kind=QUESTION,
                subject=code,
                language=SOURCE_LANGUAGE,
                body=body,
                by=editor,
                at=signed_at,
            )
            verbs.approve(
                version,
                kind=IRB,
                by=reviewer,
                credential="MD",
                at=signed_at,
                board="Sample board",
                number="SAMPLE-1",
            )
