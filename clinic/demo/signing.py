"""Sample words, drafted by the sample editor and approved by the sample reviewer.

Every approval says that it is a sample: nobody outside this demo gave it. Refuses to touch a text
that is there already, for what somebody wrote in its place since is kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from clinic.people import roles
from clinic.people.models import User
from clinic.signing import verbs
from clinic.signing.kinds import IRB, MEDICAL, PRIVACY, TRANSLATION, get
from clinic.signing.models import Text, TextVersion

SIGNED_BEFORE: Final = timedelta(days=30)
"""So long ago that the sample people of last week could read these words and agree to them."""
HOLDS: Final = timedelta(days=365)
CREDENTIALS: Final[dict[str, str]] = {
    MEDICAL: "Sample oncologist",
    IRB: "Sample board member",
    PRIVACY: "Sample privacy officer",
    TRANSLATION: "Sample translator",
}
BOARD: Final = "Sample IRB"
NUMBER: Final = "SAMPLE-1"


@transaction.atomic
def publish(kind: str, subject: str, language: str, body: dict[str, Any], *, at: datetime) -> None:
    """Draft words and give them every approval that their kind needs, at `at`, for a year.

    Raises IndexError before the sample colleagues are there.
    """
    if Text.objects.filter(kind=kind, subject=subject, language=language).exists():
        return
    editor = User.objects.with_role(roles.EDITOR)[0]
    version = verbs.draft(
        kind=kind, subject=subject, language=language, body=body, by=editor, at=at
    )
    sign(version, at=at)


def sign(version: TextVersion, *, at: datetime) -> None:
    """Give words every approval that their kind needs, from a reviewer who did not write them."""
    reviewer = User.objects.with_role(roles.REVIEWER).exclude(pk=version.author_id)[0]
    for needed in sorted(get(version.text.kind).needs_in(version.text.language)):
        _approve(version, needed, by=reviewer, at=at)


def _approve(version: TextVersion, needed: str, *, by: User, at: datetime) -> None:
    is_board = needed == IRB
    verbs.approve(
        version,
        kind=needed,
        by=by,
        credential=CREDENTIALS[needed],
        at=at,
        board=BOARD if is_board else "",
        number=NUMBER if is_board else "",
        expires_at=at + HOLDS,
    )
