"""The page that shows a newcomer what to try."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.demo import leaving
from clinic.doors import public


@require_safe
@public
def try_this(request: HttpRequest) -> HttpResponse:
    """What to try in which role, as far as its pages run; the address exists in a demo only."""
    context = {
        "accounts_file": settings.ACCOUNTS_FILE,
        "mail_folder": settings.EMAIL_FILE_PATH,
        "nothing_leaves": leaving.nothing_leaves(),
    }
    return render(request, "demo/try_this.html", context)
