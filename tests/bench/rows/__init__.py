"""The rows of the bench by name, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.bench.results import Result
from tests.bench.rows import importing, moving, pure, routing, submitting
from tests.bench.setting import Setting

ROWS: Final[Mapping[str, Callable[[Setting], Result]]] = {
    "choose": pure.choosing,
    "seal": pure.sealing,
    "move": moving.move,
    "import": importing.imports,
    "routed": routing.with_redis,
    "routed-by-sweeper": routing.by_sweeper,
    "routing-rate": routing.rate,
    "submissions": submitting.submissions,
}
WITHOUT_DATABASE: Final = frozenset({"choose", "seal"})
"""Rows that touch no database: they run once, whatever the number of databases."""
