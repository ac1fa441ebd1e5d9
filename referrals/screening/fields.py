"""What can be asked about a person: field codes, possible values, how far a memory is trusted.

Pure Python. Refuses to hold words (a signed text has them), criteria and answers. A field that is
not listed is open: any value may stand there, and only a record or a coordinator is trusted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

Value: TypeAlias = str | int | float | bool

OLDEST: Final = 129


class ValueKind(StrEnum):
    """The three kinds of value; two kinds are never compared (in Python `True == 1`)."""

    CODE = "code"
    NUMBER = "number"
    FLAG = "flag"


def kind_of(value: object) -> ValueKind | None:
    """The kind of one value; None for what cannot be compared (NaN, infinity, a list, null)."""
    if isinstance(value, bool):
        return ValueKind.FLAG
    if isinstance(value, str):
        return ValueKind.CODE
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return ValueKind.NUMBER
    return None


def kinds_of(values: Iterable[object]) -> set[ValueKind | None]:
    """The kinds found among values; one sound set has exactly one, and it is not None."""
    return {kind_of(value) for value in values}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be known about a person.

    `values` None: open. `weak`: people often misremember it (registry-checked, 56-58 % right for
    receptors and stage: Freedman 2015) or may change it, so what they say of it never rules a study
    out. `yearly`: the value grows by one each year after it was said.
    """

    code: str
    values: frozenset[Value] | None = None
    weak: bool = True
    yearly: bool = False

    def allows(self, values: Iterable[Value]) -> bool:
        """Whether all `values` lie in the field's domain."""
        return self.values is None or self.values.issuperset(values)


def _codes(*codes: str) -> frozenset[Value]:
    return frozenset(codes)


FIELDS: Final[dict[str, Field]] = {
    field.code: field
    for field in (
        Field(
            "disease_setting",
            _codes(
                "new",
                "early_treatment",
                "locally_advanced",
                "metastatic",
                "no_evidence",
                "risk_only",
            ),
            weak=False,
        ),
        Field("age_years", frozenset(range(OLDEST + 1)), weak=False, yearly=True),
        Field("sex_at_birth", _codes("female", "male", "intersex"), weak=False),
        Field("hormone_receptor", _codes("positive", "low", "negative")),
        Field("her2", _codes("positive", "low", "ultralow", "zero")),
        Field("stage_group", _codes("0", "I", "II", "III", "IV")),
        # How often she can travel is a wish, and help with travel may change it.
        Field("travel_days", _codes("once", "few", "weekly")),
    )
}


# What the study team knows from tests and records, and nobody is asked: open, weak fields.
TEAM_FIELDS: Final = frozenset(
    [
        "autoimmune_disease",
        "bone_lesions",
        "clinical_risk_high",
        "ecog",
        "ejection_fraction",
        "fatigue_worst_week",
        "germline_brca",
        "history_of_seizures",
        "ild_pneumonitis",
        "lines_advanced",
        "measurable",
        "months_since_curative_treatment",
        "months_since_infusion_treatment",
        "node_stage",
        "organ_function",
        "pdl1_cps",
        "premenopausal",
        "prior_her2_treatment",
        "prior_ici",
        "prior_trastuzumab_deruxtecan",
        "recurrence_score",
        "relapse_within_12_months_of_endocrine",
        "residual_disease",
        "stable_or_no_disease",
        "takes_bupropion",
        "tissue_available",
        "untreated_brain_metastases",
        "weeks_since_surgery",
    ]
)


def field(code: str) -> Field:
    """The field of that code; an unlisted code is an open, weak field."""
    return FIELDS.get(code) or Field(code)
