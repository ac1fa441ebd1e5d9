"""What she told and what the criteria made of it, for a coordinator: in the registry's words.

Reads what was stored with the referral; evaluates nothing again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from referrals.screening.models import Answer, Evaluation
from referrals.screening.profile import Certainty, Source
from referrals.screening.verdicts import LineResult, Truth, Verdict
from referrals.trials.models import Cohort, Criterion

FIELD_LABELS: Final = {
    "disease_setting": _("Where she is now"),
    "age_years": _("Age"),
    "sex_at_birth": _("Sex at birth"),
    "travel_days": _("Visits she can make"),
    "hormone_receptor": _("Hormone receptors"),
    "her2": _("HER2"),
    "stage_group": _("Stage"),
}
CERTAINTY_LABELS: Final[dict[Certainty, StrOrPromise]] = {
    Certainty.SURE: "",
    Certainty.THINK_SO: _("thinks so"),
    Certainty.UNSURE: _("not sure"),
    Certainty.NOT_TESTED: _("not tested"),
    Certainty.DECLINED: _("would rather not say"),
}
SILENT: Final = (Certainty.UNSURE, Certainty.NOT_TESTED, Certainty.DECLINED)
SOURCE_LABELS: Final = {
    Source.SELF: _("she said"),
    Source.PROXY: _("her helper said"),
    Source.RECORD: _("from the record"),
    Source.COORDINATOR: _("a coordinator noted"),
}
VERDICT_LABELS: Final = {
    Verdict.LIKELY: _("may fit"),
    Verdict.POSSIBLE: _("may fit, answers are open"),
    Verdict.CHECK: _("to be checked"),
    Verdict.LATER: _("may fit later"),
    Verdict.UNLIKELY: _("probably not"),
}


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer as a coordinator reads it."""

    label: StrOrPromise
    values: str
    certainty: StrOrPromise
    source: StrOrPromise


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion with the study's own words and what was made of it."""

    quote: str
    value: Truth
    reason: str
    blocking: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on one cohort with all its lines, sorted by what they ask of a coordinator."""

    cohort: Cohort
    verdict: StrOrPromise
    lines: tuple[CriterionLine, ...]

    @property
    def met(self) -> list[CriterionLine]:
        """Nothing is to be done about these."""
        return self._with(Truth.MET)

    @property
    def not_met(self) -> list[CriterionLine]:
        """What speaks against it; a line that blocks decides."""
        return self._with(Truth.NOT_MET)

    @property
    def unknown(self) -> list[CriterionLine]:
        """What is to be asked, or looked up."""
        return self._with(Truth.UNKNOWN)

    def _with(self, value: Truth) -> list[CriterionLine]:
        return [line for line in self.lines if line.value is value]


def answers_of(case_id: uuid.UUID) -> list[AnswerLine]:
    """Everything told on a case, in the order of the fields."""
    return [_answer(one) for one in Answer.rows.filter(case=case_id).order_by("field", "id")]


def _answer(answer: Answer) -> AnswerLine:
    return AnswerLine(
        label=FIELD_LABELS.get(answer.field, answer.field.replace("_", " ")),
        # Who is not sure leaves every value possible: listing them all would say the opposite.
        values="" if Certainty(answer.certainty) in SILENT else _values(answer.values),
        certainty=CERTAINTY_LABELS[Certainty(answer.certainty)],
        source=SOURCE_LABELS[Source(answer.source)],
    )


def _values(values: list[str | int]) -> str:
    ages = [value for value in values if isinstance(value, int)]
    if len(ages) > 2 and len(ages) == len(values):
        return f"{min(ages)}–{max(ages)}"
    return ", ".join(str(value).replace("_", " ") for value in values) or "–"


def explain(referral_id: uuid.UUID) -> list[Explanation]:
    """The stored verdicts of a referral, cohort by cohort, with the registry's words."""
    rows = Evaluation.rows.filter(referral=referral_id).select_related("criteria_set__cohort")
    evaluations = list(rows.order_by("criteria_set__cohort__order", "id"))
    quotes = {
        (one.criteria_set_id, one.key): one.quote
        for one in Criterion.objects.filter(
            criteria_set__in=[row.criteria_set_id for row in evaluations]
        )
    }
    return [_explanation(one, quotes) for one in evaluations]


def _explanation(row: Evaluation, quotes: dict[tuple[uuid.UUID, str], str]) -> Explanation:
    result = row.result()
    return Explanation(
        cohort=row.criteria_set.cohort,
        verdict=VERDICT_LABELS[result.verdict],
        lines=tuple(
            _line(line, quotes.get((row.criteria_set_id, line.key), "")) for line in result.reasons
        ),
    )


def _line(line: LineResult, quote: str) -> CriterionLine:
    return CriterionLine(
        quote=quote or line.key.replace("-", " "),
        value=line.value,
        reason=line.reason.value.replace("_", " "),
        blocking=line.blocking,
    )
