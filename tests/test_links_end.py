"""A link or reference that somebody else may have: it ends, and with it whatever it had opened."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR, Actor
from clinic.outbox import links_again
from clinic.outbox.models import CallTask
from clinic.people import references, roles
from clinic.people.intake import correct_contact
from clinic.people.models import Person, PrivateLink, Reference
from clinic.people.references import LinkNotValid, link_for, make_link, open_link, renew, token_of
from tests import builders
from tests.breaking import database_fails_at
from tests.builders import NOON
from tests.journeys import begin_appointment, hidden, open_request, page, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

DETAIL, CONTACT, CHANGE = "requests:detail", "requests:contact", "requests:change_mind"
NEW_LINK, CLOSE, OPEN = "requests:new_link", "requests:close", "requests:open"


@pytest.fixture
def sam(db):
    return builders.colleague("sam", roles.SCHEDULER)


def asked(*, at=None, **people):
    """The reference of a request that somebody has in hand."""
    at = at or timezone.now()
    request = builders.appointment_request(at=at, people=builders.intake(**people))
    builders.pay(at)
    return Reference.rows.get(about_id=request.pk)


def address_of(link):
    return reverse("requests:link", args=[token_of(link)])


def by_link(link):
    """A browser that opened her page by a link."""
    browser = Client()
    assert browser.post(address_of(link)).url == reverse(DETAIL)
    return browser


def by_reference(reference):
    """A browser that opened her page by reference and birth date."""
    browser = Client()
    assert open_request(browser, reference.spoken).url == reverse(DETAIL)
    return browser


def is_in(browser):
    return browser.get(reverse(DETAIL)).status_code == 200


def works(link):
    try:
        return open_link(token_of(link), at=timezone.now()) == link
    except LinkNotValid:
        return False


# -- Another address, another mind -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"email": "new@example.org"}, True),
        ({"phone": "(212) 555-0199"}, True),
        ({"email": ""}, True),
        ({"contact_note": "After six"}, False),
        ({"postal_address": "12 Elm Street"}, False),
        ({"email": "maria@example.org", "phone": "(212) 555-0177"}, False),
    ],
)
def test_a_new_address_or_number_ends_the_links_that_the_old_one_has(sam, changes, ends):
    first, second = asked(), asked(given_name="Other")
    hers, another = link_for(first, at=NOON), link_for(second, at=NOON)
    correct_contact(first.person, changes, by=VISITOR, at=NOON)
    hers.refresh_from_db()
    another.refresh_from_db()
    assert (hers.revoked_at is not None, another.revoked_at) == (ends, None)
    assert (link_for(first, at=NOON) != hers) == ends


def test_a_helpers_new_number_ends_the_links_to_whom_she_helps(sam):
    request = builders.appointment_request(people=builders.helped())
    reference = Reference.rows.get(about_id=request.pk)
    link = link_for(reference, at=NOON)
    helper = Person.rows.get(helps__isnull=False)
    correct_contact(helper, {"phone": "(212) 555-0199"}, by=VISITOR, at=NOON)
    link.refresh_from_db()
    assert link.revoked_at == NOON


def test_a_correction_that_fails_ends_no_link(sam):
    reference = asked()
    link = link_for(reference, at=NOON)
    with pytest.raises(DatabaseError), database_fails_at("people_privatelink"):
        correct_contact(reference.person, {"email": "new@example.org"}, by=VISITOR, at=NOON)
    link.refresh_from_db()
    assert link.revoked_at is None
    assert Person.rows.get().email == "maria@example.org"


def test_who_corrects_her_address_goes_on_and_the_old_mailbox_does_not(sam):
    reference = asked()
    link = link_for(reference, at=timezone.now())
    hers, his = by_link(link), by_link(link)
    assert hers.post(reverse(CONTACT), {"email": "new@example.org"}).url == reverse(DETAIL)
    assert is_in(hers)
    assert not is_in(his)
    assert Client().get(address_of(link)).status_code == 410


@pytest.mark.parametrize("room", ["appointments", "desk"])
def test_changing_her_mind_ends_her_links_and_her_page_goes_on(room):
    play = builders.cast(at=timezone.now())
    if room == "desk":
        reference = Reference.rows.get(about_id=builders.case(play.study).pk)
    else:
        reference = asked()
    link = link_for(reference, at=timezone.now())
    browser = by_link(link)
    assert browser.post(reverse(CHANGE)).url == reverse(DETAIL)
    assert "You have changed your mind" in words(browser.get(reverse(DETAIL)))
    assert not works(link)
    assert PrivateLink.rows.filter(revoked_at=None).count() == 1, "the new one on her page"


def test_a_mail_goes_where_its_link_was_made_for(sam, mailoutbox, monkeypatch):
    reference = asked()
    mailoutbox.clear()

    def corrected_meanwhile(*args, **kwargs):
        link = link_for(*args, **kwargs)
        herself = Person.rows.get(pk=reference.person_id)
        correct_contact(herself, {"email": "new@example.org"}, by=VISITOR, at=timezone.now())
        return link

    monkeypatch.setattr(links_again, "link_for", corrected_meanwhile)
    links_again.ask_by_email("maria@example.org", at=timezone.now())
    builders.pay(timezone.now() + 2 * links_again.WAIT)
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]]


# -- "Somebody else may have my link" --------------------------------------------------------------
def test_she_gets_a_new_link_and_reference_and_the_old_ones_end(sam):
    reference = asked()
    link = link_for(reference, at=timezone.now())
    hers, his, stranger = by_link(link), by_link(link), by_reference(reference)
    question = hers.get(reverse(NEW_LINK))
    assert "Does somebody else have your link?" in words(question)
    assert "Somebody else may have my link" in words(hers.get(reverse(DETAIL)))
    assert works(link), "a look at the question ends nothing"
    assert hers.post(reverse(NEW_LINK), hidden(question)).url == reverse(DETAIL)

    fresh = Reference.rows.get()
    assert fresh.code != reference.code
    shown = page(hers.get(reverse(DETAIL)))
    assert fresh.spoken in shown
    assert reference.spoken not in shown
    assert works(PrivateLink.rows.get(revoked_at=None))
    assert not works(link)
    assert [is_in(one) for one in (hers, his, stranger)] == [True, False, False]
    assert open_request(Client(), reference.spoken).status_code == 200
    assert is_in(by_reference(fresh))
    event = Event.objects.get(verb="renew_reference")
    assert (event.about_id, event.actor_id) == (reference.pk, str(reference.person_id))
    assert reference.code not in str(event.codes)
    assert fresh.code not in str(event.codes)


def test_the_second_of_two_clicks_does_not_end_the_code_she_writes_down(sam):
    reference = asked()
    browser = by_reference(reference)
    sent = hidden(browser.get(reverse(NEW_LINK)))
    other = by_reference(reference)
    browser.post(reverse(NEW_LINK), sent)
    first = Reference.rows.get().code
    assert browser.post(reverse(NEW_LINK), sent).url == reverse(DETAIL)
    assert other.post(reverse(NEW_LINK), sent).url == reverse(OPEN)
    browser.post(reverse(NEW_LINK), {})
    assert Reference.rows.get().code == first
    assert Event.objects.filter(verb="renew_reference").count() == 1


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_renew_once():
    builders.colleague("sam", roles.SCHEDULER)
    reference = asked()
    rows = [Reference.rows.get() for _click in range(8)]
    make_link(reference, at=NOON)
    renewed = at_once(
        lambda number: renew(rows[number], seen=reference.code, by=VISITOR, at=NOON), threads=8
    )
    assert sorted(map(bool, renewed)) == [False] * 7 + [True]
    assert Event.objects.filter(verb="renew_reference").count() == 1
    assert not PrivateLink.rows.filter(revoked_at=None).exists()


def test_a_new_code_that_is_taken_is_drawn_again(sam, monkeypatch):
    one, two = asked(), asked()
    drawn = iter([two.code, two.code, "BBBBBBBB"])
    monkeypatch.setattr(references, "_drawn", lambda: next(drawn))
    assert renew(one, seen=one.spoken, by=VISITOR, at=NOON)
    assert one.code == "BBBBBBBB"
    monkeypatch.setattr(references, "_drawn", lambda: two.code)
    with pytest.raises(RuntimeError):
        renew(one, seen=one.code, by=VISITOR, at=NOON)


def test_a_renewal_that_breaks_leaves_code_and_links(sam):
    reference = asked()
    link, code = link_for(reference, at=timezone.now()), reference.code
    with pytest.raises(DatabaseError), database_fails_at("audit_event"):
        renew(reference, seen=code, by=VISITOR, at=NOON)
    assert Reference.rows.get().code == code
    assert works(link)


# -- A colleague does it for her -------------------------------------------------------------------
def test_a_colleague_renews_it_and_reads_her_the_new_one(sam):
    reference = asked()
    link, browser = link_for(reference, at=timezone.now()), signed_in(sam)
    detail = reverse("appointments:detail", args=[reference.about_id])
    shown = browser.get(detail)
    address = reverse("calls:renew", args=[reference.about_id])
    assert page(shown).count(f'action="{address}"') == 1
    sent = {"seen": reference.code, "next": detail}
    assert f'name="seen" value="{reference.code}"' in page(shown)
    answer = browser.post(address, sent, follow=True)
    assert answer.redirect_chain[0][0] == detail
    fresh = Reference.rows.get()
    assert "Her new reference stands here." in words(answer)
    assert fresh.spoken in words(answer)
    browser.post(address, sent)
    assert Reference.rows.get().code == fresh.code, "the second click changes nothing"
    assert not works(link)
    assert Event.objects.get(verb="renew_reference").actor_id == str(sam.pk)
    assert browser.get(address).status_code == 405


def test_nobody_renews_what_she_does_not_see(sam):
    reference = asked()
    address, sent = reverse("calls:renew", args=[reference.about_id]), {"seen": reference.code}
    chloe = builders.colleague("chloe", roles.COORDINATOR)
    assert signed_in(chloe).post(address, sent).status_code == 404
    assert (
        signed_in(builders.colleague("erin", roles.EDITOR)).post(address, sent).status_code == 403
    )
    assert Reference.rows.get().code == reference.code


def test_who_owes_her_a_call_renews_it_from_the_list_of_calls():
    play = builders.cast(at=timezone.now())
    case = builders.case(play.study, at=timezone.now(), people=builders.intake(email=""))
    builders.pay(timezone.now())
    CallTask.rows.filter(about_id=case.pk).update(assigned_to=play.chloe)
    reference, browser = Reference.rows.get(about_id=case.pk), signed_in(play.chloe)
    address = reverse("calls:renew", args=[reference.about_id])
    assert address in page(browser.get(reverse("calls:list")))
    answer = browser.post(address, {"seen": reference.code}, follow=True)
    assert Reference.rows.get(pk=reference.pk).spoken in words(answer)


# -- Closing on a shared phone ---------------------------------------------------------------------
def test_closing_ends_the_link_that_opened_it_and_says_so(sam):
    reference = asked()
    link, other = (make_link(reference, at=timezone.now()) for _one in range(2))
    browser = by_link(link)
    closed = browser.post(reverse(CLOSE), follow=True)
    text = words(closed)
    assert "The link you used has ended; we can send you another." in text
    assert reverse("requests:again") in page(closed)
    assert not works(link)
    assert works(other)
    assert Client().get(address_of(link)).status_code == 410
    event = Event.objects.get(verb="end_link")
    assert (event.about_id, event.actor_id) == (reference.pk, str(reference.person_id))
    assert not re.search(r"[\w-]{43}", closed.redirect_chain[-1][0])


def test_closing_what_a_reference_opened_ends_no_link(sam):
    reference = asked()
    link = make_link(reference, at=timezone.now())
    text = words(by_reference(reference).post(reverse(CLOSE), follow=True))
    assert "The link you used has ended" not in text
    assert "one needs your reference and the date of birth" in text
    assert works(link)


def test_closing_twice_or_without_a_page_is_harmless(sam):
    reference = asked()
    browser = by_link(make_link(reference, at=timezone.now()))
    kept = browser.cookies["request"].value
    browser.post(reverse(CLOSE))
    browser.cookies["request"] = kept
    for visitor in (browser, Client()):
        assert "?link" not in visitor.post(reverse(CLOSE)).url
    assert Event.objects.filter(verb="end_link").count() == 1


def test_a_cookie_that_was_kept_opens_nothing_after_closing(sam):
    reference = asked()
    browser = by_link(make_link(reference, at=timezone.now()))
    kept = browser.cookies["request"].value
    browser.post(reverse(CLOSE))
    browser.cookies["request"] = kept
    assert not is_in(browser)


def test_closing_forgets_the_answers_of_every_journey(sam):
    browser = by_reference(asked())
    begin_appointment(browser)
    assert browser.cookies["appointment"].value
    browser.post(reverse(CLOSE))
    for name in ("request", "appointment", "find"):
        assert (browser.cookies[name].value, browser.cookies[name]["max-age"]) == ("", 0)


def test_the_links_end_in_the_transaction_of_the_verb(sam):
    reference = asked()
    link = link_for(reference, at=NOON)
    request = appointment_verbs.AppointmentRequest.rows.get()
    by = Actor.person(request.person)
    with pytest.raises(DatabaseError), database_fails_at("people_privatelink"):
        appointment_verbs.change_mind(request, by=by, at=NOON)
    assert appointment_verbs.AppointmentRequest.rows.get().ended_at is None
    appointment_verbs.change_mind(request, by=by, at=NOON)
    link.refresh_from_db()
    assert link.revoked_at == NOON
