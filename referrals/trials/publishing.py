"""The life of a criteria set: drafted, reviewed by a second person, published, retired.

Refuses to hold how criteria are judged and the words patients read for them.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from clinic.audit.models import Event
from clinic.audit.recording import Actor, kind_of, record
from clinic.lifecycle import Workflow
from clinic.people.models import User
from clinic.signing import epoch
from clinic.signing.verbs import SameHands
from referrals.trials.codes import SET_MOVES, SetState
from referrals.trials.models import Cohort, CriteriaSet, Criterion
from referrals.trials.tree_checks import problems

SETS: Final = Workflow("criteria set", SET_MOVES, column="state")
# Events of whoever put a line into a set; none of them may publish it.
DRAFTED: Final = "draft"
EDITED: Final = "edit"
COPIED: Final = (
    "order",
    "kind",
    "minimum",
    "key",
    "field",
    "operator",
    "value",
    "polarity",
    "audience",
    "hardness",
    "quote",
)


class UnsoundCriteria(Exception):
    """The tree would say something nobody meant; `problems` names each line and why."""

    def __init__(self, criteria_set: CriteriaSet, found: list[str]) -> None:
        super().__init__(f"criteria set {criteria_set.pk}: {'; '.join(found)}")
        self.problems = found


def draft_criteria(cohort: Cohort, *, by: User, at: datetime) -> CriteriaSet:
    """Return a new draft with the lines of the published version, if there is one."""
    with transaction.atomic():
        _lock(cohort)
        published = cohort.criteria_sets.filter(state=SetState.PUBLISHED).first()
        top = cohort.criteria_sets.aggregate(top=Max("version"))["top"] or 0
        draft = CriteriaSet.objects.create(
            cohort=cohort, version=top + 1, author=by, source_sha256=_source(cohort)
        )
        if published is not None:
            _copy_lines(published, draft)
        record(DRAFTED, about=draft, by=Actor.staff(by), at=at)
    return draft


def note_edit(criteria_set: CriteriaSet, *, by: User, at: datetime) -> None:
    """Remember who changed lines of a draft: she is its author from now on."""
    with transaction.atomic():
        CriteriaSet.objects.filter(pk=criteria_set.pk, state=SetState.DRAFT).update(author=by)
        criteria_set.author = by
        record(EDITED, about=criteria_set, by=Actor.staff(by), at=at)


def send_to_review(criteria_set: CriteriaSet, *, by: User, at: datetime) -> None:
    """Freeze the lines and ask for a second pair of eyes; raises `UnsoundCriteria`."""
    with transaction.atomic():
        # Frozen first, then checked: a line saved in between would escape the check.
        SETS.move(
            criteria_set, to=SetState.IN_REVIEW, by=Actor.staff(by), at=at, verb="send_to_review"
        )
        if found := problems(list(criteria_set.criteria.all())):
            criteria_set.state = SetState.DRAFT
            raise UnsoundCriteria(criteria_set, found)


def send_back(criteria_set: CriteriaSet, *, by: User, at: datetime) -> None:
    """Open the lines again."""
    SETS.move(criteria_set, to=SetState.DRAFT, by=Actor.staff(by), at=at, verb="send_back")


def publish(criteria_set: CriteriaSet, *, by: User, at: datetime) -> None:
    """Match people against this version from now on; the one before is retired.

    Raises `SameHands` for whoever wrote any of it and `Conflict` when somebody moved it meanwhile.
    """
    with transaction.atomic():
        # Two versions published at once would both retire the one before: one at a time.
        _lock(criteria_set.cohort)
        _refuse_writers(criteria_set, by)
        for before in criteria_set.cohort.criteria_sets.filter(state=SetState.PUBLISHED):
            retire(before, by=by, at=at)
        who_and_when = {"reviewer": by, "published_at": at}
        SETS.move(
            criteria_set,
            to=SetState.PUBLISHED,
            by=Actor.staff(by),
            at=at,
            verb="publish",
            values=who_and_when,
        )
        epoch.bump()


def retire(criteria_set: CriteriaSet, *, by: User, at: datetime) -> None:
    """Match nobody against this version any more; needs no second person."""
    with transaction.atomic():
        SETS.move(criteria_set, to=SetState.RETIRED, by=Actor.staff(by), at=at, verb="retire")
        epoch.bump()


def _lock(cohort: Cohort) -> None:
    # PostgreSQL's extra lock; SQLite holds the whole file from BEGIN IMMEDIATE, and the unique
    # constraints stand behind both.
    Cohort.objects.select_for_update().get(pk=cohort.pk)


def _refuse_writers(criteria_set: CriteriaSet, by: User) -> None:
    # The row is held: it must not be opened, written in and sent again before it is published.
    held = CriteriaSet.objects.select_for_update().filter(pk=criteria_set.pk).first()
    events = Event.objects.about(kind_of(criteria_set), criteria_set.pk)
    wrote = events.filter(verb__in=(DRAFTED, EDITED), actor_id=str(by.pk)).exists()
    if wrote or (held is not None and held.author_id == by.pk):
        raise SameHands(f"criteria set {criteria_set.pk}")


def _source(cohort: Cohort) -> str:
    registry = cohort.study.registry
    return registry.sha256 if registry else ""


def _copy_lines(source: CriteriaSet, target: CriteriaSet) -> None:
    lines = list(source.criteria.all())
    ids = {line.pk: uuid.uuid4() for line in lines}
    Criterion.objects.bulk_create(
        Criterion(
            id=ids[line.pk],
            criteria_set=target,
            parent_id=ids[line.parent_id] if line.parent_id else None,
            **{name: getattr(line, name) for name in COPIED},
        )
        for line in lines
    )
