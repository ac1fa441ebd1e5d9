"""What the pattern book's states show: invented people, invented studies, invented numbers.

Holds plain values by name, as the states' tags use them. Refuses rows of the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.messages import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator
from django.utils.safestring import mark_safe

from clinic.design.patterns.form_states import FORMS
from clinic.design.plots import Bars

Row = Mapping[str, Any]

SENTENCE: Final = "A nurse reads it the same day and calls you back."
SAFE_HTML: Final = mark_safe(
    "<p>Call if you have a fever of 100.4 °F or more.</p>"
    "<ul><li>Do not wait until morning.</li></ul>"
)

CRUMBS: Final[list[Row]] = [
    {"label": "Home", "url": "/"},
    {"label": "Breast cancer", "url": "/"},
    {"label": "Immunotherapy for breast cancer"},
]
CONTENTS: Final[list[Row]] = [
    {"label": "How it works", "url": "#example", "number": 1},
    {"label": "Who may get it", "url": "#example", "number": 2},
    {"label": "Side effects, and when to call us", "url": "#example", "number": 3},
]
SIGNS: Final = ["A fever of 100.4 °F or more", "Trouble breathing", "Bleeding that does not stop"]
SUMMARY: Final[list[Row]] = [
    {"label": "Name", "value": "Maria Alvarez", "change_url": "#example"},
    {"label": "How we reach you", "value": "(555) 010-0123\nin the morning"},
    {"label": "E-mail", "value": "", "change_url": "#example"},
]
STEPS: Final[list[Row]] = [
    {"label": "You asked", "state": "done", "at": "Friday, November 20, 4 pm"},
    {"label": "We call you", "state": "now", "text": "By Monday, November 23, noon"},
    {"label": "Your first visit", "state": "next"},
]
STEPS_BEFORE: Final[list[Row]] = [
    {"label": "You asked", "state": "now", "at": "Friday, November 20, 4 pm"},
    {"label": "We call you", "state": "next", "text": "By Monday, November 23, noon"},
    {"label": "Your first visit", "state": "next"},
]
STEPS_DONE: Final[list[Row]] = [
    {"label": "You asked", "state": "done", "at": "Friday, November 20, 4 pm"},
    {"label": "We called you", "state": "done", "at": "Monday, November 23, 10 am"},
]
NUMBERS: Final[list[Row]] = [
    {"value": 42, "words": "people joined this part of the study"},
    {"value": 28, "words": "had a scan that could be compared"},
    {"value": 6, "words": "had a cancer that shrank"},
    {"value": 3, "words": "had a cancer that had shrunk for a year or longer"},
]
DESK_ROWS: Final[list[Row]] = [
    {"label": "Waiting for you", "url": "/staff/", "current": True},
    {"label": "Requests", "url": "#example", "count": 4},
    {"label": "Calls", "url": "#example", "count": 12},
]
FILTERS: Final[list[Row]] = [
    {"label": "Waiting", "url": "?", "count": 12, "current": True},
    {"label": "Only mine", "url": "?mine", "count": 3},
    {"label": "Overdue", "url": "?overdue", "count": 0},
    {"label": "Closed", "url": "?ended"},
]
COLUMNS: Final[list[Row]] = [{"label": "Drug"}, {"label": "How often"}, {"label": "How long"}]
SORTED_COLUMNS: Final[list[Row]] = [
    {"label": "Drug", "url": "?sort=drug"},
    {"label": "How often", "url": "?sort=-often", "direction": "ascending"},
    {"label": "How long"},
]
ROWS: Final[list[Row]] = [
    {"drug": "Pembrolizumab", "often": "Every 3 or 6 weeks", "long": "30 minutes"},
    {"drug": "Paclitaxel", "often": "Once a week", "long": "1 hour"},
    {"drug": "Trastuzumab", "often": "Every 3 weeks", "long": "90 minutes, then 30"},
]
REASONS: Final = ["You told us that the cancer has spread.", "You are 18 or older."]
POINTS: Final = [
    "Immunotherapy helps your own defenses see the cancer.",
    "It is given into a vein, every 3 or 6 weeks.",
    "Side effects can start months later. Call us early.",
]
DO: Final = ["Carry your treatment card.", "Call us about any new symptom."]
DO_NOT: Final = ["Do not wait until your next visit.", "Do not take steroids on your own."]
MESSAGES: Final = [
    Message(SUCCESS, "Saved. Maria Alvarez is yours now."),
    Message(WARNING, "The text message could not be sent. Please call."),
]
BARS: Final = Bars([("overdue", 2, "urgent"), ("Mon", 7, ""), ("Tue", 4, ""), ("Wed", 0, "")])


def _page(number: int) -> Page[int]:
    return Paginator(range(95), 20).get_page(number)


def of_everything() -> dict[str, Any]:
    """Every example by the name that the tags use."""
    return {
        "sentence": SENTENCE,
        "safe_html": SAFE_HTML,
        "crumbs": CRUMBS,
        "items": CONTENTS,
        "signs": SIGNS,
        "rows": SUMMARY,
        "steps": STEPS,
        "steps_before": STEPS_BEFORE,
        "steps_done": STEPS_DONE,
        "numbers": NUMBERS,
        "filters": FILTERS,
        "lists": DESK_ROWS,
        "columns": COLUMNS,
        "sorted_columns": SORTED_COLUMNS,
        "drugs": ROWS,
        "reasons": REASONS,
        "points": POINTS,
        "signs_to_do": DO,
        "signs_to_avoid": DO_NOT,
        "messages_shown": MESSAGES,
        "bars": BARS,
        "two_numbers": NUMBERS[:2],
        "kept": [("name", "Maria Alvarez")],
        "first_page": _page(1),
        "middle_page": _page(3),
        "last_page": _page(5),
        "forms": FORMS,
    }
