"""A site with one address of which nobody said who may open it."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse(), name="open_to_whom")]
