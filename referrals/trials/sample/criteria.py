"""Turns the catalogue's criteria into lines, published by two people, with their words.

Refuses to hold the criteria themselves (catalogue.json).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.people.models import User
from referrals.trials.codes import NodeKind
from referrals.trials.models import Cohort, CriteriaSet, Criterion
from referrals.trials.publishing import draft_criteria, publish, send_to_review
from referrals.trials.sample.words import publish_words

COLUMNS = ("field", "operator", "value", "polarity", "audience", "hardness")
WORDS = ("words", "met", "not_met", "ask")


def publish_criteria(
    cohort: Cohort,
    entries: list[Any],
    lines: dict[str, Any],
    *,
    by: User,
    approver: User,
    at: datetime,
) -> CriteriaSet:
    """Publish one version: an entry is `[line, quote]` or a group `{kind, key, of: [entry…]}`."""
    criteria_set = draft_criteria(cohort, by=by, at=at)
    made = _add(criteria_set, entries, lines, parent=None, order=0)
    send_to_review(criteria_set, by=by, at=at)
    publish(criteria_set, by=approver, at=at)
    words = {key: {name: lines[key][name] for name in WORDS} for key in made}
    publish_words(criteria_set, words, at=at)
    return criteria_set


def _add(
    criteria_set: CriteriaSet,
    entries: list[Any],
    lines: dict[str, Any],
    *,
    parent: Criterion | None,
    order: int,
) -> list[str]:
    """Add entries in reading order; return the keys of the leaves."""
    keys: list[str] = []
    for position, entry in enumerate(entries, start=order):
        if isinstance(entry, dict):
            group = Criterion.objects.create(
                criteria_set=criteria_set,
                parent=parent,
                order=position,
                kind=NodeKind(entry["kind"]),
                key=entry["key"],
            )
            keys += _add(criteria_set, entry["of"], lines, parent=group, order=0)
        else:
            keys.append(_leaf(criteria_set, entry, lines, parent, position).key)
    return keys


def _leaf(
    criteria_set: CriteriaSet,
    entry: list[str],
    lines: dict[str, Any],
    parent: Criterion | None,
    order: int,
) -> Criterion:
    key, quote = entry
    return Criterion.objects.create(
        criteria_set=criteria_set,
        parent=parent,
        order=order,
        key=key,
        quote=quote,
        **{name: lines[key][name] for name in COLUMNS},
    )
