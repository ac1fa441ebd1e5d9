"""Addresses under /find/; none of them says anything about the person."""

from __future__ import annotations

from django.urls import path

from referrals.screening import views
from referrals.screening.questions import QUESTIONS

app_name = "screening"
urlpatterns = [
    path("find/", views.start, name="start"),
    path("find/safety/", views.safety, name="safety"),
    path("find/who/", views.who, name="who"),
    *(
        path(f"find/{one.slug}/", views.question, {"slug": one.slug}, name=one.slug)
        for one in QUESTIONS
    ),
    path("find/under-18/", views.young, name="young"),
    path("find/again/", views.again, name="again"),
    path("find/results/", views.results, name="results"),
]
