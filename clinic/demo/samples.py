"""The registry of sample loaders: each wing brings its own, the demo only calls them in order.

Refuses to hold sample content. A loader must be idempotent: it runs at every start of the demo and
keeps what people did to the data since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Load = Callable[[datetime], None]

_loaders: dict[tuple[int, str], Load] = {}


def register(order: int, load: Load) -> None:
    """Have `load(at)` called by `manage.py load_sample`, lower orders first.

    Called from `AppConfig.ready()`. Registering the same function twice changes nothing.
    """
    _loaders[order, f"{load.__module__}.{load.__qualname__}"] = load


def load_all(at: datetime) -> None:
    """Run every registered loader; due times in the sample are relative to `at`."""
    for _, load in sorted(_loaders.items()):
        load(at)
