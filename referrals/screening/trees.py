"""Rows of criteria as trees of the logic; one query for any number of sets.

Refuses to judge anybody, and to guess at a set that is broken: it gets no tree.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from referrals.screening.criteria import (
    MAX_DEPTH,
    MAX_NODES,
    Audience,
    BrokenTree,
    Group,
    GroupKind,
    Hardness,
    Leaf,
    Node,
    flatten,
)
from referrals.trials.codes import NodeKind, Polarity
from referrals.trials.models import CriteriaSet, Criterion

log = logging.getLogger(__name__)

Children = Mapping[uuid.UUID | None, Sequence[Criterion]]


def trees_for(sets: Iterable[CriteriaSet]) -> dict[uuid.UUID, Node]:
    """A tree for each sound set, by the set's id."""
    rows: defaultdict[uuid.UUID, list[Criterion]] = defaultdict(list)
    for row in Criterion.objects.filter(criteria_set__in=list(sets)).order_by("order", "key"):
        rows[row.criteria_set_id].append(row)
    trees = {}
    for set_id, lines in rows.items():
        try:
            trees[set_id] = tree_from(lines)
        except BrokenTree as error:
            log.warning("criteria set %s is not used: %s", set_id, error)
    return trees


def tree_from(rows: Sequence[Criterion]) -> Node:
    """One set's tree; several lines at the top are joined by ALL. Raises `BrokenTree`."""
    if len(rows) >= MAX_NODES:
        raise BrokenTree(f"{len(rows)} lines")
    children: defaultdict[uuid.UUID | None, list[Criterion]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)
    tree = Group(GroupKind.ALL, tuple(_node(row, children, 1) for row in children[None]))
    # A circle of parents hangs under no root; its lines would silently not count.
    if len(flatten(tree)) != len(rows) + 1:
        raise BrokenTree("a line hangs under no root")
    return tree


def _node(row: Criterion, children: Children, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise BrokenTree(f"deeper than {MAX_DEPTH}")
    if row.kind == NodeKind.LEAF:
        return Leaf(
            key=row.key,
            field=row.field,
            operator=row.operator,
            value=row.value,
            exclude=row.polarity == Polarity.EXCLUDE,
            audience=Audience(row.audience),
            hardness=Hardness(row.hardness),
        )
    if row.polarity == Polarity.EXCLUDE:
        # Read as an inclusion it would say the opposite of what somebody meant.
        raise BrokenTree(f"group {row.key} is an exclusion: use NOT")
    below = tuple(_node(child, children, depth + 1) for child in children.get(row.pk, ()))
    return Group(GroupKind(row.kind), below, row.minimum)
