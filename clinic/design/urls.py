"""Addresses of what the look itself serves; the same in every language."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from clinic.design import views


class ColourConverter(StringConverter):
    """Six digits of a color, without the sign before them."""

    regex = "[0-9a-f]{6}"


register_converter(ColourConverter, "colour")

app_name = "design"
urlpatterns = [
    path("colors/<colour:main>-<colour:accent>.css", views.colours, name="colours"),
]
