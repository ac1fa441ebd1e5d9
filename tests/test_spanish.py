"""A patient who reads Spanish meets no English word that is not marked as English."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from clinic.appointments.models import AppointmentRequest
from clinic.design import views
from clinic.people.models import Reference
from clinic.signing.kinds import TRANSLATION
from clinic.signing.models import Approval, Text
from education.models import Page
from referrals.desk.models import Referral
from referrals.trials.cards import CARD
from referrals.trials.models import Study
from tests.browsing import ROOM, House, answer
from tests.builders import pay
from tests.journeys import (
    ANSWERS,
    APPOINTMENT,
    HELPER,
    TYPED,
    filled,
    hidden,
    open_request,
    walk,
)
from tests.reading import Reading, assert_spanish, pieces

WRONG = b'role="alert"'
URGENT = "Quiero quitarme la vida"
STUDY = "the fatigue study"
NOTHING = {"csrfmiddlewaretoken": ""}


@pytest.fixture
def house(settings, tmp_path, db):
    """The sample centre, with pages, studies and questions."""
    settings.ACCOUNTS_FILE = tmp_path / "accounts.txt"
    for load in ROOM:
        load(timezone.now())


@pytest.fixture
def spanish(house):
    """A browser that reads what it is shown: every page must speak its language."""
    with translation.override("es"):
        yield Reading()


def asked_for_appointment(client, **changes):
    """From the safety check to the receipt."""
    walk(client, APPOINTMENT, room="appointments")
    url = reverse("appointments:send")
    response = client.post(url, filled(client, url, **{"language": "es", **changes}))
    assert response.status_code == 302, response.content.decode()
    return client.get(response.url)


def test_what_anybody_may_read(spanish):
    for name in ("education:home", "screening:start", "screening:young", "requests:open"):
        spanish.get(reverse(name))
    for page in Page.objects.standing():
        spanish.get(reverse("education:page", args=[page.slug]))
    spanish.get(reverse("requests:again"))
    spanish.get(reverse("requests:again_sent"))
    spanish.get("/es/no-such-page/")
    assert len(spanish.seen) >= 10
    assert_spanish(spanish)


def test_the_appointment_questions_and_their_mistakes(spanish):
    for name in ("safety", "who", "reason", "time"):
        url = reverse(f"appointments:{name}")
        spanish.get(url)
        assert WRONG in spanish.post(url, NOTHING).content
        spanish.post(url, APPOINTMENT[name])
    spanish.post(reverse("appointments:safety"), {"very_ill": "yes"})
    assert_spanish(spanish)


@pytest.mark.parametrize("who", ["me", "someone"])
def test_the_page_that_sends_and_its_mistakes(spanish, who):
    walk(spanish, APPOINTMENT | {"who": {"who": who}}, room="appointments")
    url = reverse("appointments:send")
    good = filled(spanish, url) | (HELPER if who == "someone" else {})
    nothing = hidden(spanish.get(url))
    wrong = good | {"phone": "12", "email": "x", "birth_date_month": "13", "birth_date_year": "19"}
    late = good | {"birth_date_year": "2999", "note": "x" * 5000}
    old = good | {"birth_date_year": "1801", "birth_date_day": "31", "given_name": ""}
    for values in (nothing, wrong, late, old, good | {"note": URGENT, "agree_contact": ""}):
        assert WRONG in spanish.post(url, values).content
    spanish.post(url, good | {"birth_date_year": str(timezone.now().year - 12)})
    assert_spanish(spanish)


def test_the_study_questions_and_what_may_fit(spanish):
    for name, values in {
        "safety": {"very_ill": "no"},
        "who": {"who": "someone"},
        **ANSWERS,
    }.items():
        url = reverse(f"screening:{name}")
        spanish.get(url)
        assert WRONG in spanish.post(url, NOTHING).content
        spanish.post(url, values)
    spanish.post(reverse("screening:birth"), {"answer_month": "13", "answer_year": "19"})
    results = reverse("screening:results")
    spanish.get(results)
    spanish.post(results, {"ask": "chosen"})
    spanish.get(spanish.post(results, {"ask": "anyone"}).url)
    assert_spanish(spanish)


def test_her_request_from_receipt_to_the_end(spanish):
    receipt = asked_for_appointment(spanish)
    pay(timezone.now())
    spanish.get(receipt.request["PATH_INFO"])
    for name in ("contact", "change_mind", "new_link"):
        spanish.get(reverse(f"requests:{name}"))
    spanish.post(reverse("requests:contact"), {"phone": "12"})
    reference = Reference.rows.get()
    other = Reading()
    open_request(other, "ABCD-2345")
    open_request(other, reference.spoken)
    other.get(reverse("requests:detail"))
    other.post(reverse("requests:change_mind"), follow=True)
    other.post(reverse("requests:close"), follow=True)
    other.get(reverse("requests:link", args=["not-a-link"]))
    assert len(other.seen) >= 4
    assert_spanish(spanish, other)


def test_a_request_that_is_late_or_urgent(spanish):
    asked_for_appointment(spanish, note=URGENT)
    pay(timezone.now())
    shown = spanish.get(reverse("requests:detail"))
    assert "988" in shown.content.decode()
    AppointmentRequest.rows.update(due_at=timezone.now() - timedelta(days=2))
    assert "Vamos con retraso" in spanish.get(reverse("requests:detail")).content.decode()
    assert_spanish(spanish)


def asked_about(client, *studies):
    """From the first question to the page that sends."""
    walk(client, {"safety": {"very_ill": "no"}, "who": {"who": "me"}, **ANSWERS}, room="screening")
    chosen = {"ask": "chosen", "studies": studies} if studies else {"ask": "anyone"}
    return client.post(reverse("screening:results"), chosen).url


@pytest.mark.parametrize("signed", [True, False], ids=["spanish-card", "english-card"])
def test_a_request_about_a_study(spanish, signed):
    if not signed:
        Approval.objects.filter(version__text__kind=CARD, kind=TRANSLATION).delete()
    fits = Study.objects.get(local_name=STUDY)
    url = asked_about(spanish, fits.pk)
    response = spanish.post(url, filled(spanish, url, agree_share="on"))
    assert response.status_code == 302
    pay(timezone.now())
    shown = spanish.get(response.url)
    assert {one.study for one in Referral.rows.all()} == {fits}
    assert "research nurse" not in shown.content.decode()
    assert_spanish(spanish)


def test_plain_facts_where_no_card_is_approved(spanish):
    Text.objects.filter(kind=CARD).update(taken_down_at=timezone.now())
    asked_about(spanish)
    shown = spanish.get(reverse("screening:results")).content.decode()
    assert "Número en el registro público" in shown
    assert_spanish(spanish)


def test_pages_for_a_bad_day(spanish, settings):
    ask = RequestFactory().get("/es/")
    for view in (views.unavailable, views.server_error):
        spanish.read(view.__name__, view(ask).content.decode())
    settings.PUBLIC_FORMS_OPEN = False
    assert spanish.get(reverse("appointments:safety")).status_code == 503
    strict = Reading(enforce_csrf_checks=True)
    assert strict.post(reverse("appointments:safety"), {"very_ill": "no"}).status_code == 403
    assert_spanish(spanish, strict)


def test_dates_stand_in_spanish_order(spanish):
    asked_for_appointment(spanish)
    pay(timezone.now())
    due = timezone.localtime(AppointmentRequest.rows.get().next_at)
    shown = spanish.get(reverse("requests:detail")).content.decode()
    assert f" {due.day} de " in " ".join(one.text for one in pieces(shown))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_phone_in_spanish_from_the_front_page_to_the_receipt(
    live_server, settings, tmp_path, open_phone
):
    house = House.opened(url=live_server.url, folder=tmp_path, settings=settings)
    page, reader = open_phone(language="es-US"), Reading()

    def read():
        reader.read(page.url, page.content())

    page.goto(f"{house.url}/es/")
    read()
    page.locator('main a[href="/es/appointments/"]').first.click()
    for values in APPOINTMENT.values():
        read()
        answer(page, values, "Continuar")
    read()
    answer(page, {"given_name": "Maria"}, "Enviar mi solicitud")
    read()
    answer(page, TYPED | {"language": "es"}, "Enviar mi solicitud")
    page.wait_for_url("**/your-request/page/")
    read()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert_spanish(reader)
