"""Files that docstrings and comments name are there: a reader who follows one must not get lost."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`([\w/]+\.(?:py|html|css))`")
PLACES = ("clinic", "education", "referrals", "tests", "templates")


def files():
    found = (path for place in PLACES for path in (ROOT / place).rglob("*.*"))
    return [path.relative_to(ROOT) for path in found if "__pycache__" not in path.parts]


def test_every_file_that_code_names_is_there():
    known = files()
    # As it is named: whole, or its end from some folder on.
    ends = {"/".join(path.parts[start:]) for path in known for start in range(len(path.parts))}
    code = [path for path in known if path.suffix == ".py"]
    named = [(path, name) for path in code for name in NAMED.findall((ROOT / path).read_text())]
    assert named, "else this shows nothing"
    lost = [f"{path}: {name}" for path, name in named if name not in ends]
    assert not lost, "; ".join(lost)
