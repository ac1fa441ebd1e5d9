"""Addresses of the pattern book."""

from __future__ import annotations

from django.urls import path

from clinic.design.patterns import views

app_name = "patterns"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:pattern>/", views.one, name="pattern"),
    path("<slug:pattern>/<slug:state>/", views.state, name="state"),
]
