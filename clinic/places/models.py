"""One centre, its contact points, locations and closed days."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import time
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.design import colours as shades
from clinic.signing import epoch

colour = RegexValidator(r"^#[0-9a-f]{6}$", _("Give a colour as #rrggbb in small letters."))
number = RegexValidator(r"^\+?\d{3,15}$", _("Give digits only, such as +15550100100."))

LONGEST_COUNTRY_CODE: Final = 3

Row = TypeVar("Row", bound=models.Model)


def words_in(row: object, name: str, language: str) -> str:
    """A row's `name` in one language; in English, its source, where there is no other."""
    return getattr(row, f"{name}_{language}", "") or getattr(row, name)


class ContactRole(models.TextChoices):
    """What a number is for; each role has one row."""

    MAIN = "main", _("main number")
    NIGHT = "night", _("24-hour line")
    APPOINTMENTS = "appointments", _("appointments")
    TRIALS = "trials", _("research studies")
    INTERPRETER = "interpreter", _("interpreter")
    PEDIATRIC = "pediatric", _("children and teenagers")
    SUPPORT = "support", _("someone to talk to")


class PublicQuerySet(models.QuerySet[Row]):
    """Public rows changed together: cached pages become stale as with one row."""

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            epoch.bump()
        return made

    def update(self, **kwargs: Any) -> int:
        with transaction.atomic():
            changed = super().update(**kwargs)
            epoch.bump()
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            result = super().delete()
            epoch.bump()
        return result


class PublicRow(models.Model):
    """A row that public pages show: saving it makes cached pages stale."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            epoch.bump()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            result = super().delete(*args, **kwargs)
            epoch.bump()
        return result


class Centre(PublicRow):
    """The one centre this installation serves."""

    only = models.BooleanField(default=True, editable=False, unique=True)
    name = models.CharField(_("name"), max_length=120)
    neutral_name = models.CharField(
        _("neutral name"),
        max_length=60,
        help_text=_("Used as sender and in messages. It must not hint at any illness."),
    )
    primary_color = models.CharField(
        _("main color"), max_length=7, default="#0b5c6b", validators=[colour]
    )
    accent_color = models.CharField(
        _("second color"), max_length=7, default="#1b6b3a", validators=[colour]
    )
    opens_at = models.TimeField(_("opens at"), default=time(8, 0))
    closes_at = models.TimeField(_("closes at"), default=time(17, 0))
    state = models.CharField(
        _("state"),
        max_length=2,
        blank=True,
        help_text=_("Two letters, such as NY, for its public holidays. Empty: the national ones."),
    )
    open_holidays = models.JSONField(
        _("holidays on which it opens"),
        default=list,
        blank=True,
        help_text=_('Names in English, such as ["Columbus Day"].'),
    )
    emergency_number = models.CharField(_("emergency number"), max_length=20, default="911")
    sender_address = models.EmailField(_("sender address"))
    privacy_notice_url = models.URLField(_("notice of privacy practices"), blank=True)

    class Meta:
        verbose_name = _("center")
        verbose_name_plural = _("center")
        constraints = (
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="centre_opens_before_it_closes"
            ),
            models.CheckConstraint(condition=Q(only=True), name="centre_is_one_row"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Pages are read in these colors: what some people could not read is refused."""
        least = {"primary_color": shades.LEAST_OF_TEXT, "accent_color": shades.LEAST_OF_ACCENT}
        pale = [name for name, ratio in least.items() if _is_pale(getattr(self, name), ratio)]
        if pale:
            words = _("This color is too pale to read. Choose a darker shade of it.")
            raise ValidationError(dict.fromkeys(pale, words))


def _is_pale(colour: str, least: float) -> bool:
    # What is no color at all has been refused by its field already.
    is_colour = shades.DIGITS.fullmatch(colour) is not None
    return is_colour and not shades.is_readable(colour, least=least)


class ContactPoint(PublicRow):
    """One number with its hours, shown wherever its role is named."""

    role = models.CharField(_("role"), max_length=20, choices=ContactRole, unique=True)
    label = models.CharField(_("label"), max_length=80)
    label_es = models.CharField(_("label in Spanish"), max_length=80, default="")
    display = models.CharField(_("as shown"), max_length=40)
    digits = models.CharField(_("digits"), max_length=16, validators=[number])
    spoken = models.CharField(
        _("as spoken"), max_length=120, blank=True, help_text=_("For screen readers.")
    )
    hours_text = models.CharField(_("hours in words"), max_length=120, blank=True)
    hours_text_es = models.CharField(_("hours in Spanish"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("role",)
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=ContactRole.values), name="contact_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.display}"

    def clean(self) -> None:
        """What is read, heard and dialed is one number: people copy whichever they meet.

        Hours that only one language tells would leave the others to guess.
        """
        wrong = {}
        if bool(self.hours_text) != bool(self.hours_text_es):
            wrong["hours_text_es"] = _("Give the hours in both languages, or in neither.")
        if not _has_letters(self.display) and not _is_same_number(self.display, self.digits):
            wrong["display"] = _("These are not the digits of the number that is dialed.")
        if _only_digits(self.spoken) and not _is_same_number(self.spoken, self.digits):
            wrong["spoken"] = _("These are not the digits of the number that is dialed.")
        if wrong:
            raise ValidationError(wrong)


def _only_digits(text: str) -> str:
    return "".join(one for one in text if one in "0123456789")


def _has_letters(text: str) -> bool:
    # A number in letters, 1-800-555-CARE: its digits are not all there to compare.
    return any(one.isalpha() for one in text)


def _is_same_number(shown: str, dialed: str) -> bool:
    """Whether both are one number; only the country code may be left out where it is shown."""
    seen, number = _only_digits(shown), _only_digits(dialed)
    may_miss = LONGEST_COUNTRY_CODE if dialed.startswith("+") else 0
    missing = len(number) - len(seen)
    return number.endswith(seen) and missing <= may_miss


class Location(PublicRow):
    """A building people come to."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    neutral_name = models.CharField(_("neutral name"), max_length=60)
    address = models.TextField(_("address"), max_length=400)
    note = models.TextField(_("how to get in"), max_length=400, blank=True)
    note_es = models.TextField(
        _("how to get in, in Spanish"), max_length=400, blank=True, default=""
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("location")
        verbose_name_plural = _("locations")

    def __str__(self) -> str:
        return self.name

    @property
    def note_here(self) -> str:
        """How to get in, in the language of the page."""
        return words_in(self, "note", get_language() or "")


class Closure(PublicRow):
    """A day on which the centre does not open."""

    day = models.DateField(_("day"), unique=True)
    reason = models.CharField(_("reason"), max_length=80)

    class Meta:
        ordering = ("day",)
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.reason}"
