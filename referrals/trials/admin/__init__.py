"""The trials room in the Django admin, in three files. Statuses move by verbs only."""

from referrals.trials.admin import criteria, records, studies

__all__ = ["criteria", "records", "studies"]
