"""What this room tells the others at start: kinds of text, permissions, sample loader.

Refuses to hold any rule of its own.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.people import roles
from clinic.signing import kinds
from referrals.trials.cards import CARD, CRITERIA
from referrals.trials.criteria_names import name_of_set
from referrals.trials.sample.loading import load

STUDY_MODELS = ("study", "studyidentifier", "studysite", "site", "cohort", "duty")
CRITERIA_MODELS = ("criteriaset", "criterion")
REGISTRY = ("trials.view_registryrecord", "trials.view_registryversion")


def register() -> None:
    """Register all of it; calling it twice changes nothing."""
    _register_texts()
    _grant()
    samples.register(30, load)


def _register_texts() -> None:
    kinds.register(
        kinds.TextKind(
            CARD,
            _("trial card"),
            (kinds.IRB,),
            subject_help=_("the id of the study, from its address in the admin"),
            shape={"name": "", "who": "", "what": "", "why": "", "visits": ""},
        )
    )
    kinds.register(
        kinds.TextKind(
            CRITERIA,
            _("words for criteria"),
            (kinds.IRB,),
            subject_help=_("the id of the criteria set, from its address in the admin"),
            shape={"*": {"words": "", "met": "", "not_met": "", "ask": ""}},
            name_subject=name_of_set,
        )
    )


def _grant() -> None:
    everything = roles.crud("trials", *STUDY_MODELS, *CRITERIA_MODELS)
    seeing = tuple(permission for permission in everything if ".view_" in permission)
    roles.grant(roles.ADMINISTRATOR, *everything, *REGISTRY)
    roles.grant(roles.LEAD, *seeing, *REGISTRY, "trials.change_study", "trials.change_cohort")
    # A second person publishes criteria: she sees the lines and moves the set, no more.
    roles.grant(roles.REVIEWER, *seeing, *REGISTRY, "trials.change_criteriaset")
