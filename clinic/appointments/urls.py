"""Addresses of the appointment journey and of the schedulers' list."""

from django.urls import path

from clinic.appointments import phone, staff_views, views
from clinic.people.phone.views import intake_page

app_name = "appointments"
urlpatterns = [
    path("appointments/", views.start, name="start"),
    path("appointments/safety/", views.safety, name="safety"),
    path("appointments/for/", views.who, name="who"),
    path("appointments/about/", views.reason, name="reason"),
    path("appointments/time/", views.time, name="time"),
    path("appointments/send/", views.send, name="send"),
    path("staff/new/appointment/<uuid:key>/", intake_page(phone.KIND), name="new"),
    path("staff/requests/", staff_views.request_list, name="list"),
    path("staff/requests/<uuid:request_id>/", staff_views.detail, name="detail"),
    path("staff/requests/<uuid:request_id>/take/", staff_views.take, name="take"),
    path("staff/requests/<uuid:request_id>/log/", staff_views.log, name="log"),
    path("staff/requests/<uuid:request_id>/close/", staff_views.close, name="close"),
    path("staff/requests/<uuid:request_id>/take-over/", staff_views.take_over, name="take_over"),
    path("staff/requests/<uuid:request_id>/hand-over/", staff_views.hand_over, name="hand_over"),
]
