"""Addresses of the calls that colleagues owe, and of what they do for whom they call."""

from django.urls import path

from clinic.outbox import views

app_name = "calls"
urlpatterns = [
    path("staff/calls/", views.call_list, name="list"),
    path("staff/calls/<uuid:task_id>/done/", views.done, name="done"),
    path("staff/calls/<uuid:task_id>/letter/", views.letter, name="letter"),
    path("staff/people/<uuid:person_id>/no-texts/", views.stop, name="stop_texts"),
    path("staff/people/<uuid:person_id>/send-link/", views.send_link, name="send_link"),
    path("staff/requests/<uuid:about_id>/new-reference/", views.renew, name="renew"),
]
