"""Addresses of the queue."""

from django.urls import path

from clinic.outbox.watch import views

app_name = "queue"
urlpatterns = [
    path("staff/queue/", views.queue, name="list"),
    path("staff/queue/<uuid:effect_id>/retry/", views.retry, name="retry"),
    path("staff/queue/<uuid:effect_id>/resolve/", views.resolve, name="resolve"),
]
