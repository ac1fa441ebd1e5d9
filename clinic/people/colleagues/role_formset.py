"""Roles of one colleague in the admin: none is taken away that others, or her rows, still need."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from clinic.design.admin import NamedFormSet
from clinic.people import roles
from clinic.people.colleagues import accounts, hand_over, leaving
from clinic.people.models import RoleHeld


class RoleFormSet(NamedFormSet):
    """Refuses to leave the centre without a lead, or rows with somebody who cannot open them."""

    def clean(self) -> None:
        super().clean()
        lost = self._lost()
        if not lost or not self.instance.is_active:
            return
        # Inside the admin's transaction: two administrators must not each take one of the last two.
        accounts.keep_all()
        try:
            leaving.refuse_last(self.instance, losing=lost)
        except leaving.LastOne as last:
            text = _("Nobody else is “%(role)s”. Give another colleague this role first.")
            raise forms.ValidationError(text % {"role": roles.Role(str(last)).label}) from None
        if not lost.isdisjoint(roles.CALLERS) and hand_over.has_work(self.instance):
            raise forms.ValidationError(self._still_open())

    def _lost(self) -> frozenset[str]:
        rows = RoleHeld.objects.filter(user_id=self.instance.pk)
        kept = {
            form.cleaned_data.get("role")
            for form in self.forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        }
        return frozenset(rows.values_list("role", flat=True)) - kept

    def _still_open(self) -> str:
        words = _("Requests or calls are still in these hands.")
        link = reverse("staff:hand_over_one", args=[self.instance.pk])
        return format_html('{} <a href="{}">{}</a>', words, link, _("Hand them over first."))
