"""Drugs named on the site: generic name, United States brands, class, NCI Thesaurus code.

Facts of naming only; whether a drug is approved, and for whom, is an indication (a row of
`education`). Source: NCI Thesaurus and the FDA's Orange and Purple Books, read November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class TreatmentClass(StrEnum):
    """How a treatment works, as the field groups it."""

    CHECKPOINT_INHIBITOR = "checkpoint_inhibitor"
    ANTIBODY_DRUG_CONJUGATE = "antibody_drug_conjugate"
    CHEMOTHERAPY = "chemotherapy"
    ENDOCRINE = "endocrine"
    HER2_ANTIBODY = "her2_antibody"
    CDK46_INHIBITOR = "cdk4_6_inhibitor"
    PARP_INHIBITOR = "parp_inhibitor"
    CELL_THERAPY = "cell_therapy"


@dataclass(frozen=True, slots=True)
class Drug:
    """One substance; `brands` are the names a patient may read on her papers."""

    code: str
    generic: str
    brands: tuple[str, ...]
    treatment_class: TreatmentClass


DRUGS: Final = {
    drug.code: drug
    for drug in (
        Drug(
            "pembrolizumab",
            "pembrolizumab",
            ("Keytruda", "Keytruda Qlex"),
            TreatmentClass.CHECKPOINT_INHIBITOR,
        ),
        Drug("atezolizumab", "atezolizumab", ("Tecentriq",), TreatmentClass.CHECKPOINT_INHIBITOR),
        Drug("dostarlimab", "dostarlimab", ("Jemperli",), TreatmentClass.CHECKPOINT_INHIBITOR),
        Drug("durvalumab", "durvalumab", ("Imfinzi",), TreatmentClass.CHECKPOINT_INHIBITOR),
        Drug("nivolumab", "nivolumab", ("Opdivo",), TreatmentClass.CHECKPOINT_INHIBITOR),
        Drug(
            "sacituzumab_govitecan",
            "sacituzumab govitecan",
            ("Trodelvy",),
            TreatmentClass.ANTIBODY_DRUG_CONJUGATE,
        ),
        Drug(
            "trastuzumab_deruxtecan",
            "trastuzumab deruxtecan",
            ("Enhertu",),
            TreatmentClass.ANTIBODY_DRUG_CONJUGATE,
        ),
        Drug("trastuzumab", "trastuzumab", ("Herceptin",), TreatmentClass.HER2_ANTIBODY),
        Drug("paclitaxel", "paclitaxel", ("Taxol", "Abraxane"), TreatmentClass.CHEMOTHERAPY),
        Drug("carboplatin", "carboplatin", ("Paraplatin",), TreatmentClass.CHEMOTHERAPY),
        Drug("doxorubicin", "doxorubicin", ("Adriamycin",), TreatmentClass.CHEMOTHERAPY),
        Drug("letrozole", "letrozole", ("Femara",), TreatmentClass.ENDOCRINE),
        Drug("tamoxifen", "tamoxifen", ("Soltamox",), TreatmentClass.ENDOCRINE),
        Drug("fulvestrant", "fulvestrant", ("Faslodex",), TreatmentClass.ENDOCRINE),
        Drug("palbociclib", "palbociclib", ("Ibrance",), TreatmentClass.CDK46_INHIBITOR),
        Drug("olaparib", "olaparib", ("Lynparza",), TreatmentClass.PARP_INHIBITOR),
    )
}
