"""Addresses for colleagues."""

from django.urls import path

from clinic.doors import public
from clinic.people import draft_views, her_word_views
from clinic.people import staff_views as views
from clinic.people.colleagues import absence_views, account_views, hand_over_views
from clinic.people.colleagues import views as colleague_views
from clinic.people.find import views as find_views
from clinic.people.phone import views as phone_views
from clinic.people.resuming import SignIn, SignOut

app_name = "staff"
urlpatterns = [
    path("", views.index, name="index"),
    path("keys/", views.keys, name="keys"),
    path("sign-in/", public(SignIn.as_view()), name="sign_in"),
    path("find/", find_views.find, name="find"),
    path("find/message/", find_views.message, name="pass_message"),
    path("sign-out/", public(SignOut.as_view()), name="sign_out"),
    path("welcome/<str:account>/<str:token>/", account_views.welcome, name="welcome"),
    path("forgot/", account_views.forgot, name="forgot"),
    path("forgot/sent/", account_views.forgot_sent, name="forgot_sent"),
    path("password/", account_views.password, name="password"),
    path("away/", absence_views.away, name="away"),
    path("away/<int:absence_id>/end/", absence_views.end, name="away_end"),
    path("hand-over/", hand_over_views.choose, name="hand_over"),
    path("hand-over/<uuid:user_id>/", hand_over_views.one, name="hand_over_one"),
    path("invite/<uuid:user_id>/", colleague_views.invite, name="invite"),
    path("come-back/<uuid:user_id>/", colleague_views.come_back, name="come_back"),
    path("leaving/<uuid:user_id>/", hand_over_views.leave, name="leaving"),
    path("new/", phone_views.new, name="new"),
    path("new/saved/<uuid:reference_id>/", phone_views.saved, name="new_saved"),
    path("people/<uuid:person_id>/contact/", her_word_views.correct, name="correct"),
    path(
        "people/<uuid:person_id>/changed-mind/",
        her_word_views.change_mind,
        name="change_mind",
    ),
    path("draft/", draft_views.keep, name="draft_keep"),
    path("draft/away/", draft_views.throw_away, name="draft_throw_away"),
]
