"""The form on which a colleague corrects how somebody is reached, as she says it on the phone."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from clinic.encryption import blind_index
from clinic.people.forms import ChannelsForm
from clinic.people.intake import CONTACT_FIELDS
from clinic.people.models import Person
from clinic.people.phone.words import HINTS, LABELS, NO_CHANNEL

PURPOSE: Final = "contact as shown"
MEANWHILE: Final = _(
    "This was changed while you had the page open. Compare with what we have now, then save again."
)


class CorrectForm(ChannelsForm):
    """The same fields and rules as on her own page, in words for colleagues.

    It sends back which state it was filled from: what she, or another colleague, corrected
    meanwhile must not be overwritten by the old lines that stand here still.
    """

    no_channel = NO_CHANNEL

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, initial=self._stored(), **kwargs)
        for name in CONTACT_FIELDS:
            self.fields[name].label = LABELS[name]
        self.fields["contact_note"].help_text = HINTS["contact_note"]
        self.is_overtaken = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # A double click comes second, too; it changes nothing.
        is_new = any(cleaned.get(name) != stored for name, stored in self._stored().items())
        if is_new and self.data.get("shown") != self.shown:
            self.is_overtaken = True
            self.add_error(None, MEANWHILE)
        return cleaned

    @property
    def shown(self) -> str:
        """A digest of the lines as they are stored now."""
        lines = "\n".join(str(one) for one in self._stored().values())
        return blind_index(lines, purpose=PURPOSE)[:16]

    def _stored(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in CONTACT_FIELDS}
