"""The plain front page."""

from django.urls import path

from clinic.places import views

app_name = "places"
urlpatterns = [path("", views.home, name="home")]
