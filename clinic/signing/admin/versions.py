"""Versions in the admin: read words as they are, and propose new ones.

Refuses to change what was proposed, and to propose words whose owner has an editor of its own.
"""

from __future__ import annotations

import uuid
from typing import Any, Final, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.design.said_dates import said
from clinic.people.models import User
from clinic.signing import bodies, kinds, verbs
from clinic.signing.admin.added import OnlyAdded
from clinic.signing.advice import Advice, advice
from clinic.signing.forms import ProposalForm, in_lines
from clinic.signing.kinds import ApprovalKind
from clinic.signing.live import is_live
from clinic.signing.models import Approval, TextVersion
from clinic.signing.waiting import in_words, missing, newest_versions, waiting

NOTHING: Final = "-"
SHOWN: Final = ("words", "what_it_says", "look_again", "author", "created_at", "live_now")
GIVEN: Final = ("given", "still_needed")
SIGNED: Final = ("text", "body", "html", "sha256")


def _in_a_line(approval: Approval) -> str:
    words = {
        "kind": approval.get_kind_display(),
        "who": approval.approved_by,
        "credential": approval.credential,
        "board": " ".join(filter(None, (approval.board, approval.number))),
        "day": said(timezone.localtime(approval.approved_at), "DATE_FORMAT"),
    }
    given = gettext("%(kind)s: %(who)s, %(credential)s, %(board)s %(day)s") % words
    if approval.expires_at is None:
        return given
    end = said(timezone.localtime(approval.expires_at), "DATETIME_FORMAT")
    return gettext("%(given)s, until %(end)s") % {"given": given, "end": end}


def _to_look_at(one: Advice) -> str:
    words = {"wording": one.wording, "place": one.place, "why": one.why}
    return gettext("“%(wording)s” in %(place)s: %(why)s") % words


class WaitingFilter(admin.SimpleListFilter):
    """The words that somebody may sign now."""

    title = _("approval")
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waits", _("waits for an approval"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[TextVersion]
    ) -> QuerySet[TextVersion]:
        if self.value() == "waits":
            return queryset.filter(pk__in=[one.pk for one in waiting()])
        return queryset


@admin.register(TextVersion)
class TextVersionAdmin(OnlyAdded):
    """Versions: proposed here where their room has no editor of its own, and never changed."""

    list_display = ("words", "author", "created_at", "live_now")
    list_filter = (WaitingFilter, "text__kind", "text__language")
    list_select_related = ("text", "author")
    ordering = ("-created_at", "text", "-number")
    fieldsets = (
        (None, {"fields": SHOWN}),
        (_("Approvals"), {"fields": GIVEN}),
        (_("What is signed, to the letter"), {"fields": SIGNED}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: TextVersion | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("kind", "subject", "language", "body")}),)
        return self.fieldsets

    def get_readonly_fields(
        self, request: HttpRequest, obj: TextVersion | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else (*SHOWN, *GIVEN, *SIGNED)

    def get_form(
        self,
        request: HttpRequest,
        obj: TextVersion | None = None,
        change: bool = False,
        **more: Any,
    ) -> Any:
        if obj is None:
            more["form"] = ProposalForm
        return super().get_form(request, obj, change=change, **more)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The newest words of `?text=`, so that an editor changes them and does not start over."""
        try:
            key = uuid.UUID(request.GET.get("text", ""))
        except ValueError:
            return {}
        newest = newest_versions().filter(text=key).first()
        if newest is None:
            return {}
        text = newest.text
        values = {"kind": text.kind, "subject": text.subject, "language": text.language}
        return values | {"body": in_lines(newest.content)}

    def save_model(self, request: HttpRequest, obj: TextVersion, form: Any, change: bool) -> None:
        """Go through the verb: it numbers the version and records the event."""
        place = {name: form.cleaned_data[name] for name in ("kind", "subject", "language")}
        saved = verbs.draft(
            body=obj.content, by=cast("User", request.user), at=timezone.now(), **place
        )
        obj.pk = saved.pk
        obj.refresh_from_db()
        for one in advice(obj.content, obj.text.language):
            self.message_user(request, _to_look_at(one), messages.WARNING)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the next steps that this colleague may take with these words."""
        version = context.get("original")
        if version is not None:
            ours = version.text.kind in {kind.code for kind in kinds.proposable()}
            context["may_propose"] = ours and self.has_add_permission(request)
            signs = cast("User", request.user).has_perm("signing.add_approval")
            context["may_approve"] = signs and version in waiting()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("words"), ordering="text")
    def words(self, version: TextVersion) -> str:
        """Kind, title, language and number."""
        return in_words(version)

    @admin.display(description=_("what it says"))
    def what_it_says(self, version: TextVersion) -> str:
        """Every text of the body beside its place; HTML stays visible as text."""
        if not version.is_intact:
            return gettext("Somebody changed these words behind our back; they are never shown.")
        leaves = list(bodies.leaves(version.content))
        return render_to_string("admin/signing/words.html", {"leaves": leaves})

    @admin.display(description=_("look again at"))
    def look_again(self, version: TextVersion) -> str:
        """Wording that promises more than research can: advice, and never a lock."""
        found = advice(version.content, version.text.language) if version.is_intact else ()
        return format_html_join("", "{}<br>", ((_to_look_at(one),) for one in found)) or NOTHING

    @admin.display(description=_("given"))
    def given(self, version: TextVersion) -> str:
        """Who said yes, as what, when and until when."""
        rows = version.approvals.select_related("approved_by")
        return format_html_join("", "{}<br>", ((_in_a_line(one),) for one in rows)) or NOTHING

    @admin.display(description=_("still needed"))
    def still_needed(self, version: TextVersion) -> str:
        """The approvals that nobody has given to these words."""
        return (
            ", ".join(str(ApprovalKind(one).label) for one in sorted(missing(version))) or NOTHING
        )

    @admin.display(description=_("live now"), boolean=True)
    def live_now(self, version: TextVersion) -> bool:
        """Whether readers may be shown this version at this moment."""
        return is_live(version, at=timezone.now())
