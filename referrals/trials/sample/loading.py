"""Loads the sample catalogue through the verbs that people use.

Refuses to touch what is there already: a study that somebody changed in the demo stays changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from clinic.demo.signing import SIGNED_BEFORE
from clinic.people import roles
from clinic.people.models import User
from clinic.places.models import Location
from referrals.trials.codes import DutyCode
from referrals.trials.models import (
    Cohort,
    Duty,
    Site,
    Study,
    StudyIdentifier,
    StudySite,
)
from referrals.trials.sample.criteria import publish_criteria
from referrals.trials.sample.words import publish_card
from referrals.trials.status import confirm_status


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The sample colleagues who write, approve and run the sample studies."""

    author: User
    reviewer: User
    lead: User
    coordinators: tuple[User, ...]

    def turn(self, number: int) -> User:
        """The coordinator whose turn it is."""
        return self.coordinators[number % len(self.coordinators)]

    def publish(
        self, cohort: Cohort, entries: list[Any], lines: dict[str, Any], *, at: datetime
    ) -> None:
        """Publish criteria and their words, written by one and approved by another."""
        publish_criteria(cohort, entries, lines, by=self.author, approver=self.reviewer, at=at)


def catalogue() -> dict[str, Any]:
    """Return the catalogue: `sites`, `lines` (criteria by name) and `studies`."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def load(at: datetime) -> None:
    """Make the sites and studies that are missing.

    Words and criteria are signed a month before `at`, statuses confirmed some days before it.
    """
    sample = catalogue()
    known = set(Study.objects.values_list("nct_id", flat=True))
    missing = [
        (number, facts)
        for number, facts in enumerate(sample["studies"])
        if facts["nct_id"] not in known
    ]
    if not missing:
        return
    colleagues = _colleagues()
    sites = {facts["name"]: _site(facts) for facts in sample["sites"]}
    for number, facts in missing:
        with transaction.atomic():
            study = _study(facts, sites, colleagues, number, at)
            for order, group in enumerate(facts["cohorts"]):
                cohort = _cohort(study, group, order, colleagues.turn(number), at)
                entries = [*group["criteria"], *facts["criteria"]]
                colleagues.publish(cohort, entries, sample["lines"], at=at - SIGNED_BEFORE)


def _colleagues() -> Colleagues:
    # The sample of the people room is loaded first (order 10) and has each of these roles.
    return Colleagues(
        author=_with_role(roles.EDITOR)[0],
        reviewer=_with_role(roles.REVIEWER)[0],
        lead=_with_role(roles.LEAD)[0],
        coordinators=_with_role(roles.COORDINATOR),
    )


def _with_role(role: str) -> tuple[User, ...]:
    found = tuple(User.objects.with_role(role))
    if not found:
        raise LookupError(f"Load the sample colleagues first: nobody is {role}.")
    return found


def _site(facts: dict[str, Any]) -> Site:
    site, _made = Site.objects.get_or_create(
        name=facts["name"],
        defaults={
            "city": facts["city"],
            "state": facts["state"],
            "registry_names": facts["registry_names"],
            "location": Location.objects.filter(name=facts["location"]).first(),
        },
    )
    return site


def _study(
    facts: dict[str, Any],
    sites: dict[str, Site],
    colleagues: Colleagues,
    number: int,
    at: datetime,
) -> Study:
    plain = ("nct_id", "local_name", "title", "phases", "primary_purpose", "purpose")
    local = ("consent_languages", "outside_institution")
    study = Study(**{name: facts[name] for name in (*plain, *local)})
    study.meet_record()
    study.save()
    for system, value in facts["identifiers"].items():
        StudyIdentifier.objects.create(study=study, system=system, value=value)
    for turn, name in enumerate(facts["sites"], start=number):
        StudySite.objects.create(study=study, site=sites[name])
        _duties(study, sites[name], colleagues, turn)
    _confirm(study, facts, colleagues.turn(number), at)
    publish_card(study, facts["card"], at=at - SIGNED_BEFORE)
    return study


def _duties(study: Study, site: Site, colleagues: Colleagues, turn: int) -> None:
    people = (
        (DutyCode.COORDINATOR, colleagues.turn(turn)),
        (DutyCode.BACKUP, colleagues.turn(turn + 1)),
        (DutyCode.LEAD, colleagues.lead),
    )
    for code, user in people:
        Duty.objects.create(study=study, site=site, user=user, duty=code)


def _cohort(study: Study, facts: dict[str, Any], order: int, by: User, at: datetime) -> Cohort:
    cohort = Cohort.objects.create(
        study=study, code=facts["code"], label=facts["label"], order=order
    )
    _confirm(cohort, facts, by, at)
    return cohort


def _confirm(row: Study | Cohort, facts: dict[str, Any], by: User, at: datetime) -> None:
    when = at - timedelta(days=facts["confirmed_days_ago"])
    confirm_status(row, status=facts["status"], by=by, at=when)
