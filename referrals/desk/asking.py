"""Opening a case: what she asks for becomes referrals that a coordinator sees at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.audit.recording import record
from clinic.outbox.ledger import Owed, owe
from clinic.people.models import Reference
from clinic.people.models.person import ConsentKind
from clinic.people.references import make_reference
from clinic.people.submitting import Submission, columns, once, register
from clinic.signing.kinds import SOURCE_LANGUAGE
from referrals.desk.codes import ROUTE
from referrals.desk.models import Case, Referral
from referrals.screening.matching import match_cohorts
from referrals.screening.profile import Profile
from referrals.screening.records import keep_answers, keep_evaluations
from referrals.trials.models import Cohort, Study


@dataclass(frozen=True, slots=True)
class Interest:
    """What she asks for: studies (none: "look for me"), and what she answered."""

    studies: Sequence[Study]
    profile: Profile


def refer(submission: Submission, *, interest: Interest, at: datetime) -> Reference:
    """Open a case with a referral for each study, and owe its routing: all or nothing.

    Answers and evaluations are kept only if she agreed to share them. The same submission again
    gives the reference of the first.
    """
    return once(Case, submission, lambda: _refer(submission, interest, at=at))


def _refer(submission: Submission, interest: Interest, *, at: datetime) -> Reference:
    who = register(submission, at=at)
    case = Case.rows.create(**columns(submission, who, at=at))
    wanted: Sequence[Study | None] = interest.studies or [None]
    referrals = [_open_referral(case, study, at=at) for study in wanted]
    if ConsentKind.SHARE in submission.agreed:
        keep_answers(case_id=case.pk, profile=interest.profile)
        _keep_verdicts(referrals, interest.profile, at=at)
    record("refer", about=case, by=submission.actor(who), at=at, channel=submission.channel)
    return make_reference(case, person=who.patient, at=at)


def _open_referral(case: Case, study: Study | None, *, at: datetime) -> Referral:
    referral = Referral.rows.create(
        case=case, study=study, due_at=case.due_at, next_at=case.due_at, created_at=at
    )
    owe(Owed(ROUTE, referral), at=at)
    return referral


def _keep_verdicts(referrals: Iterable[Referral], profile: Profile, *, at: datetime) -> None:
    for referral in referrals:
        if referral.study is not None:
            cohorts = Cohort.objects.filter(study=referral.study)
            matches = match_cohorts(cohorts, profile, SOURCE_LANGUAGE, at)
            keep_evaluations(referral_id=referral.pk, matches=matches, at=at)
