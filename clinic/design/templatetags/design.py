"""Template tags that every template has without loading: slots, phone links, forms.

Holds presentation only. Refuses queries but for the shell's own.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django import forms, template
from django.template import defaultfilters
from django.template.context import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.design import colours, paths
from clinic.design.last_known import Contact
from clinic.design.problems import problems
from clinic.design.said_dates import ordered, words_language
from clinic.design.shell import shell_of
from clinic.design.slots import templates_for

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> SafeString:
    """Everything that wings have put into a slot; it reads this page's context."""
    engine = template.Engine.get_default()
    parts = [engine.get_template(one).render(context) for one in templates_for(name)]
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped by its own template


@register.simple_tag(takes_context=True)
def contact(context: Context, role: str) -> Contact | None:
    """`{% contact "night" as night %}`: a contact point, also inside an include with `only`."""
    return shell_of(getattr(context, "request", None)).contacts.get(role)


@register.simple_tag(takes_context=True)
def emergency(context: Context) -> str:
    """The emergency number: the centre's, or 911 where its row cannot be read."""
    centre = shell_of(getattr(context, "request", None)).centre
    return str(getattr(centre, "emergency_number", "") or "911")


@register.simple_tag(takes_context=True)
def colours_url(context: Context) -> str:
    """The address of the centre's own colors; empty where they are those of the style sheet."""
    centre = shell_of(getattr(context, "request", None)).centre
    pair = getattr(centre, "primary_color", ""), getattr(centre, "accent_color", "")
    day = colours.tokens(night=False)
    if pair == (day["primary"], day["accent"]) or not all(pair) or not colours.are_readable(*pair):
        return ""
    return reverse("design:colours", args=[one.removeprefix("#") for one in pair])


@register.filter
def lies_under(path: str, url: str) -> bool:
    """Whether a page is one of those behind an address; nothing lies under the front page."""
    return paths.without_language(url) != "/" and path.startswith(url)


@register.filter(expects_localtime=True, is_safe=False)
def date(value: dt.date | None, arg: str | None = None) -> str:
    """Django's `date`, in every template: in the language of the words around it."""
    with translation.override(words_language()):
        said: str = defaultfilters.date(value, ordered(arg) if arg else None)
    return said


_LINK: Final = '<a class="phone" href="tel:{}"><span class="visually-hidden">{} </span>{}</a>'
_BAR: Final = (
    '<a class="call-bar" href="tel:{}"><span class="call-label">{}</span> '
    '<span class="call-number">{}</span> <span class="hours">{}</span></a>'
)


@register.simple_tag
def phone(point: Contact | None, hours: bool = False, kind: str = "") -> SafeString:
    """A link that dials and says whose number it is; with `hours=True` the hours after it.

    `kind="bar"` is a row of its own with label, number and hours, of which all dials.
    """
    if not point or not point.display:
        return SafeString("")
    if kind == "bar":
        return format_html(_BAR, point.digits, point.label, point.display, point.hours_text)
    link = format_html(_LINK, point.digits, _("%(label)s:") % {"label": point.label}, point.display)
    if hours and point.hours_text:
        return format_html('{} <span class="hours">{}</span>', link, point.hours_text)
    return link


@register.simple_tag(takes_context=True)
def house_form(context: Context, form: forms.BaseForm) -> SafeString:
    """The error summary and the fields; the page writes form tag, token and buttons."""
    request = getattr(context, "request", None)
    values = {"form": form, "problems": problems(form)}
    return mark_safe(get_template("house/form.html").render(values, request))  # noqa: S308
