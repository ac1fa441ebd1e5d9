"""Approvals in the admin: say yes to words that wait. Refuses to change a yes or take it back."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.people.models import User
from clinic.signing import verbs
from clinic.signing.admin.added import OnlyAdded
from clinic.signing.forms import ApprovalForm
from clinic.signing.models import Approval
from clinic.signing.waiting import in_words


@admin.register(Approval)
class ApprovalAdmin(OnlyAdded):
    """Approvals are given and never changed or taken back; a text can be taken down instead."""

    fields = (
        *("words", "kind", "approved_by", "credential", "board", "number"),
        *("approved_at", "expires_at"),
    )
    readonly_fields = ("words", "approved_by", "approved_at")
    list_display = ("words", "kind", "approved_by", "approved_at", "expires_at")
    list_filter = ("kind", "version__text__kind")
    list_select_related = ("version__text", "approved_by")

    @admin.display(description=_("words"), ordering="version")
    def words(self, approval: Approval) -> str:
        """What was signed: kind, title, language and number."""
        return in_words(approval.version)

    def get_fields(self, request: HttpRequest, obj: Approval | None = None) -> Any:
        return self.fields if obj else ApprovalForm.Meta.fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, knowing who is signing and when."""
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, form=ApprovalForm, **kwargs)
        signing: Any = type("SigningForm", (form,), {"reader": request.user, "at": timezone.now()})
        # The admin writes these names beside the two boxes; who hears the page needs them on them.
        boxes = signing.base_fields["expires_at"].widget.widgets
        for box, name in zip(boxes, (_("Date"), _("Time")), strict=True):
            box.attrs["aria-label"] = name
        return signing

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Two reviewers may sign the same words at once; the second is told, and nothing breaks."""
        try:
            return super().add_view(request, form_url, extra_context)
        except (verbs.AlreadyApproved, IntegrityError):
            words = _("A colleague has just given this approval.")
            self.message_user(request, words, messages.WARNING)
            return redirect("admin:signing_approval_changelist")

    def save_model(self, request: HttpRequest, obj: Approval, form: Any, change: bool) -> None:
        """Go through the verb: it binds the hash, records the event and raises the epoch."""
        saved = verbs.approve(
            obj.version,
            kind=obj.kind,
            by=cast("User", request.user),
            credential=obj.credential,
            at=timezone.now(),
            board=obj.board,
            number=obj.number,
            expires_at=obj.expires_at,
        )
        obj.pk = saved.pk
        obj.refresh_from_db()  # the admin goes on to log and name the row
