"""What staff call a criteria set whose words wait for approval. Refuses to hold the words."""

from __future__ import annotations

import uuid

from referrals.trials.models import CriteriaSet


def name_of_set(subject: str) -> str:
    """Study, cohort and version of the set with this id; "" where no such set stands."""
    try:
        key = uuid.UUID(subject)
    except ValueError:
        return ""
    found = CriteriaSet.objects.filter(pk=key).select_related("cohort__study").first()
    return str(found) if found is not None else ""
