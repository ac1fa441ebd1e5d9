"""Template tags of the components that draw; refuses markup, which the templates hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from clinic.design.drawing import Chain, chain

register = template.Library()


@register.simple_tag
def chain_of(steps: Iterable[Mapping[str, Any]]) -> Chain:
    """`{% chain_of steps as chain %}`: the drawing of a study's numbers."""
    return chain([int(step["value"]) for step in steps])
