"""Addresses of her request: neutral words, nothing about her in any path."""

from django.urls import path

from clinic.people import again_views
from clinic.people import request_views as views

app_name = "requests"
urlpatterns = [
    path("your-request/", views.open_by_reference, name="open"),
    path("your-request/again/", again_views.again, name="again"),
    path("your-request/again/sent/", again_views.sent, name="again_sent"),
    path("your-request/page/", views.detail, name="detail"),
    path("your-request/contact/", views.contact, name="contact"),
    path("your-request/changed-my-mind/", views.change_mind, name="change_mind"),
    path("your-request/new-link/", views.new_link, name="new_link"),
    path("your-request/close/", views.close, name="close"),
    path("your-request/closed/", views.closed, name="closed"),
    path("r/<str:token>/", views.open_by_link, name="link"),
]
