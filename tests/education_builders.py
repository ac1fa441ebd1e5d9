"""One builder a noun for the education wing's tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from clinic.people import roles
from clinic.people.models import RoleHeld, User
from clinic.signing import kinds, verbs
from clinic.signing.models import TextVersion
from education import publishing
from education.models import Block, Edition, Indication, Page


def colleague(email: str, *held: str) -> User:
    user = User.objects.create_user(email, "only for tests 2026", full_name=email.partition("@")[0])
    RoleHeld.objects.bulk_create(RoleHeld(user=user, role=role) for role in held)
    return user


def editor() -> User:
    found = User.objects.filter(email="edith@example.org").first()
    return found or colleague("edith@example.org", roles.EDITOR)


def reviewer() -> User:
    found = User.objects.filter(email="rosa@example.org").first()
    return found or colleague("rosa@example.org", roles.REVIEWER)


def indication(code: str = "drug-a", **fields) -> Indication:
    values = {
        "drug": "pembrolizumab",
        "setting": "Early cancer with a high risk.",
        "status": "approved",
        "starts_on": date(2021, 7, 26),
        "source_title": "A source",
        "verified_on": date(2026, 11, 21),
        "verify_by": date(2027, 5, 21),
    }
    return Indication.objects.create(code=code, **{**values, **fields})


def page(slug: str = "a-page", *, text: str = "First words.", facts=(), **fields) -> Page:
    made = Page.objects.create(slug=slug, **{"kind": "article", **fields})
    edition = Edition.objects.create(page=made, language="en", title="A title", summary="A summary")
    block = Block.objects.create(edition=edition, heading="A heading", text=text)
    block.indications.set(facts)
    return made


def rewrite(made: Page, text: str, *, title: str = "A title") -> None:
    """Change the working copy, as an editor does."""
    made.editions.update(title=title)
    Block.objects.filter(edition__page=made).update(text=text)


def submitted(made: Page, *, at: datetime | None = None) -> TextVersion:
    return publishing.submit(page=made, language="en", by=editor(), at=at or timezone.now())


def approved(made: Page, *, at: datetime | None = None, expires_at=None) -> TextVersion:
    at = at or timezone.now() - timedelta(days=1)
    version = submitted(made, at=at)
    verbs.approve(
        version,
        kind=kinds.MEDICAL,
        by=reviewer(),
        credential="MD",
        at=at,
        expires_at=expires_at,
    )
    return version
