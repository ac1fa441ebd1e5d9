"""The addresses of the education wing; refuses anything about a person in a path."""

from __future__ import annotations

from django.urls import path

from education import views

app_name = "education"

urlpatterns = [
    path("", views.home, name="home"),
    path("learn/<slug:slug>/", views.page, name="page"),
]
