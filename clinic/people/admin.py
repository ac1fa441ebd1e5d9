"""Colleagues in the admin: accounts and roles. Patients are never listed here.

Refuses to end an account: that is done where what she holds is handed over (`leaving`).
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.conf.locale import LANG_INFO
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import Actor, record
from clinic.design.admin import NamedRows
from clinic.people import roles
from clinic.people.colleagues import addresses, invitations
from clinic.people.colleagues.role_formset import RoleFormSet
from clinic.people.colleagues.views import say_invited
from clinic.people.models import RoleHeld, User
from clinic.people.models.person import SPOKEN_LANGUAGES

# Roles are code here; a group of Django's would be a second way that nobody reviews.
admin.site.unregister(Group)

# ISO 639-1 as Django knows it, and American Sign Language from ISO 639-3.
LANGUAGE_CODES = frozenset(LANG_INFO) | {code for code, _name in SPOKEN_LANGUAGES}


class UserForm(forms.ModelForm[User]):
    """An account; nobody but its owner, who is invited by mail, chooses its password."""

    languages = forms.CharField(
        label=_("languages spoken"),
        help_text=_("Codes with commas between them, such as: en, es."),
    )

    class Meta:
        model = User
        fields = (
            "email",
            "full_name",
            "job_title",
            "extension",
            "languages",
            "capacity",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["languages"] = ", ".join(self.instance.languages or ["en"])

    def clean_languages(self) -> list[str]:
        """A list of codes; a typing mistake must not make a speaker of nothing."""
        codes: list[str] = self.cleaned_data["languages"].lower().replace(",", " ").split()
        if unknown := [code for code in codes if code not in LANGUAGE_CODES]:
            raise forms.ValidationError(
                _("These are no codes of languages: %(codes)s."),
                params={"codes": ", ".join(unknown)},
            )
        return codes

    def clean_email(self) -> str:
        """Addresses are compared in lower case."""
        email: str = self.cleaned_data["email"].lower()
        if max(len(email), len(self.initial.get("email", ""))) > addresses.LONGEST:
            raise forms.ValidationError(_("This address is too long. Use a shorter one."))
        return email


class RoleInline(NamedRows[RoleHeld, User]):
    """Roles of a colleague."""

    model = RoleHeld
    formset = RoleFormSet
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_add_permission(request, obj) and obj != request.user

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Four eyes: nobody gives herself a role, and with it somebody's patients.
        return super().has_change_permission(request, obj) and obj != request.user

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user


def _move(request: HttpRequest, user: User) -> None:
    me, now = cast("User", request.user), timezone.now()
    if addresses.move(user, to=user.email, by=me, at=now) and user.is_active:
        say_invited(request)


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Colleagues; one who leaves is made inactive, because what she did stays hers."""

    form = UserForm
    inlines = (RoleInline,)
    # Ended and opened by verbs only, so that a form left open since cannot open it again.
    readonly_fields = ("is_active",)
    list_display = ("full_name", "email", "is_active")
    list_filter = ("is_active", "roles_held__role")
    search_fields = ("full_name", "email")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # A filter in the address could otherwise ask a password hash letter by letter.
        return not lookup.startswith("password") and super().lookup_allowed(
            lookup, value, cast("HttpRequest", request)
        )

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[Any], change: bool
    ) -> None:
        """Save roles, write down who gave whom which, and invite who is new."""
        user: User = form.instance
        before = user.roles
        super().save_related(request, form, formsets, change)
        del user.roles
        me, now = cast("User", request.user), timezone.now()
        if before != user.roles or not change:
            record(
                "change_account",
                about=user,
                by=Actor.staff(me),
                at=now,
                roles=sorted(user.roles),
                before=sorted(before),
            )
        if not change:
            invitations.invite(user, key=uuid.uuid4(), by=me, at=now)
            say_invited(request)

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        if not change:
            obj.set_unusable_password()
            super().save_model(request, obj, form, change)
            return
        # Only what was typed: she may have left, or chosen a password, since the form was opened.
        obj.save(update_fields=sorted(set(form.changed_data) - {"email"}))
        if "email" in form.changed_data:
            _move(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Give the button that invites a key: pressed twice it is one mail."""
        context["invitation_key"] = uuid.uuid4()
        user = cast("User | None", context.get("original"))
        context["came_back_at"] = invitations.came_back_at(user) if user else None
        context["may_end"] = cast("User", request.user).has_role(roles.ADMINISTRATOR)
        return super().render_change_form(request, context, *args, **kwargs)
