"""Being found: a name, a number, an address, and the digests that are written with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, Self, TypeVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedTextField, blind_index, blind_indexes
from clinic.people.models.search import TokenKind, keep_tokens
from clinic.people.tokens import last_four, name_parts, phone_digits

Row = TypeVar("Row", bound="Findable")

EMAIL_INDEX = "person.email"
PHONE_INDEX = "person.phone"
INDEX_OF: Final = {"phone": "phone_index", "email": "email_index"}
FOUND_BY: Final = frozenset({"given_name", "family_name", *INDEX_OF})


class LeavesHerUnfound(Exception):
    """A name, number or address was about to change without what she is found by."""


def email_key(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


class FindableQuerySet(models.QuerySet[Row]):
    """Rows that are looked up by sealed values."""

    def reached_by(self, *, phones: Iterable[str] = (), emails: Iterable[str] = ()) -> Self:
        """Those with one of these numbers or addresses; an empty one is nobody's."""
        numbers = (blind_indexes(phone_digits(one), purpose=PHONE_INDEX) for one in phones)
        addresses = (blind_indexes(email_key(one), purpose=EMAIL_INDEX) for one in emails)
        return self.filter(
            Q(phone_index__in=[one for each in numbers for one in each])
            | Q(email_index__in=[one for each in addresses for one in each])
        )

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        """Django's, with what each is found by."""
        people = list(objs)
        for person in people:
            person.index()
        with transaction.atomic():
            made = super().bulk_create(people, *args, **kwargs)
            for person in made:
                person.keep_tokens()
        return made

    def update(self, **kwargs: Any) -> int:
        """Django's; raises `LeavesHerUnfound` for what only `save` can change whole."""
        if names := FOUND_BY.intersection(kwargs):
            raise LeavesHerUnfound(f"{', '.join(sorted(names))}: change them with save().")
        return super().update(**kwargs)


class Findable(models.Model):
    """The columns that somebody is found by, and the one way to write them."""

    given_name = EncryptedTextField(_("first name"))
    family_name = EncryptedTextField(_("last name"), blank=True, default="")
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    email = EncryptedTextField(_("e-mail"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Her row and what she is found by, in one transaction.

        With `update_fields`, the other columns may be stale here: they are read again.
        """
        self.index()
        columns: Collection[str] | None = kwargs.get("update_fields")
        is_new = self._state.adding
        if columns is not None:
            indexes = {INDEX_OF[one] for one in columns if one in INDEX_OF}
            kwargs["update_fields"] = {*columns, *indexes}
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if columns is None:
                self.keep_tokens(is_new=is_new)
            elif not FOUND_BY.isdisjoint(columns):
                # Her row is held by now: nobody changes the rest of it before this is done.
                type(self)._default_manager.get(pk=self.pk).keep_tokens()

    def index(self) -> None:
        """Set the digests by which her exact number and address are looked up."""
        self.phone_index = blind_index(phone_digits(self.phone), purpose=PHONE_INDEX)
        self.email_index = blind_index(email_key(self.email), purpose=EMAIL_INDEX)

    @property
    def indexes(self) -> dict[str, str]:
        """The values of the index columns."""
        return {"phone_index": self.phone_index, "email_index": self.email_index}

    def keep_tokens(self, *, is_new: bool = False) -> int:
        """Write the tokens by which callers are found; how many changed."""
        return keep_tokens(self.pk, self.said_by_callers(), is_new=is_new)

    def said_by_callers(self) -> dict[TokenKind, set[str]]:
        """What a caller may say of herself to be found, by kind of token."""
        return {
            TokenKind.NAME: name_parts(self.full_name),
            TokenKind.DIGITS: {last_four(self.phone)} - {""},
        }

    @property
    def full_name(self) -> str:
        """First and last name as she wrote them."""
        return f"{self.given_name} {self.family_name}".strip()
