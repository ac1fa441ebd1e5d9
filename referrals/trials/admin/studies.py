"""Studies, their sites, cohorts and people. Statuses are read-only: actions call the verbs."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.design.admin import NamedRows
from clinic.people.models import User
from clinic.signing import epoch
from referrals.trials import publishing, status
from referrals.trials.codes import LocalStatus, Phase
from referrals.trials.models import Cohort, Duty, Site, Study, StudyIdentifier, StudySite

Row = TypeVar("Row", bound=Model)
CONFIRMED = ("local_status", "status_confirmed_at", "status_confirmed_by")


def colleague(request: HttpRequest) -> User:
    """The signed-in colleague."""
    assert isinstance(request.user, User)  # the admin is closed to anyone else
    return request.user


class PublicAdmin(admin.ModelAdmin[Row]):
    """Rows that pages and cards show: a change makes cached pages stale."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, then raise the public epoch in the same transaction."""
        super().save_related(request, form, formsets, change)
        epoch.bump()


class StatusAdmin(PublicAdmin[Row]):
    """Adds one action for each status."""

    actions: tuple[str, ...] = ("set_open", "set_paused", "set_full", "set_closed", "set_not_yet")

    def confirm(self, row: Row, *, to: LocalStatus, by: User) -> None:
        """Call the verb of this kind of row."""
        raise NotImplementedError

    def _set(self, request: HttpRequest, rows: QuerySet[Row], to: LocalStatus) -> None:
        for row in rows:
            try:
                self.confirm(row, to=to, by=colleague(request))
            except status.StatusMoved:
                text = gettext("%(row)s: somebody else changed the status. Look again.")
                self.message_user(request, text % {"row": row}, messages.ERROR)
            else:
                text = gettext("%(row)s: %(status)s, confirmed today.")
                self.message_user(request, text % {"row": row, "status": to.label})

    @admin.action(description=_("Confirm: open"), permissions=["change"])
    def set_open(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """People can be referred."""
        self._set(request, queryset, LocalStatus.OPEN)

    @admin.action(description=_("Confirm: paused"), permissions=["change"])
    def set_paused(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """Nobody new for some time."""
        self._set(request, queryset, LocalStatus.PAUSED)

    @admin.action(description=_("Confirm: full"), permissions=["change"])
    def set_full(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """No place left now."""
        self._set(request, queryset, LocalStatus.FULL)

    @admin.action(description=_("Confirm: closed"), permissions=["change"])
    def set_closed(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """Nobody new for good."""
        self._set(request, queryset, LocalStatus.CLOSED)

    @admin.action(description=_("Confirm: not open yet"), permissions=["change"])
    def set_not_yet(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """Opens later."""
        self._set(request, queryset, LocalStatus.NOT_YET)


class IdentifierInline(NamedRows[StudyIdentifier, Study]):
    """Numbers in other systems."""

    model = StudyIdentifier


class StudySiteInline(NamedRows[StudySite, Study]):
    """Where a study runs."""

    model = StudySite
    readonly_fields = ("status",)


class CohortInline(NamedRows[Cohort, Study]):
    """The groups a study looks for."""

    model = Cohort
    fields = ("order", "code", "label", "local_status")
    readonly_fields = ("local_status",)
    show_change_link = True


class DutyInline(NamedRows[Duty, Study]):
    """Who works on a study."""

    model = Duty
    fields = ("site", "user", "duty", "is_active")


class StudyForm(forms.ModelForm[Study]):
    """Ticks instead of typed lists for the two columns that hold codes."""

    phases = forms.MultipleChoiceField(
        label=_("Phases"),
        choices=Phase.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    consent_languages = forms.MultipleChoiceField(
        label=_("Languages of the consent form"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@admin.register(Study)
class StudyAdmin(StatusAdmin[Study]):
    """Studies as they run here."""

    form = StudyForm
    list_display = ("local_name", "nct_id", *CONFIRMED, "status_now")
    list_filter = ("local_status", "primary_purpose", "sites", "outside_institution")
    list_select_related = ("registry", "status_confirmed_by")
    search_fields = ("local_name", "title", "nct_id", "identifiers__value")
    readonly_fields = ("registry", *CONFIRMED)
    inlines = (IdentifierInline, StudySiteInline, CohortInline, DutyInline)

    def save_model(self, request: HttpRequest, obj: Study, form: Any, change: bool) -> None:
        """Save, pointing at the registry record of the number typed."""
        obj.meet_record()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("acted on as"))
    def status_now(self, study: Study) -> str:
        """The status that counts: ours, or the registry's where ours is old."""
        return str(study.effective_status(at=timezone.now()).label)

    def confirm(self, row: Study, *, to: LocalStatus, by: User) -> None:
        """Confirm a study."""
        status.confirm_status(row, status=to, by=by, at=timezone.now())


@admin.register(StudySite)
class StudySiteAdmin(StatusAdmin[StudySite]):
    """A study at one of its sites."""

    list_display = ("study", "site", "status")
    list_filter = ("status", "site")
    list_select_related = ("study", "site")
    readonly_fields = ("status",)

    def confirm(self, row: StudySite, *, to: LocalStatus, by: User) -> None:
        """Confirm a study at a site."""
        status.set_site_status(row, status=to, by=by, at=timezone.now())


@admin.register(Cohort)
class CohortAdmin(StatusAdmin[Cohort]):
    """Cohorts; their criteria are versions of their own."""

    list_display = ("label", "study", *CONFIRMED)
    list_filter = ("local_status", "study")
    list_select_related = ("study", "status_confirmed_by")
    search_fields = ("code", "label", "study__local_name", "study__nct_id")
    readonly_fields = CONFIRMED
    actions = (*StatusAdmin.actions, "draft_criteria")

    def confirm(self, row: Cohort, *, to: LocalStatus, by: User) -> None:
        """Confirm a cohort."""
        status.confirm_status(row, status=to, by=by, at=timezone.now())

    @admin.action(description=_("Draft new criteria"), permissions=["change"])
    def draft_criteria(self, request: HttpRequest, queryset: QuerySet[Cohort]) -> None:
        """Start a new version from the published one."""
        for cohort in queryset.select_related("study__registry"):
            draft = publishing.draft_criteria(cohort, by=colleague(request), at=timezone.now())
            self.message_user(request, gettext("%(draft)s drafted.") % {"draft": draft})


@admin.register(Site)
class SiteAdmin(PublicAdmin[Site]):
    """Sites and the names by which the registry knows them."""

    list_display = ("name", "city", "state", "location")
    list_select_related = ("location",)
    search_fields = ("name", "city")
