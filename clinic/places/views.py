"""The plain front page of a centre whose articles live elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.doors import public
from clinic.places.models import Location


@require_http_methods(["GET", "HEAD"])
@public
def home(request: HttpRequest) -> HttpResponse:
    """Name, numbers, buildings, and whatever the wings offer."""
    return render(request, "places/home.html", {"locations": Location.objects.all()})
