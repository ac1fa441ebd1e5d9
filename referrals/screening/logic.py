"""Three values over sets of possible answers: does a cohort fit what is known about a person?

Pure Python: no database, no clock, no words. A criterion is met if every possible value meets it,
not met if none does, unknown otherwise. Missing is never "no" and never "passed"; what people often
misremember never rules a study out. Refuses to rank people or to give a percentage.

Kleene's strong three-valued logic (Introduction to Metamathematics, 1952, section 64).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from referrals.screening.criteria import (
    Audience,
    Group,
    GroupKind,
    Hardness,
    Leaf,
    Node,
    Step,
    flatten,
)
from referrals.screening.operators import predicate
from referrals.screening.profile import Known, Profile, Reason
from referrals.screening.verdicts import CohortVerdict, LineResult, Truth, Verdict

ENGINE_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class _Pass:
    """The truth of every step, and the reason of every leaf."""

    truths: list[Truth]
    reasons: dict[int, Reason]


def evaluate(tree: Node, profile: Profile) -> CohortVerdict:
    """The verdict on one cohort's criteria for one person; raises `BrokenTree`."""
    steps = flatten(tree)
    full = _evaluate_all(steps, profile.known)
    firm = _firm_pass(steps, profile, full)
    decides = _deciding(steps, full.truths)
    blocked = firm.truths[0] is Truth.NOT_MET
    blocking = _deciding(steps, firm.truths) if blocked else set()
    lines = {
        place: _line(step.node, place, full, place in decides, place in blocking)
        for place, step in enumerate(steps)
        if isinstance(step.node, Leaf)
    }
    open_fields = {
        line.field
        for line in lines.values()
        if line.decides and line.value is Truth.UNKNOWN and line.audience is Audience.PATIENT
    }
    later_on = _later_on(steps, profile) if blocked else None
    verdict = _verdict(full.truths[0], blocked, bool(open_fields), later_on)
    return CohortVerdict(verdict, tuple(lines.values()), tuple(sorted(open_fields)), later_on)


def _verdict(root: Truth, blocked: bool, questions: bool, later_on: date | None) -> Verdict:
    if root is Truth.NOT_MET:
        if not blocked:
            return Verdict.CHECK
        return Verdict.LATER if later_on else Verdict.UNLIKELY
    return Verdict.POSSIBLE if questions else Verdict.LIKELY


def _line(leaf: Leaf, place: int, full: _Pass, decides: bool, blocking: bool) -> LineResult:
    return LineResult(
        key=leaf.key,
        field=leaf.field,
        value=full.truths[place],
        reason=full.reasons[place],
        audience=leaf.audience,
        decides=decides,
        blocking=blocking,
    )


def _evaluate_all(steps: Sequence[Step], known: Callable[[str], Known]) -> _Pass:
    """One pass from the leaves to the root."""
    answers: dict[str, Known] = {}
    result = _Pass([Truth.UNKNOWN] * len(steps), {})
    for place in reversed(range(len(steps))):
        step = steps[place]
        if isinstance(step.node, Group):
            below = [result.truths[child] for child in step.children]
            result.truths[place] = _join(step.node, below)
        else:
            name = step.node.field
            answer = answers[name] if name in answers else answers.setdefault(name, known(name))
            result.truths[place], result.reasons[place] = _judge(step.node, answer)
    return result


def _firm_pass(steps: Sequence[Step], profile: Profile, full: _Pass) -> _Pass:
    """The tree as it stands on firm statements alone.

    A line on which the firm and the weak disagree counts as unknown here: a contradiction must not
    rule a study out, not even together with another line.
    """
    alone = _evaluate_all(steps, profile.firmly_known)
    for place in reversed(range(len(steps))):
        node = steps[place].node
        if isinstance(node, Group):
            below = [alone.truths[child] for child in steps[place].children]
            alone.truths[place] = _join(node, below)
        elif node.hardness is Hardness.SOFT or alone.truths[place] is not full.truths[place]:
            alone.truths[place] = Truth.UNKNOWN
    return alone


def _join(group: Group, below: Sequence[Truth]) -> Truth:
    if group.kind is GroupKind.ALL:
        return min(below)
    if group.kind is GroupKind.ANY:
        return max(below)
    if group.kind is GroupKind.NOT:
        return Truth(Truth.MET - below[0])
    met, unknown = below.count(Truth.MET), below.count(Truth.UNKNOWN)
    minimum = group.minimum or 0
    if met >= minimum:
        return Truth.MET
    return Truth.UNKNOWN if met + unknown >= minimum else Truth.NOT_MET


def _judge(leaf: Leaf, known: Known) -> tuple[Truth, Reason]:
    """One criterion: met by all possible values, by none, or unknown and why."""
    test = predicate(leaf.field, leaf.operator, leaf.value)
    if test is None:
        return Truth.UNKNOWN, Reason.UNSUPPORTED
    if known.values is None:
        return Truth.UNKNOWN, known.reason
    outcomes = {test(value) for value in known.values}
    if None in outcomes:
        return Truth.UNKNOWN, Reason.UNSUPPORTED
    if len(outcomes) > 1:
        return Truth.UNKNOWN, Reason.UNSURE
    met = (True in outcomes) is not leaf.exclude
    return (Truth.MET, Reason.MET) if met else (Truth.NOT_MET, Reason.NOT_MET)


def _deciding(steps: Sequence[Step], truths: Sequence[Truth]) -> set[int]:
    """The leaves on which the root's truth rests: down through children that agree with it."""
    found: set[int] = set()
    waiting = [0]
    while waiting:
        place = waiting.pop()
        node = steps[place].node
        if isinstance(node, Leaf):
            found.add(place)
            continue
        turned = node.kind is GroupKind.NOT
        waiting.extend(
            child for child in steps[place].children if turned or truths[child] is truths[place]
        )
    return found


def _later_on(steps: Sequence[Step], profile: Profile) -> date | None:
    """The first day on which a statement has run out and nothing firm speaks against it."""
    ends = {one.until for said in profile.said.values() for one in said if one.until}
    for day in sorted(end + timedelta(days=1) for end in ends if profile.on <= end < date.max):
        then = profile.looked_at(day)
        if _evaluate_all(steps, then.known).truths[0] is not Truth.NOT_MET:
            return day
    return None
