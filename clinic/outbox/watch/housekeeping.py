"""What the sweeper tidies up now and then; rooms and wings register what they no longer need.

Refuses to hold what is kept how long: each room knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import Error, connection

log = logging.getLogger(__name__)

Chore = Callable[..., object]
"""Called with `at` about every ten minutes; two sweepers may do it at the same moment."""

_CHORES: Final[dict[str, Chore]] = {}


def register(name: str, chore: Chore) -> None:
    """Have `chore(at=…)` done again and again; `name` stands in the log when it fails."""
    if _CHORES.setdefault(name, chore) is not chore:
        raise ValueError(f"The chore {name} is registered twice.")


def tidy(at: datetime) -> None:
    """Do every chore; one that fails keeps no other from being done."""
    for name, chore in _CHORES.items():
        try:
            chore(at=at)
        except Exception as error:  # noqa: BLE001 - tidying may never stop what people wait for.
            log.warning("chore %s failed: %s", name, type(error).__name__)
            if isinstance(error, Error):
                connection.close()
