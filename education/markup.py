"""From an editor's Markdown to HTML that cannot hurt a reader.

Holds the one allow-list of the wing. Refuses to hold anything that touches the database, and
any tag that could load, run or style something. Images come only as blocks of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import nh3
from markdown_it import MarkdownIt

SCHEMES: Final = {"http", "https", "mailto", "tel"}
TABLE_TAGS: Final = {"table", "thead", "tbody", "tr", "th", "td"}
TAGS: Final = {"h3", "p", "ul", "ol", "li", "strong", "em", "a", "sup", "sub"} | TABLE_TAGS
ATTRIBUTES: Final = {"a": {"href"}, "th": {"scope"}}

# An address with a scheme, a fragment of this page, or a path of this site. A browser reads
# "//host" and "/\host" as another host, so neither may begin a path.
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:|tel:|#[\w-]+$|/(?![/\\]))", re.IGNORECASE)
_CITATION: Final = re.compile(r" ?\[(\d{1,2})\]")
_WHOLE_HEADING: Final = re.compile(r"<(/?)h[1-6]>")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def _kept_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not _ADDRESS.match(value):
        return None
    return value


def sanitise(html: str) -> str:
    """`html` cut down to the allow-list; what it returns passes through unchanged again."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


def to_html(markdown: str, *, sources: Collection[int] = ()) -> str:
    """Sanitised HTML of one block; `[3]` links to source 3 where `sources` holds that number.

    Headings inside a block become h3, because the block's own heading is the h2 above them.
    """

    def cite(match: re.Match[str]) -> str:
        if int(match[1]) not in sources:
            return match[0]
        # A no-break space: a number alone at the start of a line belongs to nothing.
        return f'&nbsp;<sup><a href="#source-{int(match[1])}">[{int(match[1])}]</a></sup>'

    html = _WHOLE_HEADING.sub(r"<\1h3>", _MARKDOWN.render(markdown))
    return sanitise(_CITATION.sub(cite, html))
