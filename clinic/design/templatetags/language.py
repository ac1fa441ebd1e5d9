"""The tag that offers an interpreter where some words of a page are not in the reader's language.

An approved text that has no approved translation is shown in English and marked `lang="en"`. Holds
the one line that says so, once a page and above it all. Refuses to know which texts there are.
"""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class OfferInterpreter(template.Node):
    """What it encloses, below an offer of help if any of it is marked as English."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        shown = self.nodelist.render(context)
        if get_language() == settings.LANGUAGE_CODE:
            return shown
        # Read off the page itself: no view can forget to tell.
        if f'lang="{settings.LANGUAGE_CODE}"' not in shown:
            return shown
        engine = template.Engine.get_default()
        return engine.get_template("design/language_help.html").render(context) + shown


@register.tag
def offer_interpreter(parser: Parser, _token: Token) -> OfferInterpreter:
    """`{% offer_interpreter %}<main>…</main>{% endoffer_interpreter %}`."""
    nodelist = parser.parse(("endoffer_interpreter",))
    parser.delete_first_token()
    return OfferInterpreter(nodelist)
