"""The address book as a demo has it; `clinic.urls` leaves the demo's page out elsewhere."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from clinic import urls

handler404 = urls.handler404
urlpatterns = [
    *i18n_patterns(path("", include("clinic.demo.urls")), prefix_default_language=False),
    *urls.urlpatterns,
]
