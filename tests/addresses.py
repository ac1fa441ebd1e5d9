"""Every address that shows a page, by who opens it; what shows none stands beside its reason.

One list for whatever looks at the whole site. An address in no group fails a test.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from clinic.design.patterns import book
from clinic.doors import Opens, addresses
from clinic.people import roles
from education.models import Page

READING = {
    "education:home",
    "education:page",
    "demo:try_this",
    "screening:start",
    "screening:young",
    "requests:open",
    "requests:again",
    "requests:again_sent",
    "requests:closed",
    "requests:link",
    "staff:sign_in",
    "staff:forgot",
    "staff:forgot_sent",
    "staff:welcome",
}
FINDING = {
    *(f"screening:{step}" for step in ("safety", "who", "now", "birth", "sex", "travel")),
    *(f"screening:{step}" for step in ("type", "stage", "results")),
    "desk:contact",
}
ASKING = {f"appointments:{step}" for step in ("safety", "who", "reason", "time", "send")}
HERS = {f"requests:{name}" for name in ("detail", "contact", "change_mind", "new_link")}
COLLEAGUE = {f"staff:{name}" for name in ("index", "keys", "password", "away")}
INTAKE = {f"staff:{name}" for name in ("find", "new", "new_saved", "correct", "change_mind")}
"""What a colleague meets who speaks with people."""
DESKS = {
    roles.COORDINATOR: INTAKE | {"calls:list", "desk:list", "desk:detail", "desk:new"},
    roles.SCHEDULER: INTAKE
    | {f"appointments:{name}" for name in ("list", "detail", "new")}
    | {"calls:list", "calls:letter"},
    roles.LEAD: {"queue:list", "staff:hand_over", "staff:hand_over_one"},
    roles.ADMINISTRATOR: {"staff:leaving"},
}
ACTIONS = {"accept", "hold", "resume", "take", "log", "close", "take_over", "hand_over"}
NO_PAGE = {
    *("healthz", "healthz_queue", "design:colours"),  # for machines
    *(f"machines:{name}" for name in ("mail_events", "sms_inbound", "sms_report")),
    *("admin_login", "appointments:start", "screening:again"),  # lead on
    "places:home",  # stands behind the wing that has a front page of its own
    *(f"desk:{name}" for name in ACTIONS - {"take"}),  # take a form and show the page it stood on
    *(f"appointments:{name}" for name in ACTIONS - {"accept", "hold", "resume"}),
    *(f"calls:{name}" for name in ("done", "stop_texts", "send_link", "renew")),
    *("queue:retry", "queue:resolve", "requests:close"),
    *(f"staff:{name}" for name in ("sign_out", "invite", "come_back", "away_end")),
    *(f"staff:{name}" for name in ("draft_keep", "draft_throw_away", "pass_message")),
}
BOOK = {f"patterns:{name}" for name in ("index", "pattern", "state")}
FRONT = (
    "/",
    "/es/",
    "/try-this/",
    "/find/",
    "/es/find/",
    "/find/under-18/",
    "/your-request/again/sent/",
    "/your-request/closed/",
    "/staff/forgot/sent/",
    f"/r/{'x' * 43}/",
    "/staff/welcome/account/token/",
    "/nowhere/",
)
"""What anybody may open, without an article and without a form."""
DOORS = ("/your-request/", "/your-request/again/", "/staff/sign-in/", "/staff/forgot/")
"""The forms before a door."""


def shown() -> list[set[str]]:
    """The groups of names that somebody looks at."""
    return [READING, FINDING, ASKING, HERS, COLLEAGUE, BOOK, *DESKS.values()]


def outside_the_admin() -> set[str]:
    """The name of every other address of the site."""
    return {one.name for one in addresses() if one.door and one.door.opens != Opens.ADMIN}


def articles() -> list[str]:
    """Every page to read, in both languages."""
    paths = [reverse("education:page", args=[one.slug]) for one in Page.objects.order_by("slug")]
    return [f"{prefix}{path}" for path in paths for prefix in ("", "/es")]


def patterns() -> Iterator[str]:
    """The pattern book, one of its pages, and each part in each state alone."""
    known = book.patterns().values()
    yield reverse("patterns:index")
    yield reverse("patterns:pattern", args=[next(iter(known)).slug])
    for pattern in known:
        for state in pattern.states:
            yield reverse("patterns:state", args=[pattern.slug, state])
