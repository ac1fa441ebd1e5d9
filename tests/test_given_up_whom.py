"""What the machine gave up on names the request and who looks after it, and she is told as well."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import handing
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CALL_ABOUT_LINKS, MAIL_LINKS, CallReason, EffectState
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import CallTask, Effect
from clinic.outbox.watch import alerts, quarantine
from clinic.outbox.watch.whom import concerned
from clinic.people import roles
from clinic.people.models import Reference
from tests import builders
from tests.builders import NOON, later
from tests.journeys import HEALTH, page, signed_in, words

pytestmark = pytest.mark.django_db

LIST, INDEX = "queue:list", "staff:index"


@pytest.fixture
def play():
    return builders.cast(at=timezone.now())


@pytest.fixture
def request_of_sam(play):
    play.tess.delete()
    row = builders.appointment_request()
    builders.pay(NOON)
    row.refresh_from_db()
    assert row.owner == play.sam
    return row


def given_up(kind, about, *, key="gone"):
    with transaction.atomic():
        owe(Owed(kind, about, key), at=NOON)
    effect = Effect.objects.get(kind=kind, about_id=about.pk, key__endswith=f":{key}")
    values = {"state": EffectState.QUARANTINED, "attempts": 12, "ended_at": NOON}
    Effect.objects.filter(pk=effect.pk).update(**values)
    effect.refresh_from_db()
    return effect


def alert_of(effect):
    """The words owed when an effect is given up, written down."""
    effect.lease_token = uuid.uuid4()
    with transaction.atomic():
        for owed in alerts.owed_about(effect):
            owe(owed, at=NOON)
    return Effect.objects.filter(kind=alerts.ALERT, about_id=effect.pk)


def told(effect):
    return [one.reference.about_id for one in concerned(effect)]


# -- Which request it is ---------------------------------------------------------------------------
def test_every_kind_of_row_leads_to_its_request(request_of_sam, play):
    row = request_of_sam
    call = Call(row, play.sam, later(hours=1))
    owe_call(call, person=row.person, reason=CallReason.URGENT, at=NOON)
    task = CallTask.rows.get(reason=CallReason.URGENT)
    for kind, about in (
        ("appointments.tell", row),
        (MAIL_LINKS, row.person),
        (CALL_ABOUT_LINKS, row.person),
        ("people.urgent_nudge", task),
    ):
        assert told(given_up(kind, about)) == [row.pk], kind


def test_a_referral_leads_to_its_case(play):
    row = builders.referral(play.study)
    builders.pay(NOON)
    (one,) = concerned(given_up("desk.tell", row))
    assert (one.reference.about_id, one.owner) == (row.case_id, play.ana)


def test_what_is_about_no_request_concerns_nobody(play):
    assert told(given_up("people.invite", play.sam)) == []
    assert told(given_up("left.out", play.study)) == []


def test_a_row_that_no_key_opens_is_given_up_all_the_same(request_of_sam, play, settings):
    effect = given_up("appointments.tell", request_of_sam)
    settings.FIELD_KEYS = {"lost": bytes(range(40, 72))}
    assert concerned(effect) == []
    assert {one.key.split(":")[2] for one in alert_of(effect)} == {
        str(play.lena.pk),
        str(play.alex.pk),
    }


# -- The queue page --------------------------------------------------------------------------------
def test_keepers_read_whom_to_ask_about_which_reference_and_nothing_else(request_of_sam, play):
    play.sam.extension = "4411"
    play.sam.save()
    given_up("appointments.tell", request_of_sam)
    spoken = Reference.rows.get().spoken
    for keeper in (play.alex, play.lena):
        content = words(signed_in(keeper).get(reverse(LIST)))
        assert spoken in content
        assert "Sam, extension 4411" in content
        assert "Maria" not in content
        assert "0177" not in content


def test_a_request_in_nobody_s_hands_says_so(play):
    row = builders.appointment_request()
    given_up("appointments.route", row)
    content = words(signed_in(play.alex).get(reverse(LIST)))
    assert Reference.rows.get().spoken in content
    assert "in nobody’s hands yet" in content


# -- Her owner is told -----------------------------------------------------------------------------
def test_the_owner_is_told_beside_the_keepers_and_led_to_her_lists(
    request_of_sam, play, mailoutbox
):
    effect = given_up("appointments.tell", request_of_sam)
    mailoutbox.clear()
    assert alert_of(effect).count() == 3
    builders.pay(later(minutes=1))
    found = {mail.to[0]: mail for mail in mailoutbox}
    assert set(found) == {play.sam.email, play.lena.email, play.alex.email}
    assert reverse(LIST) not in found[play.sam.email].body
    assert reverse(LIST) in found[play.lena.email].body
    assert not any(HEALTH.search(str(mail.message())) for mail in mailoutbox)


def test_a_keeper_who_is_the_owner_is_told_once(play):
    row = builders.referral(play.study)
    builders.pay(NOON)
    play.ana.roles_held.create(role=roles.LEAD)
    keys = [one.key for one in alert_of(given_up("desk.tell", row))]
    assert sum(str(play.ana.pk) in key for key in keys) == 1


def test_who_has_handed_it_over_is_not_told(request_of_sam, play, mailoutbox):
    alert_of(given_up("appointments.tell", request_of_sam))
    tara = builders.colleague("tara", roles.SCHEDULER)
    handing.take_over(request_of_sam, by=tara, at=NOON)
    mailoutbox.clear()
    builders.pay(later(minutes=1))
    assert play.sam.email not in [mail.to[0] for mail in mailoutbox]


def test_her_index_names_the_reference_until_it_is_settled(request_of_sam, play):
    effect = given_up("appointments.tell", request_of_sam)
    browser, spoken = signed_in(play.sam), Reference.rows.get().spoken
    content = page(browser.get(reverse(INDEX)))
    assert f"Something could not be done by itself for {spoken}." in content
    assert reverse("appointments:detail", args=[request_of_sam.pk]) in content
    assert spoken not in page(signed_in(play.ana).get(reverse(INDEX)))
    quarantine.retry(effect, by=play.lena, at=timezone.now())
    assert spoken not in page(browser.get(reverse(INDEX)))
