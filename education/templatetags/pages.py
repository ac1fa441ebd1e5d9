"""What a template of any page may ask of the education wing. Refuses everything but links."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language

from clinic.signing.kinds import SOURCE_LANGUAGE
from education import reading
from education.shown import Entry

register = template.Library()


@register.simple_tag(takes_context=True)
def policy_pages(context: Context) -> Sequence[Entry]:
    """The policy pages that may be read now, in the reader's language or in English.

    A page that has read them for itself says so as `policies`.
    """
    given: Sequence[Entry] | None = context.get("policies")
    if given is not None:
        return given
    return reading.policies(get_language() or SOURCE_LANGUAGE, at=timezone.now())
