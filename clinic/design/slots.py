"""Named slots in pages that a wing fills at start; an unfilled slot stays empty.

Holds which templates stand in which slot. Refuses to hold what they show: a template reads the
page's own context and nothing else.
"""

from __future__ import annotations

_filled: dict[str, dict[str, int]] = {}


def fill(slot: str, template: str, order: int = 0) -> None:
    """Put a template into a slot, from `AppConfig.ready()`; filling it twice changes nothing."""
    _filled.setdefault(slot, {})[template] = order


def templates_for(slot: str) -> list[str]:
    """The template names in a slot by order, then by name, so that every process agrees."""
    templates = _filled.get(slot, {})
    return sorted(templates, key=lambda name: (templates[name], name))
