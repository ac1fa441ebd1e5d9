"""`{% typed_urgently form as urgently %}`: whether a form that comes back has urgent words."""

from __future__ import annotations

from django import template

from clinic.people.urgency import unsent

register = template.Library()
register.simple_tag(unsent.typed_urgently)
