"""Criteria sets: lines are written in a draft; review, publication and retirement are actions."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.design.admin import NamedRows
from clinic.lifecycle import Conflict, MoveRefused
from clinic.people.models import User
from clinic.signing.verbs import SameHands
from referrals.trials import publishing
from referrals.trials.admin.studies import colleague
from referrals.trials.models import CriteriaSet, Criterion


class Verb(Protocol):
    """A verb that moves one set."""

    def __call__(self, criteria_set: CriteriaSet, *, by: User, at: Any) -> None: ...


class CriterionInline(NamedRows[Criterion, CriteriaSet]):
    """The lines of one set, open while it is a draft."""

    model = Criterion

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In a draft only."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In a draft only."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In a draft only."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer only lines of the same set as the line above."""
        match = request.resolver_match
        if db_field.name == "parent" and match is not None:
            own = Criterion.objects.filter(criteria_set_id=match.kwargs.get("object_id"))
            kwargs["queryset"] = own
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _is_draft(criteria_set: CriteriaSet | None) -> bool:
    return criteria_set is not None and criteria_set.is_draft


@admin.register(CriteriaSet)
class CriteriaSetAdmin(admin.ModelAdmin[CriteriaSet]):
    """Versions of criteria; drafts are made from a cohort."""

    list_display = ("cohort", "version", "state", "author", "reviewer", "published_at")
    list_filter = ("state", "cohort__study")
    list_select_related = ("cohort__study", "author", "reviewer")
    fields = readonly_fields = (
        "cohort",
        "version",
        "state",
        "source_sha256",
        "author",
        "reviewer",
        "published_at",
    )
    inlines = (CriterionInline,)
    actions = ("send_to_review", "send_back", "publish", "retire")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: a draft is made from its cohort, with the lines in force."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """A single draft only; what was reviewed or shown stays."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """Lines of a draft; the actions on the list ask without a set."""
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: CriteriaSet, form: Any, change: bool) -> None:
        """Save nothing of the set itself: all its fields are moved by verbs."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever writes in a draft is remembered: she cannot publish it herself."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            publishing.note_edit(form.instance, by=colleague(request), at=timezone.now())

    @admin.action(description=_("Send to review"), permissions=["change"])
    def send_to_review(self, request: HttpRequest, queryset: QuerySet[CriteriaSet]) -> None:
        """Freeze the lines for a second pair of eyes."""
        self._move(request, queryset, publishing.send_to_review)

    @admin.action(description=_("Send back to draft"), permissions=["change"])
    def send_back(self, request: HttpRequest, queryset: QuerySet[CriteriaSet]) -> None:
        """Open the lines again."""
        self._move(request, queryset, publishing.send_back)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[CriteriaSet]) -> None:
        """Match people against it from now on."""
        self._move(request, queryset, publishing.publish)

    @admin.action(description=_("Retire"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[CriteriaSet]) -> None:
        """Match nobody against it any more."""
        self._move(request, queryset, publishing.retire)

    def _move(self, request: HttpRequest, rows: QuerySet[CriteriaSet], verb: Verb) -> None:
        for row in rows.select_related("cohort__study"):
            level, text = messages.SUCCESS, gettext("Done.")
            try:
                verb(row, by=colleague(request), at=timezone.now())
            except (Conflict, MoveRefused, SameHands, publishing.UnsoundCriteria) as refusal:
                level, text = messages.ERROR, _in_words(refusal)
            self.message_user(request, f"{row}: {text}", level)


def _in_words(refusal: Exception) -> str:
    if isinstance(refusal, SameHands):
        return gettext("Somebody who did not write it must publish it.")
    if isinstance(refusal, publishing.UnsoundCriteria):
        return "; ".join(refusal.problems)
    if isinstance(refusal, Conflict):
        return gettext("Somebody else moved it. Look again.")
    return gettext("It cannot go there from where it is.")
