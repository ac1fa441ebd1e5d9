"""Who gets a referral: the study's coordinators, else the backups, else the lead.

Reads rows and hands them to the pure chooser (`clinic.people.choosing`); weighs nothing itself.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from clinic.people import roles
from clinic.people.candidates import Tier, candidates
from clinic.people.choosing import Candidate, Choice, choose
from clinic.people.models import RoleHeld, User
from clinic.people.models.staff import UserQuerySet
from referrals.desk.codes import REFERRAL
from referrals.desk.models import Referral
from referrals.trials.codes import DutyCode, LocalStatus
from referrals.trials.models import Duty, Site, Study
from referrals.trials.models.duties import DutyQuerySet


@dataclass(frozen=True, slots=True)
class Given:
    """The colleague for a referral and why, and the site at which she looks after the study."""

    choice: Choice
    site_id: uuid.UUID | None


class Router:
    """Chooses for one referral after the other, all at one instant.

    What it reads of a study it reads once. `without` is who gives a referral away.
    """

    def __init__(self, *, at: datetime, without: uuid.UUID | None = None) -> None:
        self._at, self._without = at, without
        self._given: Counter[uuid.UUID] = Counter()
        self._tiers: dict[uuid.UUID | None, list[Tier]] = {}

    def choose(self, referral: Referral) -> Given | None:
        """None when the studies office has nobody at all."""
        asked = (tier.asked for tier in self._tiers_of(referral.study))
        language = referral.case.person.language
        choice = choose(asked, language=language, given=self._given)
        if choice is None:
            return None
        site = site_of(choice.user_id, referral.study) if referral.study else None
        return Given(choice, site.pk if site else None)

    def _tiers_of(self, study: Study | None) -> list[Tier]:
        key = study.pk if study else None
        if key not in self._tiers:
            self._tiers[key] = [
                Tier(code, users.filter(~Q(pk=self._without)), _candidates)
                for code, users in _tiers(study, at=self._at)
            ]
        return self._tiers[key]


def takers(referral: Referral, *, at: datetime) -> UserQuerySet:
    """Whoever is here and may look after this referral, by name."""
    asked = Q(pk__in=[])
    for _code, users in _tiers(referral.study, at=at):
        asked |= Q(pk__in=users.values("pk"))
    return User.objects.get_queryset().filter(asked).present(at=at)


def _tiers(study: Study | None, *, at: datetime) -> list[tuple[str, UserQuerySet]]:
    """Colleagues tier by tier; only the lead is asked even while away, so that someone has it."""
    leads = User.objects.with_role(roles.LEAD)
    if study is None:
        coordinators = User.objects.with_role(roles.COORDINATOR)
        return [
            (str(DutyCode.COORDINATOR), coordinators.present(at=at)),
            ("office", leads),
        ]
    # A duty without the role is a mistake in the admin: she could not open what she was given.
    readers = RoleHeld.objects.filter(role__in=(roles.COORDINATOR, roles.LEAD)).values("user")
    colleagues = User.objects.get_queryset().filter(is_active=True, pk__in=readers)
    here = duties(study)
    chain = [
        (str(code), colleagues.filter(pk__in=here.filter(duty=code).values("user")))
        for code in DutyCode
    ]
    return [*((code, users.present(at=at)) for code, users in chain), ("office", leads)]


def duties(study: Study) -> DutyQuerySet:
    """Active duties at the sites where the study takes people, else at all its sites."""
    rows = Duty.objects.active().filter(study=study)
    open_sites = study.study_sites.filter(status=LocalStatus.OPEN).values("site")
    # A study that has closed everywhere still has people who look after those who asked.
    here = rows.filter(site__in=open_sites)
    return here if here.exists() else rows


def site_of(user_id: uuid.UUID, study: Study) -> Site | None:
    """The site at which a colleague looks after this study; None for the office's lead."""
    duty = duties(study).filter(user=user_id).select_related("site").order_by("site__name").first()
    return duty.site if duty else None


def _candidates(users: UserQuerySet) -> list[Candidate]:
    is_open = Q(referrals__status__in=sorted(REFERRAL.open))
    return candidates(users, rows="referrals", is_open=is_open)
