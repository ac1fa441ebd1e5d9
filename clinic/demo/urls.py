"""The demo's one address."""

from __future__ import annotations

from django.urls import path

from clinic.demo import views

app_name = "demo"
urlpatterns = [path("try-this/", views.try_this, name="try_this")]
