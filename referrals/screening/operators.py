"""What a criterion may ask of one value: seven operators, total and typed.

Pure Python. Anything else (another operator, a value of the wrong kind, a code outside the field's
domain) gives no test at all: unknown, never a pass. Refuses regular expressions and free code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from referrals.screening.fields import Value, ValueKind, field, kind_of, kinds_of

# True or False, or None for a value this criterion cannot be asked of.
Test: TypeAlias = Callable[[Value], bool | None]


def predicate(code: str, operator: str, value: Any) -> Test | None:
    """The test of a criterion on the field `code`; None if it cannot be supported."""
    build = OPERATORS.get(operator)
    return None if build is None else build(code, value)


def _in(code: str, value: Any) -> Test | None:
    if not isinstance(value, (list, tuple)) or not value:
        return None
    kinds = kinds_of(value)
    # A misspelt code would quietly be met by nobody.
    if len(kinds) != 1 or None in kinds or not field(code).allows(value):
        return None
    kind, wanted = kinds.pop(), frozenset(value)
    return lambda one: one in wanted if kind_of(one) is kind else None


def _not_in(code: str, value: Any) -> Test | None:
    inside = _in(code, value)
    if inside is None:
        return None

    def outside(one: Value) -> bool | None:
        found = inside(one)
        return None if found is None else not found

    return outside


def _numbers(low: Any, high: Any) -> Test | None:
    """A closed interval; None for an open end."""
    ends = [end for end in (low, high) if end is not None]
    if kinds_of(ends) != {ValueKind.NUMBER} or ends != sorted(ends):
        return None

    def inside(one: Value) -> bool | None:
        if kind_of(one) is not ValueKind.NUMBER:
            return None
        return (low is None or one >= low) and (high is None or one <= high)

    return inside


def _at_least(_code: str, value: Any) -> Test | None:
    return _numbers(value, None)


def _at_most(_code: str, value: Any) -> Test | None:
    return _numbers(None, value)


def _between(_code: str, value: Any) -> Test | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2 or None in value:
        return None
    return _numbers(value[0], value[1])


def _flag(wanted: bool) -> Callable[[str, Any], Test | None]:
    def build(_code: str, _value: Any) -> Test | None:
        return lambda one: one is wanted if isinstance(one, bool) else None

    return build


OPERATORS: Final[dict[str, Callable[[str, Any], Test | None]]] = {
    "in": _in,
    "not_in": _not_in,
    "gte": _at_least,
    "lte": _at_most,
    "between": _between,
    "is_true": _flag(True),
    "is_false": _flag(False),
}
