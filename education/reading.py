"""What a reader may be shown now: live signed versions, never a working copy.

Refuses to change anything, and to keep what may have changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from clinic.signing import epoch, live
from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.models import Approval
from education import shown
from education.codes import PAGE_TEXT, PageKind
from education.models import Page
from education.shown import Entry, Reading


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to read now, and when that may change by itself, or None."""

    entries: tuple[Entry, ...]
    changes_at: datetime | None

    @property
    def policies(self) -> tuple[Entry, ...]:
        """How this site is run: named at the foot of every page."""
        return tuple(one for one in self.entries if one.kind == PageKind.POLICY)

    @property
    def articles(self) -> tuple[Entry, ...]:
        """What there is to read about an illness and its treatment."""
        return tuple(one for one in self.entries if one.kind != PageKind.POLICY)

    def has_changed(self, at: datetime) -> bool:
        """Whether an instant has passed at which it may have changed by itself."""
        return self.changes_at is not None and self.changes_at <= at


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, what its foot names, and when any of it may change; `text` if it is live."""

    row: Page
    text: Reading | None
    policies: tuple[Entry, ...]
    changes_at: datetime | None


def open_page(slug: str, *, language: str, at: datetime) -> Opened | None:
    """The page at this address, in `language` or else in English; None where no page is.

    Its words and those at its foot are read in one go.
    """
    asked_for = Q(slug=slug) | Q(kind=PageKind.POLICY)
    rows = {one.slug: one for one in Page.objects.filter(asked_for)}
    if slug not in rows:
        return None
    standing = [str(row.pk) for row in rows.values() if row.taken_down_at is None]
    found = live.read(PAGE_TEXT, language, SOURCE_LANGUAGE, at=at, subjects=standing)
    words = found.best(str(rows[slug].pk), language)
    return Opened(
        row=rows[slug],
        text=shown.reading(words, at=at) if words else None,
        policies=_shelf(standing, found, language).policies,
        changes_at=found.changes_at,
    )


def was_public(page: Page) -> bool:
    """Whether readers may know this address: somebody once approved words for it.

    Without this question, a notice would tell that a draft exists.
    """
    approvals = Approval.objects.filter(version__text__kind=PAGE_TEXT)
    return approvals.filter(version__text__subject=str(page.pk)).exists()


def shelf(language: str, *, at: datetime) -> Shelf:
    """Every page that may be read now, in the site's order, each in `language` or in English."""
    return _shelf_of(Page.objects.standing(), language, at=at)


def _shelf_of(pages: QuerySet[Page], language: str, *, at: datetime) -> Shelf:
    subjects = [str(key) for key in pages.values_list("pk", flat=True)]
    found = live.read(PAGE_TEXT, language, SOURCE_LANGUAGE, at=at, subjects=subjects)
    return _shelf(subjects, found, language)


def _shelf(subjects: Iterable[str], found: live.Reading, language: str) -> Shelf:
    words = (found.best(key, language) for key in subjects)
    return Shelf(tuple(shown.entry(one) for one in words if one), found.changes_at)


_policies: Final = epoch.Kept[Shelf](most=len(settings.LANGUAGES))


def policies(language: str, *, at: datetime) -> tuple[Entry, ...]:
    """The policy pages, read again only when they may have changed."""
    mark = epoch.known()
    found = _policies.get(language, mark)
    if found is None or found.has_changed(at):
        found = _shelf_of(Page.objects.standing().filter(kind=PageKind.POLICY), language, at=at)
        _policies.put(language, mark, found)
    return found.policies
