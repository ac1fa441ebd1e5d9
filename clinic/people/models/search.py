"""By what a person is found although her name and numbers are sealed: keyed digests of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.encryption import blind_index, blind_indexes
from clinic.scoping import Scoped

Said = Mapping["TokenKind", set[str]]


class TokenKind(models.TextChoices):
    """What of a person a token stands for."""

    NAME = "name", _("part of a name")
    DIGITS = "digits", _("last four digits of a phone number")


class SearchToken(models.Model):
    """A keyed digest of one thing a caller says about herself, so that she can be found by it.

    Parts of names and four digits are few enough to be tried one by one, and common ones to be
    guessed from how often they stand in this table: whoever has the keys can read them, whoever
    has the table alone learns which people share a token. That is the price of finding a caller;
    it is paid for these two and for nothing else, never for a date of birth.
    """

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="search_tokens")
    kind = models.CharField(_("kind"), max_length=8, choices=TokenKind)
    digest = models.CharField(_("digest"), max_length=64)

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[SearchToken]]] = Scoped(through="person")

    class Meta:
        verbose_name = _("search token")
        verbose_name_plural = _("search tokens")
        constraints = (
            models.UniqueConstraint(
                fields=("digest", "kind", "person"), name="search_token_once_for_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TokenKind.values), name="search_token_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.kind


def tokens_of(said: Said) -> set[tuple[str, str]]:
    """Kind and digest of what may be said, under the newest key."""
    return {
        (str(kind), blind_index(one, purpose=_purpose(kind)))
        for kind, words in said.items()
        for one in words
    }


def sought(kind: str, said: str) -> models.QuerySet[SearchToken]:
    """The tokens of everybody of whom this may have been said, under any key of the ring."""
    digests = blind_indexes(said, purpose=_purpose(kind))
    return SearchToken.rows.filter(kind=kind, digest__in=digests)


def keep_tokens(person_id: uuid.UUID, said: Said, *, is_new: bool) -> int:
    """Write a person's tokens as they should be, and say how many changed; who is new has none yet.

    Call in the transaction that writes the person, after her row, which then keeps others out.
    """
    wanted = tokens_of(said)
    there = SearchToken.rows.none() if is_new else SearchToken.rows.filter(person_id=person_id)
    had = {(token.kind, token.digest): token.pk for token in there}
    if gone := [pk for token, pk in had.items() if token not in wanted]:
        SearchToken.rows.filter(pk__in=gone).delete()
    new = sorted(wanted - had.keys())
    SearchToken.rows.bulk_create(
        SearchToken(person_id=person_id, kind=kind, digest=digest) for kind, digest in new
    )
    return len(gone) + len(new)


def _purpose(kind: str) -> str:
    return f"search.{kind}"
