"""Dates in sentences speak the language of the words around them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.template import engines
from django.utils import translation

from clinic.design import said_dates
from clinic.design.said_dates import said
from clinic.outbox import letters
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.models import User
from clinic.signing import verbs
from tests import builders
from tests.builders import NOON

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BY_POST = {"email": "", "phone": "", "postal_address": "1 Elm Street, Springfield"}


def written(shape):
    template = engines["django"].from_string(f'{{{{ at|date:"{shape}" }}}}')
    return template.render({"at": AT})


@pytest.mark.parametrize(
    ("language", "day", "hour"),
    [
        ("en", "Tuesday, November 24", "Tuesday, November 24, 10 a.m."),
        ("es", "martes 24 de noviembre", "martes 24 de noviembre, 10 a.m."),
        # Django knows its days; we have no words in it.
        ("fr", "Tuesday, November 24", "Tuesday, November 24, 10 a.m."),
    ],
)
def test_a_date_speaks_as_the_words_do(language, day, hour):
    with translation.override(language):
        assert said(AT, "l, F j") == day
        assert written("l, F j, P") == hour
        assert written("c").startswith("2026-11-24T10:00:00")
        assert translation.get_language() == language


@pytest.mark.parametrize("shape", said_dates.ORDERS)
def test_every_shape_has_an_order_of_its_own_in_spanish(shape):
    with translation.override("es"):
        assert said_dates.ordered(shape) != shape


def test_every_date_in_our_own_sentences_is_said_in_this_one_way():
    rooms = (Path(settings.BASE_DIR) / room for room in ("clinic", "education", "referrals"))
    files = {path for room in rooms for path in room.rglob("*.py")}
    around = {path for path in files if "django.utils.formats" in path.read_text("utf-8")}
    assert around == {Path(said_dates.__file__)}


def test_nothing_is_said_of_no_date():
    template = engines["django"].from_string('{{ at|date:"P" }}|{{ at|date }}')
    assert template.render({"at": None}) == "|"


def spanish_words(*lines):
    """The word that we have her request, approved in Spanish too."""
    builders.centre()
    body = {"subject": "Tenemos su solicitud", "lines": list(lines)}
    editor = User.objects.with_role(roles.EDITOR).get()
    version = verbs.draft(
        kind=TEXT_KIND.code,
        subject="request_received",
        language="es",
        body=body,
        by=editor,
        at=NOON,
    )
    reviewer = User.objects.with_role(roles.REVIEWER).get()
    for kind in TEXT_KIND.needs_in("es"):
        verbs.approve(version, kind=kind, by=reviewer, credential="Translator", at=NOON)


@pytest.mark.django_db
def test_a_mail_says_its_hour_and_leads_to_its_page_in_its_own_language():
    spanish_words("Le llamamos el {due}. {link}")
    builders.colleague("sam", roles.SCHEDULER)
    builders.appointment_request(people=builders.intake(language="es", email="maria@example.org"))
    builders.appointment_request(people=builders.intake(language="en", email="mary@example.org"))
    builders.pay()
    sent = {letter.to[0]: letter.body for letter in mail.outbox}
    assert " de noviembre, " in sent["maria@example.org"]
    assert "http://testserver/es/r/" in sent["maria@example.org"]
    assert ", November " in sent["mary@example.org"]
    assert "http://testserver/r/" in sent["mary@example.org"]


@pytest.mark.django_db
def test_a_letter_too():
    spanish_words("Le llamamos el {due}. {link}")
    builders.colleague("sam", roles.SCHEDULER)
    made = builders.appointment_request(people=builders.intake(language="es", **BY_POST))
    builders.pay()
    task = CallTask.rows.select_related("person", "assigned_to").get(about_id=made.pk)
    letter = letters.write(task, at=NOON)
    assert " de noviembre, " in letter.lines[0]
    assert "http://testserver/es/your-request/" in letter.lines[0]
