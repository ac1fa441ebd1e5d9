"""Addresses of the desk: the page that sends, and the coordinators' list."""

from django.urls import path

from clinic.people.phone.views import intake_page
from referrals.desk import phone, staff_views, views

app_name = "desk"
urlpatterns = [
    path("find/send/", views.contact, name="contact"),
    path("staff/new/studies/<uuid:key>/", intake_page(phone.KIND), name="new"),
    path("staff/referrals/", staff_views.referral_list, name="list"),
    path("staff/referrals/<uuid:referral_id>/", staff_views.detail, name="detail"),
    path("staff/referrals/<uuid:referral_id>/accept/", staff_views.accept, name="accept"),
    path("staff/referrals/<uuid:referral_id>/hold/", staff_views.hold, name="hold"),
    path("staff/referrals/<uuid:referral_id>/resume/", staff_views.resume, name="resume"),
    path("staff/referrals/<uuid:referral_id>/log/", staff_views.log, name="log"),
    path("staff/referrals/<uuid:referral_id>/close/", staff_views.close, name="close"),
    path("staff/referrals/<uuid:referral_id>/take-over/", staff_views.take_over, name="take_over"),
    path("staff/referrals/<uuid:referral_id>/hand-over/", staff_views.hand_over, name="hand_over"),
]
