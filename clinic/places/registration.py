"""What the places room tells the others at start."""

from __future__ import annotations

from clinic.demo import samples
from clinic.places.sample import load


def register() -> None:
    """A sample centre for the demo."""
    samples.register(5, load)
