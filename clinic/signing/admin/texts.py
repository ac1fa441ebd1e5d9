"""Texts in the admin: take them down at once, show them again.

Refuses texts whose owner takes them down on a screen of its own: two ways down would need two ways
up, and the second is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clinic.people.models import User
from clinic.people.readonly_admin import ReadOnlyAdmin
from clinic.signing import kinds, verbs
from clinic.signing.models import Text
from clinic.signing.waiting import kind_label, newest_versions, text_in_words


@admin.register(Text)
class TextAdmin(ReadOnlyAdmin):
    """Texts can be taken down at once by whoever may see them; no signature is needed."""

    list_display = ("words", "subject", "taken_down_at")
    list_filter = ("kind", "language")
    actions = ("take_down", "put_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        newest = Prefetch("versions", newest_versions(), to_attr="newest")
        return super().get_queryset(request).prefetch_related(newest)

    @admin.display(description=_("words"), ordering="kind")
    def words(self, text: Text) -> str:
        """Kind, title of the newest words and language."""
        newest = getattr(text, "newest", [])
        return text_in_words(text, newest[0] if newest else None)

    @admin.action(description=_("Take down now"))
    def take_down(self, request: HttpRequest, queryset: QuerySet[Text]) -> None:
        """Stop showing the chosen texts."""
        done = self._each(request, queryset, verbs.take_down)
        if done:
            words = ngettext("%(done)s text is taken down.", "%(done)s texts are taken down.", done)
            self.message_user(request, words % {"done": done}, messages.SUCCESS)

    @admin.action(description=_("Show again"))
    def put_back(self, request: HttpRequest, queryset: QuerySet[Text]) -> None:
        """Show the chosen texts again, as far as their approvals carry them."""
        done = self._each(request, queryset, verbs.put_back)
        if done:
            words = ngettext(
                "%(done)s text is shown again.", "%(done)s texts are shown again.", done
            )
            self.message_user(request, words % {"done": done}, messages.SUCCESS)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Text], verb: Callable[..., None]
    ) -> int:
        """Do it to each text that is this room's to take down; say which kinds are not."""
        ours = [one for one in queryset if not kinds.is_taken_down_by_owner(one.kind)]
        for text in ours:
            verb(text, by=cast("User", request.user), at=timezone.now())
        for code in sorted({one.kind for one in queryset} - {one.kind for one in ours}):
            words = gettext("“%(kind)s” is taken down and put back on its own screen; left alone.")
            self.message_user(request, words % {"kind": kind_label(code)}, messages.WARNING)
        return len(ours)
