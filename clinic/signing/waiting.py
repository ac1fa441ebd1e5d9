"""Which words wait for a yes, and how colleagues call them. Refuses to say what is live."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext

from clinic.signing import bodies, kinds
from clinic.signing.models import Text, TextVersion


def newest_versions() -> QuerySet[TextVersion]:
    """The last version of every text, with the text and the approvals given."""
    newer = TextVersion.objects.filter(text=OuterRef("text"), number__gt=OuterRef("number"))
    rows = TextVersion.objects.filter(~Exists(newer))
    return rows.select_related("text").prefetch_related("approvals")


def newest_version(kind: str, subject: str, language: str) -> TextVersion | None:
    """The last version of one text, or None where nobody has proposed any."""
    rows = newest_versions().filter(text__kind=kind, text__subject=subject)
    return rows.filter(text__language=language).first()


def missing(version: TextVersion) -> frozenset[str]:
    """The kinds of approval these words need and were never given; none for an unknown kind."""
    text = version.text
    if not kinds.is_known(text.kind):
        return frozenset()
    given = {one.kind for one in version.approvals.all()}
    return kinds.get(text.kind).needs_in(text.language) - given


def waiting() -> QuerySet[TextVersion]:
    """The words that somebody may sign now: the newest of their text, and not yet signed by all.

    An older version is left out: signing it would not show it once the newest is signed.
    """
    keys = [one.pk for one in newest_versions().defer("body", "html") if missing(one)]
    return newest_versions().filter(pk__in=keys).order_by("text", "number")


def kind_label(code: str) -> str:
    """What staff call a kind; its bare code where the wing that owns it is left out."""
    return capfirst(str(kinds.get(code).label)) if kinds.is_known(code) else code


def _title(text: Text, version: TextVersion | None) -> str:
    """The owner's name of the subject, else what the words call themselves, else its code."""
    name = kinds.get(text.kind).name_subject if kinds.is_known(text.kind) else None
    if name is not None and (named := name(text.subject)):
        return named
    # Changed behind our back, a body may not even be JSON.
    title = bodies.title(version.content) if version is not None and version.is_intact else ""
    return title or text.subject


def text_in_words(text: Text, version: TextVersion | None) -> str:
    """Kind, title and language: Trial card: “A new drug”, English."""
    return gettext("%(kind)s: “%(title)s”, %(language)s") % {
        "kind": kind_label(text.kind),
        "title": Truncator(_title(text, version)).chars(80),
        "language": dict(settings.LANGUAGES).get(text.language, text.language),
    }


def in_words(version: TextVersion) -> str:
    """The same with its number: Trial card: “A new drug”, English, version 2."""
    words = {"text": text_in_words(version.text, version), "number": version.number}
    return gettext("%(text)s, version %(number)s") % words
