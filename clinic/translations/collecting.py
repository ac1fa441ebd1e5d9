"""Which words a patient may meet, and bringing the catalogs up to date with them.

The staff's own pages are in English only; their words would hide what still needs Spanish, so
their files are left out by name. A new file needs its translation until it is named here.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import django
import polib
from django.core.management import call_command
from django.core.management.commands import makemessages

from clinic.translations.compiling import catalogs

STAFF_ONLY: Final = (
    "tests",
    "var",
    "*/migrations",
    "*/management",
    "*/admin",
    "admin.py",
    "registration.py",
    "listing.py",
    "staff_views.py",
    "clinic/audit",
    "clinic/design/patterns",
    "clinic/design/plots.py",
    "clinic/design/tables.py",
    "clinic/outbox",
    "clinic/signing",
    "clinic/places/models.py",
    "clinic/appointments/models.py",
    "clinic/appointments/phone.py",
    "clinic/people/attempt*.py",
    "clinic/people/colleagues",
    "clinic/people/conflicts.py",
    "clinic/people/consents.py",
    "clinic/people/draft*.py",
    "clinic/people/find",
    "clinic/people/her_word*.py",
    "clinic/people/models/[!p]*.py",
    "clinic/people/phone",
    "clinic/people/resuming.py",
    "clinic/people/roles.py",
    "clinic/people/sign_in.py",
    "clinic/people/waiting_list.py",
    "education/apps.py",
    "education/models.py",
    "education/standing.py",
    "referrals/desk/forms.py",
    "referrals/desk/models.py",
    "referrals/desk/phone.py",
    "referrals/desk/reading.py",
    "referrals/screening/explaining.py",
    "referrals/screening/models.py",
    "referrals/trials/models",
    "templates/admin",
    "templates/appointments/[abdlr]*.html",
    "templates/appointments/calls.html",
    "templates/calls",
    "templates/design/book",
    "templates/design/staff_header.html",
    "templates/desk/[!s]*.html",
    "templates/patterns",
    "templates/queue",
    "templates/staff",
    "templates/staff_base.html",
)
"""Paths or names, as `makemessages` takes them."""


def is_for_staff(path: str) -> bool:
    """Whether a file of the project, by its path in it, speaks to staff only."""
    parts = Path(path).parts
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return any(
        fnmatchcase(one, pattern) or fnmatchcase(name, pattern)
        for one, name in zip(above, parts, strict=True)
        for pattern in STAFF_ONLY
    )


def collect() -> None:
    """Add new words to every catalog, drop those that are gone, and sort it."""
    django.setup()
    command = makemessages.Command()
    # How a module calls the lazy one that needs the other, too.
    command.xgettext_options = [*command.xgettext_options, "--keyword=_lazy"]
    languages = [path.parts[-3] for path in catalogs()]
    call_command(
        command,
        locale=languages,
        ignore_patterns=list(STAFF_ONLY),
        no_location=True,
        no_obsolete=True,
    )
    for path in catalogs():
        _tidy(path)


def _tidy(path: Path) -> None:
    """The same words give the same file: sorted, undated, and without what a tool has guessed."""
    entries = polib.pofile(str(path), wrapwidth=100)
    for name in ("POT-Creation-Date", "Report-Msgid-Bugs-To"):
        entries.metadata.pop(name, None)
    for entry in entries.fuzzy_entries():
        entry.flags.remove("fuzzy")
        entry.previous_msgid = entry.previous_msgctxt = None
        entry.msgstr = ""
    entries.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    entries.save()
