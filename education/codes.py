"""The codes of the education wing: kinds of page and block, and where an approval stands.

Holds stable strings and the labels staff read. Refuses to hold rows or logic.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

PAGE_TEXT: Final = "page"
"""The kind under which `clinic.signing` keeps pages; the subject is the page's id."""


class PageKind(models.TextChoices):
    """What a page is for; a policy page carries no door to an appointment or a trial."""

    ARTICLE = "article", _("Article")
    TREATMENT = "treatment", _("Treatment")
    POLICY = "policy", _("Policy")


class BlockKind(models.TextChoices):
    """What a block is for; a kind with a look of its own has a template in `education/blocks/`."""

    KEY_POINTS = "key_points", _("Key points")
    TEXT = "text", _("Text")
    INDICATIONS = "indications", _("Approved uses")
    SIDE_EFFECTS = "side_effects", _("Side effects")
    CARE_URGENT = "care_urgent", _("When to call at once")
    CARE_NONURGENT = "care_nonurgent", _("When to call soon")
    EXPERIMENTAL_NOTE = "experimental_note", _("Experimental treatment")
    EXPANDER = "expander", _("Folded text that a reader may skip")
    QUESTIONS_TO_ASK = "questions_to_ask", _("Questions to ask")
    SOMEONE_TO_TALK_TO = "someone_to_talk_to", _("Someone to talk to")
    CHANGES = "changes", _("What we changed and why")


class IndicationStatus(models.TextChoices):
    """Where an approval stands in one country."""

    INVESTIGATIONAL = "investigational", _("Being studied")
    ACCELERATED = "accelerated", _("Early (accelerated) approval")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("No longer approved")


class Jurisdiction(models.TextChoices):
    """Whose authority gave the approval; a page says it with every fact."""

    US = "US", _("the US")
