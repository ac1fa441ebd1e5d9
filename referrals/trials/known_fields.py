"""The names of what a criterion may ask about; whoever can answer them registers them at start.

Refuses to hold the names themselves: the screening room knows what is asked and what a team looks
up, and trials know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_KNOWN: Final[set[str]] = set()


def register(codes: Iterable[str]) -> None:
    """Let criteria ask about these; called from `AppConfig.ready()`, twice changes nothing."""
    _KNOWN.update(codes)


def is_known(code: str) -> bool:
    """Whether somebody answers this; a misspelt name would stay unknown for everybody."""
    return code in _KNOWN
