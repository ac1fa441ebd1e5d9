"""The rows of the bench by name, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.bench.results import Result
from tests.bench.rows import finding, importing, moving, pages, pure, routing, submitting
from tests.bench.setting import Setting

ROWS: Final[Mapping[str, Callable[[Setting], Result]]] = {
    "choose": pure.choosing,
    "seal": pure.sealing,
    "page-cached": pages.cached,
    "page-304": pages.confirmed,
    "page-uncached": pages.uncached,
    "page-published": pages.published,
    "move": moving.move,
    "import": importing.imports,
    "routed": routing.with_redis,
    "routed-by-sweeper": routing.by_sweeper,
    "routing-rate": routing.rate,
    "submissions": submitting.submissions,
    # Last: the people it makes would stand in the way of the rows above.
    "find": finding.find,
}
WITHOUT_DATABASE: Final = frozenset({"choose", "seal"})
"""Rows that touch no database: they run once, whatever the number of databases."""
