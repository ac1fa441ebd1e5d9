"""Addresses of the calls that colleagues owe."""

from django.urls import path

from clinic.outbox import views

app_name = "calls"
urlpatterns = [
    path("staff/calls/", views.call_list, name="list"),
    path("staff/calls/<uuid:task_id>/done/", views.done, name="done"),
]
