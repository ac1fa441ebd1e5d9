"""What a visitor's browser does: open a page, fill it in, send it, follow where it leads."""

from __future__ import annotations

import html
import re

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.outbox.models import Effect
from clinic.people import roles
from clinic.people.models import Consent, Helper, Person, Reference
from referrals.desk.models import Case, Referral
from tests.builders import centre, colleague

TYPED = {
    "given_name": "Maria",
    "family_name": "Zzyzx",
    "birth_date_month": "4",
    "birth_date_day": "27",
    "birth_date_year": "1972",
    "phone": "212 555 0177",
    "email": "maria@example.org",
    "language": "en",
    "agree_contact": "on",
}
HELPER = {
    "helper_name": "Hannah Zzyzx",
    "relationship": "child",
    "patient_knows": "yes",
    "speak_first": "helper",
}
ANSWERS = {
    "now": {"answer": "metastatic"},
    "birth": {"answer_month": "4", "answer_year": "1972"},
    "sex": {"answer": "female"},
    "travel": {"answer": "few"},
    "type": {"answer": ["triple_negative"]},
    "stage": {"answer": "four"},
}
APPOINTMENT = {
    "safety": {"very_ill": "no"},
    "who": {"who": "me"},
    "reason": {"reason": "immunotherapy"},
    "time": {"preferred_time": "morning"},
}

HEALTH = re.compile(
    r"\b(cancer|breast|tumou?r|oncolog|trial|stud(y|ies)|treatment|therap|immuno|disease|ill(ness)?"
    r"|patient|health|doctor|nurse|research|clinic|medic|hospital|diagnos|referral|appointment"
    r"|eligib|subject:.*request.*(trial|study))",
    re.IGNORECASE,
)
"""What no mail may say, in its words, its headers or its sender."""
HEALTH_ES = re.compile(
    r"\b(cáncer|cancer|senos?|mama|tumor|oncolog|oncólog|ensayo|estudios?|tratamiento|terapia|inmun"
    r"|enferm|pacient|salud|médic|medic|doctor|clínic|clinic|hospital|diagn|citas?\b|investiga"
    r"|eligib|elegib)",
    re.IGNORECASE,
)
"""The same in Spanish."""

REQUEST_TABLES = (Person, Helper, Consent, Reference, AppointmentRequest, Case, Referral, Effect)


def open_house():
    """The centre with words approved a month ago, seen from today."""
    return centre(at=timezone.now())


def staff_of_appointments(**fields):
    """One scheduler, who gets every request."""
    return colleague("sam", roles.SCHEDULER, **fields)


def assert_nothing_is_stored():
    """No table that a request is written to has a row."""
    assert [table.__name__ for table in REQUEST_TABLES if table._default_manager.exists()] == []


def page(response):
    """What the page says, as text with its tags."""
    return html.unescape(response.content.decode())


def words(response):
    """What a person reads: no tags, single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page(response)))


def title(response):
    """The title of the window."""
    found = re.search(r"<title>(.*?)</title>", page(response), re.DOTALL)
    return re.sub(r"\s+", " ", found[1]).strip()


def hidden(response):
    """The hidden inputs of a page by name, as the browser sends them back."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', response.content.decode()):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        found[name[1]] = html.unescape(value[1]) if value else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


def walk(client, steps, *, room):
    """Send page after page; the last answer."""
    for name, values in steps.items():
        response = client.post(reverse(f"{room}:{name}"), values)
        assert response.status_code == 302, page(response)
    return response


def begin_appointment(client, **changes):
    """Answer the four short questions; the address of the page that sends."""
    steps = {name: APPOINTMENT[name] | changes.get(name, {}) for name in APPOINTMENT}
    return walk(client, steps, room="appointments").url


def begin_search(client, *studies, who="me"):
    """Answer the wizard and choose studies; the address of the page that sends."""
    steps = {"safety": {"very_ill": "no"}, "who": {"who": who}, **ANSWERS}
    walk(client, steps, room="screening")
    chosen = {"ask": "chosen", "studies": [str(one.pk) for one in studies]}
    response = client.post(reverse("screening:results"), chosen if studies else {"ask": "anyone"})
    assert response.status_code == 302, page(response)
    return response.url


def filled(client, url, **changes):
    """What the browser would send from the page that sends; None takes a value away."""
    values = TYPED | hidden(client.get(url)) | changes
    return {name: value for name, value in values.items() if value is not None}


def send(client, url, **changes):
    """Open the page that sends, fill it in and send it."""
    return client.post(url, filled(client, url, **changes))


def boxes(name, month, day, year):
    """A date as its three boxes are sent."""
    parts = {"month": month, "day": day, "year": year}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


def open_request(client, reference, *, born=(4, 27, 1972), **headers):
    """Type a reference and a date of birth into the page that opens a request."""
    values = {"reference": reference, **boxes("birth_date", *born)}
    return client.post(reverse("requests:open"), values, **headers)


def signed_in(user):
    """A browser in which a colleague has signed in."""
    browser = Client()
    browser.force_login(user)
    return browser
