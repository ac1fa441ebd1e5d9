"""Addresses for the carriers of mail and text messages; without a language, nobody reads them."""

from django.urls import path

from clinic.outbox import machine_views as views

app_name = "machines"
urlpatterns = [
    path("mail/events/", views.mail_events, name="mail_events"),
    path("sms/inbound/", views.sms_inbound_text, name="sms_inbound"),
    path("sms/report/<uuid:effect_id>/", views.sms_report, name="sms_report"),
]
