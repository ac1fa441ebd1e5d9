"""Addresses for colleagues."""

from django.contrib.auth import views as auth_views
from django.urls import path

from clinic.people import staff_views as views
from clinic.people.sign_in import SignInForm

app_name = "staff"
urlpatterns = [
    path("", views.index, name="index"),
    path(
        "sign-in/",
        auth_views.LoginView.as_view(
            template_name="staff/sign_in.html", authentication_form=SignInForm
        ),
        name="sign_in",
    ),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign_out"),
]
