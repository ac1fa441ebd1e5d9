"""What would make a criteria tree say something nobody meant: checked before it is published.

Pure: works on lines as they are, refuses to hold the database and how lines are judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from referrals.trials import known_fields
from referrals.trials.codes import NodeKind, Operator
from referrals.trials.models import Criterion

DEEPEST: Final = 20
LISTS: Final = frozenset({Operator.IN, Operator.NOT_IN})
NUMBERS: Final = frozenset({Operator.GTE, Operator.LTE})


def problems(lines: Sequence[Criterion]) -> list[str]:
    """Return what is wrong with a set of lines, each with the key of its line; empty if sound."""
    if not lines:
        return ["the set has no line"]
    children: defaultdict[object, list[Criterion]] = defaultdict(list)
    for line in lines:
        children[line.parent_id].append(line)
    found = [f"{line.key}: {why}" for line in lines for why in _of_line(line, children[line.pk])]
    reached = _reached(children)
    unreached = [line.key for line in lines if line.pk not in reached]
    return found + [f"{key}: stands under no line of this set" for key in unreached]


def _of_line(line: Criterion, children: list[Criterion]) -> Iterable[str]:
    if line.kind == NodeKind.LEAF:
        if children:
            yield "is a leaf with lines under it"
        if not known_fields.is_known(line.field):
            yield f"asks about {line.field}, which nobody can answer"
        if not _value_fits(line.operator, line.value):
            yield f"its value does not fit {line.operator}"
    elif not children:
        yield "is a group with no line under it"
    elif line.kind == NodeKind.NOT and len(children) != 1:
        yield "turns round more than one line"
    elif line.kind == NodeKind.AT_LEAST and (line.minimum or 0) > len(children):
        yield "asks for more lines than it has"


def _value_fits(operator: str, value: object) -> bool:
    if operator in LISTS:
        return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    if operator in NUMBERS:
        return _is_number(value)
    if operator == Operator.BETWEEN:
        return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    return value is None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reached(children: dict[object, list[Criterion]]) -> set[object]:
    # From the roots down, level by level: a circle of parents, or a parent in another set, is
    # never reached, and its lines would silently not count.
    reached: set[object] = set()
    level = children.get(None, [])
    for _depth in range(DEEPEST):
        reached |= {line.pk for line in level}
        level = [below for line in level for below in children.get(line.pk, [])]
    return reached
