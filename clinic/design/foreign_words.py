"""Words in another language than the page's: marked, so that no voice reads them as its own."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.translation import get_language


def marked(words: str, language: str) -> str:
    """Plain `words` with their language around them, where it is not that of the page."""
    if not words or language == get_language():
        return words
    return format_html('<span lang="{}">{}</span>', language, words)
