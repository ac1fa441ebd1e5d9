"""Kinds of text and the approvals each needs; rooms and wings register theirs at start.

Refuses to hold any text, and to know the rooms that own the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ApprovalKind(models.TextChoices):
    """Who must have said yes."""

    MEDICAL = "medical", _("medical")
    IRB = "irb", _("IRB")
    TRANSLATION = "translation", _("translation")
    PRIVACY = "privacy", _("privacy")


MEDICAL: Final = ApprovalKind.MEDICAL
IRB: Final = ApprovalKind.IRB
TRANSLATION: Final = ApprovalKind.TRANSLATION
PRIVACY: Final = ApprovalKind.PRIVACY

SOURCE_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of text: a stable code, a label for staff, the approvals that make it live.

    `subject_help` tells an editor what to name as the subject. `shape` is the pattern of a body:
    "" stands for a text, `[x]` for a list of x, the key "*" for any key. `placeholders` are the
    names that may stand in braces; None where braces are ordinary text. `name_subject` gives staff
    a name for texts whose words have no title, or "". The last two say that the owner has doors of
    its own, so that the admin of this room leaves such texts alone.
    """

    code: str
    label: StrOrPromise
    needs: tuple[ApprovalKind, ...]
    subject_help: StrOrPromise = ""
    shape: Mapping[str, Any] | None = None
    placeholders: frozenset[str] | None = None
    name_subject: Callable[[str], str] | None = None
    written_by_owner: bool = False
    taken_down_by_owner: bool = False

    def needs_in(self, language: str) -> frozenset[str]:
        """The approvals needed in one language: a translation needs its translator's too."""
        extra = () if language == SOURCE_LANGUAGE else (TRANSLATION,)
        return frozenset((*self.needs, *extra))


_KINDS: Final[dict[str, TextKind]] = {}


def register(kind: TextKind) -> None:
    """Make a kind known; its code must be new."""
    if _KINDS.setdefault(kind.code, kind) != kind:
        raise ValueError(f"The text kind {kind.code} is registered twice.")


def get(code: str) -> TextKind:
    """The registered kind; a text of an unknown kind is never shown (KeyError)."""
    return _KINDS[code]


def is_known(code: str) -> bool:
    """Whether the room that owns this kind is part of this project."""
    return code in _KINDS


def proposable() -> list[TextKind]:
    """The kinds whose words are proposed in this room's admin, ordered by code."""
    return [kind for _code, kind in sorted(_KINDS.items()) if not kind.written_by_owner]


def is_taken_down_by_owner(code: str) -> bool:
    """Whether texts of this kind are taken down on a screen of their owner, and only there."""
    return code in _KINDS and _KINDS[code].taken_down_by_owner
