"""The editors' desk: pages, their working copies and the facts they refer to.

Holds the stock admin with the wing's own verbs as actions. Refuses patients, and refuses to set a
status by hand: what is live is computed, and taking down is a verb.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.design.admin import NamedRows
from clinic.people.models import User
from education import publishing, standing
from education.models import Block, Edition, Indication, Page, Source

# An address typed without a scheme is meant as https; Django 5 would make it http.
Overrides = dict[type[models.Field[Any, Any]], dict[str, Any]]
HTTPS: Final[Overrides] = {models.URLField: {"assume_scheme": "https"}}


def _colleague(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin is closed to anyone else
    return request.user


class BlockInline(admin.StackedInline[Block, Edition]):
    """The blocks of one edition, in their order."""

    model = Block
    extra = 0
    fields = (("order", "kind"), "heading", "text", "indications")
    # Boxes to tick, not a search box: no choice is lost by a slip, and every name is read out.
    formfield_overrides: ClassVar[Overrides] = {
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}
    }


class SourceInline(NamedRows[Source, Edition]):
    """The numbered sources of one edition."""

    model = Source
    fields = ("number", "title", "publisher", "url", "published_on", "read_on")
    formfield_overrides = HTTPS


class EditionInline(NamedRows[Edition, Page]):
    """The languages of one page; each opens on a screen of its own."""

    model = Edition
    fields = ("language", "title", "summary")
    show_change_link = True


@admin.register(Page)
class PageAdmin(admin.ModelAdmin[Page]):
    """Addresses: made, ordered, taken down and put back; never deleted, so no link ever lies."""

    list_display = ("slug", "kind", "order", "is_sample", "taken_down_at", "taken_down_by")
    list_filter = ("kind", ("taken_down_at", admin.EmptyFieldListFilter))
    list_select_related = ("taken_down_by",)
    search_fields = ("slug", "editions__title")
    readonly_fields = ("taken_down_at", "taken_down_by")
    fields = ("slug", "kind", "order", "is_sample", "taken_down_at", "taken_down_by")
    inlines = (EditionInline,)
    actions = ("take_down", "put_back")

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        """Signed words outlive their page, so a page is taken down and kept."""
        return False

    @admin.action(description=_("Take down"), permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        """Take the chosen pages off the site at once."""
        for page in queryset:
            publishing.take_down(page=page, by=_colleague(request), at=timezone.now())

    @admin.action(description=_("Put back"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        """Let the chosen pages be read again in their approved words."""
        for page in queryset:
            publishing.put_back(page=page, by=_colleague(request), at=timezone.now())


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin[Edition]):
    """Working copies; readers see none of this before it is submitted and approved."""

    list_display = ("title", "page", "language", "standing")
    list_filter = ("language", "page__kind")
    list_select_related = ("page",)
    search_fields = ("title", "page__slug")
    readonly_fields = ("standing",)
    fields = ("page", "language", "title", "summary", "standing")
    inlines = (BlockInline, SourceInline)
    actions = ("submit",)

    @admin.display(description=_("where it stands"))
    def standing(self, edition: Edition) -> str:
        """In words: on the site, waiting, taken down, or never submitted."""
        if getattr(edition, "page", None) is None:  # the empty form of a new one
            return ""
        return standing.in_words(edition, at=timezone.now())

    @admin.action(description=_("Submit for approval"), permissions=["change"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        """Freeze the chosen working copies into versions that wait for their approvals."""
        for edition in queryset.select_related("page"):
            self._submit(request, edition)

    def _submit(self, request: HttpRequest, edition: Edition) -> None:
        words = {"title": edition.title}
        try:
            publishing.submit(
                page=edition.page,
                language=edition.language,
                by=_colleague(request),
                at=timezone.now(),
            )
        except publishing.NothingToSubmit:
            text = gettext("“%(title)s” has no block yet, so there is nothing to approve.")
            self.message_user(request, text % words, messages.ERROR)
        else:
            text = gettext("“%(title)s” waits for approval.")
            self.message_user(request, text % words, messages.SUCCESS)


@admin.register(Indication)
class IndicationAdmin(admin.ModelAdmin[Indication]):
    """Facts of approvals; a change puts a notice on every page that was signed with the old one."""

    list_display = ("code", "drug", "status", "starts_on", "ends_on", "verify_by")
    list_filter = ("status", "jurisdiction", "drug")
    search_fields = ("code", "drug", "setting", "nct_id")
    date_hierarchy = "verify_by"
    formfield_overrides = HTTPS
