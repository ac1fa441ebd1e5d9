"""Texts, their immutable versions, the approvals on each version, and the public epoch."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.signing.kinds import ApprovalKind


class ImmutableError(Exception):
    """Somebody tried to change what was signed or could be signed."""


class Text(models.Model):
    """A place for words: of a kind, about a subject, in a language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=80)
    language = models.CharField(_("language"), max_length=10)
    # Taking down never needs a signature.
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)

    class Meta:
        ordering = ("kind", "subject", "language")
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject", "language"), name="text_once_for_each_language"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.language}"


def digest(body: str, html: str) -> str:
    """SHA-256 over canonical body and HTML, as 64 hex digits."""
    return hashlib.sha256(f"{len(body)}\n{body}{html}".encode()).hexdigest()


class TextVersion(models.Model):
    """Words as they stood when somebody proposed them; never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.ForeignKey(Text, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("body"))
    html = models.TextField(_("HTML"), blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ("text", "number")
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")
        constraints = (
            models.UniqueConstraint(fields=("text", "number"), name="text_version_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.text} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError("A text version never changes; propose a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableError("A text version is never deleted.")

    @property
    def content(self) -> dict[str, Any]:
        """The canonical body, parsed."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def is_intact(self) -> bool:
        """Whether body and HTML are still what was signed."""
        return self.sha256 == digest(self.body, self.html)


class Approval(models.Model):
    """One yes to one version, by somebody who did not write it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="approvals")
    kind = models.CharField(_("kind"), max_length=12, choices=ApprovalKind)
    # The hash that was signed: an approval says nothing about any other words.
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.CharField(_("credential"), max_length=120)
    board = models.CharField(_("board"), max_length=120, blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    approved_at = models.DateTimeField(_("approved at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)

    class Meta:
        ordering = ("approved_at", "id")
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = (
            models.UniqueConstraint(fields=("version", "kind"), name="approval_once_for_a_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=ApprovalKind.values), name="approval_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(author=F("approved_by")), name="approval_needs_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ApprovalKind.IRB) | (~Q(board="") & ~Q(number="")),
                name="approval_irb_has_board_and_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.approved_at:%Y-%m-%d}"


class PublicEpoch(models.Model):
    """One number that grows with every change a public page may show."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(_("number"), default=1)

    class Meta:
        verbose_name = _("public epoch")
        verbose_name_plural = _("public epoch")
        constraints = (models.CheckConstraint(condition=Q(id=1), name="public_epoch_is_one_row"),)

    def __str__(self) -> str:
        return str(self.number)
