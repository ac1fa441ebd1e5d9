"""What a typed text keeps and what it loses before anyone stores or reads it.

Keeps every script, right-to-left text and emoji. Refuses to judge what the words say.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control characters come along unseen from copied text, and she could not find them to remove
# them; PostgreSQL refuses NUL. Lone surrogates cannot be stored. The bidirectional embeddings and
# overrides (202A to 202E) would let a number read backwards on a coordinator's screen; the marks
# that right-to-left writing really needs (200E, 200F, 2066 to 2069) stay.
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufeff\ud800-\udfff]"
)
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\x85|\u2028|\u2029")


def tidy(text: str, *, multiline: bool) -> str:
    """The text in NFC without unseen characters; line ends become newlines, or spaces."""
    kept = unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))
    return kept if multiline else re.sub(r"[\n\t]+", " ", kept)
