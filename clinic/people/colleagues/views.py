"""What administrators do with a colleague's account from its page in the admin."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.people import roles
from clinic.people.colleagues import invitations, leaving
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import User
from clinic.people.staff_views import colleague, staff_page


def say_invited(request: HttpRequest) -> None:
    """Say that the mail is owed; or that it waits, where nobody has approved its words."""
    if invitations.has_words(invitations.INVITE, at=timezone.now()):
        messages.success(request, _("An invitation is on its way by mail."))
    else:
        text = _("The invitation waits: its words (%(words)s) need an approval.")
        words = invitations.SUBJECTS[invitations.INVITE]
        messages.warning(request, text % {"words": words})


@require_POST
@staff_page(roles.ADMINISTRATOR)
def invite(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Mail a colleague a link with which she chooses a password."""
    user = get_object_or_404(User.objects.get_queryset(), pk=user_id)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
        invitations.invite(user, key=key, by=colleague(request), at=timezone.now())
        say_invited(request)
    except (ValueError, HasLeft):
        messages.warning(request, _("No invitation was sent. Look how the account stands now."))
    return redirect("admin:people_user_change", user.pk)


@require_POST
@staff_page(roles.ADMINISTRATOR)
def come_back(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Open an account that had ended, and invite its owner."""
    user = get_object_or_404(User.objects.get_queryset(), pk=user_id)
    leaving.come_back(user, by=colleague(request), at=timezone.now())
    messages.success(request, _("The account is open again."))
    say_invited(request)
    return redirect("admin:people_user_change", user.pk)
