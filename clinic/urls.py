"""The address book: rooms by name, wings by string, the language as the first path segment."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from clinic.doors import public
from clinic.health import healthz, queue

WING_URLS = {
    "education": ["education.urls"],
    "referrals": ["referrals.screening.urls", "referrals.desk.urls"],
}

handler400 = "clinic.design.views.bad_request"
handler403 = "clinic.design.views.permission_denied"
handler404 = "clinic.design.views.page_not_found"
handler500 = "clinic.design.views.server_error"

pages: list[URLPattern | URLResolver] = [
    *(path("", include(urls)) for wing in settings.WINGS for urls in WING_URLS[wing]),
    path("design/", include("clinic.design.patterns.urls")),
    path("", include("clinic.people.request_urls")),
    path("", include("clinic.appointments.urls")),
    path("", include("clinic.outbox.urls")),
    path("", include("clinic.outbox.watch.urls")),
    # Last: the plain front page of a centre that runs without the education wing.
    path("", include("clinic.places.urls")),
]
if settings.DEMO:
    pages.insert(0, path("", include("clinic.demo.urls")))

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/queue", queue, name="healthz_queue"),
    # One door for colleagues, with one count of tries.
    path(
        "admin/login/",
        public(RedirectView.as_view(pattern_name="staff:sign_in", query_string=True)),
        name="admin_login",
    ),
    path("admin/", admin.site.urls),
    path("", include("clinic.outbox.machine_urls")),
    path("", include("clinic.design.urls")),
    *i18n_patterns(
        path("staff/", include("clinic.people.staff_urls")), *pages, prefix_default_language=False
    ),
]
