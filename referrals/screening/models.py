"""What a person told, kept on her case, and what the criteria made of it, kept on a referral.

Refuses to hold who she is: a case and a referral are the desk's. Both tables are read through a
case or a referral that the reader may see, never listed alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedJSONField
from clinic.scoping import Scoped
from referrals.screening.profile import Certainty, Possible, Profile, Source
from referrals.screening.verdicts import CohortVerdict, Verdict


def _labelled(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(code), str(code)) for code in codes]


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers of one case."""

    def profile(self, *, on: date) -> Profile:
        """All of these statements, looked at on one day."""
        profile = Profile(on=on)
        for answer in self.order_by("as_of", "field", "id"):
            profile = profile.saying(answer.field, answer.statement())
        return profile


class Answer(models.Model):
    """One statement: the values of a field that may be true, how sure, from whom, of which day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("desk.Case", models.CASCADE, related_name="answers")
    field = models.SlugField(_("field"), max_length=60)
    values = EncryptedJSONField(_("possible values"))
    certainty = models.CharField(_("certainty"), max_length=12, choices=_labelled(Certainty))
    source = models.CharField(_("source"), max_length=12, choices=_labelled(Source))
    as_of = models.DateField(_("as of"))
    until = models.DateField(_("holds until"), null=True, blank=True)

    rows = AnswerQuerySet.as_manager()
    objects: ClassVar[Scoped[AnswerQuerySet]] = Scoped(through="case")

    class Meta:
        ordering = ("case", "as_of", "field", "id")
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = (
            models.CheckConstraint(
                condition=Q(certainty__in=[str(code) for code in Certainty]),
                name="answer_certainty_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=[str(code) for code in Source]),
                name="answer_source_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} ({self.source})"

    def statement(self) -> Possible:
        """The row as a statement of the logic."""
        return Possible(
            values=frozenset(self.values),
            certainty=Certainty(self.certainty),
            source=Source(self.source),
            as_of=self.as_of,
            until=self.until,
        )


class Evaluation(models.Model):
    """What one version of a cohort's criteria made of the answers, so it can be explained later.

    `lines` is the whole verdict as `CohortVerdict.as_dict` wrote it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("desk.Referral", models.CASCADE, related_name="evaluations")
    criteria_set = models.ForeignKey("trials.CriteriaSet", models.PROTECT, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=10, choices=_labelled(Verdict))
    lines = EncryptedJSONField(_("lines"))
    engine_version = models.CharField(_("version of the logic"), max_length=12)
    at = models.DateTimeField(_("at"))

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[Evaluation]]] = Scoped(through="referral")

    class Meta:
        ordering = ("referral", "at", "id")
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict__in=[str(code) for code in Verdict]),
                name="evaluation_verdict_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verdict} {self.at:%Y-%m-%d}"

    def result(self) -> CohortVerdict:
        """The stored verdict with its reasons."""
        return CohortVerdict.from_dict(self.lines)
