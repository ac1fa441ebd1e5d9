"""What the README names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = sorted(
    set(
        re.findall(
            r"`((?:clinic|education|referrals|tests|templates|requirements|research|\.ci)/[\w./-]+)`",
            (ROOT / "README.md").read_text("utf-8"),
        )
    )
)


@pytest.mark.parametrize("path", NAMED)
def test_each_path_that_the_readme_names_exists(path):
    assert (ROOT / path).exists()


def test_the_readme_names_the_words_that_a_clinician_confirms():
    assert "clinic/people/urgency/words.py" in NAMED
