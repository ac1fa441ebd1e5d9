"""From a working copy to a text that somebody may sign, and taking a page down.

Holds the verbs of the wing. Refuses to decide what is live: `clinic.signing` computes that from
the approvals. A snapshot copies facts and their ids, so a later change of a fact can be seen.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from clinic.audit.recording import Actor, record
from clinic.people.models import User
from clinic.signing.models import TextVersion
from clinic.signing.verbs import draft
from education.codes import PAGE_TEXT
from education.markup import to_html
from education.models import Block, Edition, Indication, Page, Source

FORMAT = 1


class NothingToSubmit(Exception):
    """The page has no working copy in this language, or one without blocks."""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def fact(indication: Indication) -> dict[str, Any]:
    """What a signed page says of one indication: JSON values only, days as ISO text."""
    return {
        "id": str(indication.pk),
        "drug": indication.substance.generic,
        "brands": list(indication.substance.brands),
        "setting": indication.setting,
        "status": indication.status,
        "jurisdiction": indication.jurisdiction,
        "starts_on": _iso(indication.starts_on),
        "ends_on": _iso(indication.ends_on),
        "trial_name": indication.trial_name,
        "nct_id": indication.nct_id,
        "source_title": indication.source_title,
        "source_url": indication.source_url,
        "verified_on": indication.verified_on.isoformat(),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published_on": _iso(source.published_on),
        "read_on": source.read_on.isoformat(),
    }


def _block(block: Block, *, sources: set[int]) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "heading": block.heading,
        "html": to_html(block.text, sources=sources),
        "facts": [fact(indication) for indication in block.indications.all()],
    }


def snapshot(edition: Edition) -> dict[str, Any]:
    """The canonical body of an edition: JSON values only, every HTML part sanitised.

    Shape: `format, slug, kind, is_sample, title, summary, blocks[kind, heading, html, facts],
    sources[number, title, publisher, url, published_on, read_on]`.
    """
    sources = list(edition.sources.all())
    numbers = {source.number for source in sources}
    return {
        "format": FORMAT,
        "slug": edition.page.slug,
        "kind": edition.page.kind,
        "is_sample": edition.page.is_sample,
        "title": edition.title,
        "summary": edition.summary,
        "blocks": [
            _block(block, sources=numbers)
            for block in edition.blocks.prefetch_related("indications")
        ],
        "sources": [_source(source) for source in sources],
    }


def preview(body: dict[str, Any]) -> SafeString:
    """The whole text as one piece of HTML, for those who compare and sign versions."""
    parts = format_html_join(
        "\n",
        "<h2>{}</h2>\n{}",
        ((block["heading"], mark_safe(block["html"])) for block in body["blocks"]),  # noqa: S308
    )
    return format_html("<h1>{}</h1>\n<p>{}</p>\n{}", body["title"], body["summary"], parts)


@transaction.atomic
def submit(*, page: Page, language: str, by: User, at: datetime) -> TextVersion:
    """Freeze the working copy into a version that waits for its approvals.

    Raises `NothingToSubmit` where there is no edition in `language` or it has no block.
    """
    edition = Edition.objects.filter(page=page, language=language).first()
    if edition is None or not edition.blocks.exists():
        raise NothingToSubmit(f"page {page.pk} has no text in {language}")
    body = snapshot(edition)
    return draft(
        kind=PAGE_TEXT,
        subject=str(page.pk),
        language=language,
        body=body,
        html=preview(body),
        by=by,
        at=at,
    )


@transaction.atomic
def take_down(*, page: Page, by: User, at: datetime) -> Page:
    """Take a page off the site in every language; needs no signature; twice is once."""
    standing = Page.objects.standing().filter(pk=page.pk)
    # One conditional UPDATE: of two colleagues who act at once, the first is the one recorded.
    if standing.update(taken_down_at=at, taken_down_by=by):
        record("page.taken_down", about=page, by=Actor.staff(by), at=at)
    page.refresh_from_db()
    return page


@transaction.atomic
def put_back(*, page: Page, by: User, at: datetime) -> Page:
    """Let a page be read again; what is shown is still only what is approved; twice is once."""
    taken_down = Page.objects.taken_down().filter(pk=page.pk)
    if taken_down.update(taken_down_at=None, taken_down_by=None):
        record("page.put_back", about=page, by=Actor.staff(by), at=at)
    page.refresh_from_db()
    return page
