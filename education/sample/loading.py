"""Loads the sample facts and pages once, and has one sample colleague approve another's words.

Holds reading of the TOML files beside it, the Spanish ones in `pages/es`. Refuses to touch what is
already there: people may have edited it since.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from clinic.demo.signing import SIGNED_BEFORE, sign
from clinic.people import roles
from clinic.people.models import User
from clinic.signing.kinds import SOURCE_LANGUAGE
from education.models import Block, Edition, Indication, Page, Source
from education.publishing import submit

FOLDER: Final = Path(__file__).parent
SPANISH: Final = "es"
READ_ON: Final = date(2026, 11, 21)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _load_indications() -> None:
    for fields in _read(FOLDER / "indications.toml")["indications"]:
        code = fields.pop("code")
        if not Indication.objects.filter(code=code).exists():
            Indication.objects.create(code=code, **fields)


def _add_block(edition: Edition, order: int, fields: dict[str, Any]) -> None:
    codes = fields.pop("indications", [])
    block = Block.objects.create(edition=edition, order=order, **fields)
    block.indications.set(Indication.objects.filter(code__in=codes))


def _add_edition(page: Page, language: str, fields: dict[str, Any]) -> None:
    edition = Edition.objects.create(
        page=page, language=language, title=fields["title"], summary=fields["summary"]
    )
    for number, block in enumerate(fields["blocks"], start=1):
        _add_block(edition, number * 10, block)
    for source in fields.get("sources", []):
        Source.objects.create(edition=edition, read_on=READ_ON, **source)


@transaction.atomic
def _load_page(path: Path, *, author: User, at: datetime) -> None:
    fields = _read(path)
    if Page.objects.filter(slug=fields["slug"]).exists():
        return
    names = ("slug", "kind", "order")
    page = Page.objects.create(is_sample=True, **{name: fields[name] for name in names})
    translated = path.parent / SPANISH / path.name
    editions = {SOURCE_LANGUAGE: fields}
    if translated.exists():
        editions[SPANISH] = _read(translated)
    for language, words in editions.items():
        _add_edition(page, language, words)
        sign(submit(page=page, language=language, by=author, at=at), at=at)


def load(at: datetime) -> None:
    """Load facts and pages that are not there yet, approved as of a month before `at`.

    Raises `User.DoesNotExist` before the sample colleagues are loaded.
    """
    author = User.objects.with_role(roles.EDITOR).first()
    reviewers = User.objects.with_role(roles.REVIEWER)
    if author is None or not reviewers.exclude(pk=author.pk).exists():
        raise User.DoesNotExist("sample pages need an editor and another reviewer")
    _load_indications()
    for path in sorted((FOLDER / "pages").glob("*.toml")):
        _load_page(path, author=author, at=at - SIGNED_BEFORE)
