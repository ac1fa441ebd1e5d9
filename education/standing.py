"""Where a working copy stands between a draft and the site, in words for colleagues.

Refuses to decide anything: `clinic.signing` computes what is live.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from clinic.signing.live import live_version
from clinic.signing.models import TextVersion
from clinic.signing.verbs import canonical
from clinic.signing.waiting import missing, newest_version
from education.codes import PAGE_TEXT
from education.models import Edition
from education.publishing import snapshot


def in_words(edition: Edition, *, at: datetime) -> str:
    """One sentence: on the site, waiting, taken down or never submitted; and what differs."""
    if edition.page.taken_down_at is not None:
        return gettext("Taken down.")
    place = (PAGE_TEXT, str(edition.page_id), edition.language)
    newest = newest_version(*place)
    if newest is None:
        return gettext("Never submitted.")
    live = live_version(*place, at=at)
    if live is None:
        return _kept_back(newest)
    number = {"number": newest.number}
    if live.pk != newest.pk:
        numbers = {"number": newest.number, "live": live.number}
        return gettext("Version %(live)s is on the site; %(number)s waits.") % numbers
    if canonical(snapshot(edition)) != newest.body:
        return gettext("Version %(number)s is on the site; changed since.") % number
    return gettext("Version %(number)s is on the site.") % number


def _kept_back(newest: TextVersion) -> str:
    """Words that every reader is kept from: nobody signed them yet, or a signature has ended."""
    number = {"number": newest.number}
    if missing(newest):
        return gettext("Version %(number)s waits for approval; it is not on the site yet.") % number
    return gettext("An approval of version %(number)s has ended; submit it again.") % number
