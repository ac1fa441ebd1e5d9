"""What this room tells the others at start: kind of text, fields, call to action, sample.

Refuses to hold any rule of its own.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.design import slots
from clinic.signing import kinds
from referrals.screening.fields import FIELDS, TEAM_FIELDS
from referrals.screening.headings import PLACES, VERDICT
from referrals.screening.sample.loading import load
from referrals.screening.texts import QUESTION
from referrals.trials import known_fields


def register() -> None:
    """Register all of it; calling it twice changes nothing."""
    kinds.register(
        kinds.TextKind(
            QUESTION,
            _("screening question"),
            (kinds.IRB,),
            subject_help=_("the code of the question, as in “stage_group”"),
            shape={"heading": "", "hint": "", "why": "", "where": "", "options": {"*": ""}},
        )
    )
    kinds.register(
        kinds.TextKind(
            VERDICT,
            _("heading of what may fit"),
            (kinds.IRB,),
            subject_help=_("the code of the verdict, as in “likely”"),
            shape={"heading": ""},
            placeholders=PLACES,
        )
    )
    known_fields.register(FIELDS)
    known_fields.register(TEAM_FIELDS)
    slots.fill("page-actions", "screening/call_to_action.html", order=20)
    samples.register(40, load)
