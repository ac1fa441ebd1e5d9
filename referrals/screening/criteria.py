"""A cohort's criteria as a tree: leaves that ask one thing, groups that join them.

Pure Python. Holds the shape and refuses a tree that cannot be evaluated. Refuses to hold what is
known about anybody, and the rows a tree was read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Any, Final, TypeAlias

MAX_NODES: Final = 2_000
MAX_DEPTH: Final = 50


class BrokenTree(ValueError):
    """A tree that cannot be evaluated: too large, or a group without what it needs."""


class Audience(StrEnum):
    """Who can answer: the person herself, or only the study team."""

    PATIENT = "patient"
    COORDINATOR = "coordinator"


class Hardness(StrEnum):
    """A soft criterion may be waived, so it never rules a study out."""

    HARD = "hard"
    SOFT = "soft"


class GroupKind(StrEnum):
    """How a group joins its children."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One criterion: a field, an operator, a value. `exclude`: meeting it speaks against."""

    key: str
    field: str
    operator: str
    value: Any = None
    exclude: bool = False
    audience: Audience = Audience.PATIENT
    hardness: Hardness = Hardness.HARD


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria joined; `minimum` is for AT_LEAST only."""

    kind: GroupKind
    children: tuple[Node, ...]
    minimum: int | None = None


Node: TypeAlias = Leaf | Group


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the flattened tree and the places of its children, all behind its own."""

    node: Node
    children: list[int] = attribute(default_factory=list)


def flatten(tree: Node) -> list[Step]:
    """The nodes in reading order, without recursion: a hostile tree is refused, not a crash."""
    steps: list[Step] = []
    waiting: list[tuple[Node, int | None, int]] = [(tree, None, 1)]
    while waiting:
        node, parent, depth = waiting.pop()
        if len(steps) >= MAX_NODES or depth > MAX_DEPTH:
            raise BrokenTree(f"more than {MAX_NODES} criteria or deeper than {MAX_DEPTH}")
        place = len(steps)
        steps.append(Step(node))
        if parent is not None:
            steps[parent].children.append(place)
        if isinstance(node, Group):
            _refuse_broken(node)
            waiting.extend((child, place, depth + 1) for child in reversed(node.children))
    return steps


def _refuse_broken(group: Group) -> None:
    """An empty group would pass, or fail, everybody without a reason."""
    count = len(group.children)
    if count == 0:
        raise BrokenTree(f"{group.kind} has no criterion")
    if group.kind is GroupKind.NOT and count != 1:
        raise BrokenTree(f"not takes one criterion, has {count}")
    if group.kind is GroupKind.AT_LEAST and not 1 <= (group.minimum or 0) <= count:
        raise BrokenTree(f"at_least needs a number from 1 to {count}")
