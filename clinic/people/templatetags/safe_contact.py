"""The rules printed beside every phone number, and whether there is a text message to end.

`{% safe_contact person now as safe %}` and `{% gets_texts person now as texted %}`.
"""

from __future__ import annotations

from datetime import datetime

from django import template

from clinic.people import consents
from clinic.people import safe_contact as rules
from clinic.people.models import Person
from clinic.people.models.person import ConsentKind

register = template.Library()


@register.simple_tag
def safe_contact(person: Person, now: datetime) -> rules.SafeContact:
    """What must be known before this person is called now."""
    return rules.safe_contact(person, at=now)


@register.simple_tag
def gets_texts(person: Person, now: datetime) -> bool:
    """Whether she agreed to text messages, and may end them here."""
    return consents.has_given(person, ConsentKind.SMS, at=now)
