"""Pages that are built once for every reader: what ends them, and what is never shared.

Most of these commit: inside a transaction nothing is kept. "Another process" is its statements on
the same database, which tell this process nothing.
"""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import timezone

from clinic import urls as site
from clinic.design import shared_pages
from clinic.design.shared_pages import Shared, shared
from clinic.places.models import ContactPoint
from clinic.places.sample import load
from clinic.signing import epoch
from education import publishing
from education.models import Page
from tests import education_builders as make

pytestmark = pytest.mark.django_db(transaction=True)

REVIEWING = "We are reviewing this page"
CHANGED = "Something here has changed"
PUBLISHED = 1.0


# -- A room of its own, for what no page of the site does ------------------------------------------
@shared
def numbered(request, number):
    if number == 404:
        raise Http404
    return Shared(HttpResponse(f"{number} at {time.monotonic_ns()}"))


@shared
def with_token(request):
    return Shared(HttpResponse(get_token(request)))


@shared
def with_cookie(request):
    response = HttpResponse(str(time.monotonic_ns()))
    response.set_cookie("seen", "yes")
    return Shared(response)


@shared
def with_session(request):
    return Shared(HttpResponse(f"{request.session.get('name')} {time.monotonic_ns()}"))


@shared
def overtaken(request):
    """While it is built, another process changes what it has read already."""
    label = ContactPoint.objects.get(role="main").label
    elsewhere("UPDATE places_contactpoint SET label = 'Published meanwhile'")
    return Shared(HttpResponse(label))


urlpatterns = [
    path("numbered/<int:number>/", numbered),
    path("token/", with_token),
    path("cookie/", with_cookie),
    path("session/", with_session),
    path("overtaken/", overtaken),
    *site.urlpatterns,
]


def elsewhere(statement: str) -> None:
    """What another process does: a change with the epoch, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("UPDATE signing_publicepoch SET number = number + 1")


def until_published(condition) -> None:
    """Waits for a change by another process, and never longer than it may take."""
    ends = time.monotonic() + PUBLISHED
    while not condition():
        assert time.monotonic() < ends, "a stale page after a second"
        time.sleep(0.02)


@pytest.fixture
def made():
    load(timezone.now())
    page = make.page(text="Plain words.", facts=[make.indication()])
    make.approved(page)
    return page


def read(client, page, **headers):
    return client.get(f"/learn/{page.slug}/", headers=headers)


# -- Kept ------------------------------------------------------------------------------------------
def test_a_page_is_built_once(client, made, django_assert_num_queries):
    first = read(client, made)
    with django_assert_num_queries(0):
        again = read(client, made)
    assert again.content == first.content
    assert again.headers == first.headers


def test_a_page_costs_six_queries_when_nothing_is_kept(client, made, django_assert_max_num_queries):
    for path_of_page in (f"/learn/{made.slug}/", f"/es/learn/{made.slug}/", "/"):
        epoch.forget()
        with django_assert_max_num_queries(6):
            assert client.get(path_of_page).status_code == 200


def test_each_language_has_its_own_page(client, made):
    english, spanish = read(client, made), client.get(f"/es/learn/{made.slug}/")
    assert english["ETag"] != spanish["ETag"]
    assert client.get(f"/es/learn/{made.slug}/").content == spanish.content
    assert read(client, made).content == english.content


def test_a_page_of_a_minute_is_built_again(client, made, monkeypatch):
    read(client, made)
    monkeypatch.setattr(shared_pages, "LONGEST", timedelta(0))
    # A colleague's name is no public row: nothing but time says that it has changed.
    made_by = make.reviewer()
    made_by.full_name = "Rosa Alvarez"
    made_by.save()
    assert "Rosa Alvarez" in read(client, made).text


@pytest.mark.urls(__name__)
def test_the_oldest_page_goes_when_there_are_many(client):
    first = client.get("/numbered/0/").content
    for number in range(1, shared_pages.MOST):
        client.get(f"/numbered/{number}/")
    assert client.get("/numbered/0/").content == first
    client.get("/numbered/9999/")
    assert client.get("/numbered/0/").content != first


# -- What ends a page at once ----------------------------------------------------------------------
def test_a_page_that_is_taken_down_is_gone_with_the_next_click(client, made):
    assert "Plain words." in read(client, made).text
    publishing.take_down(page=made, by=make.editor(), at=timezone.now())
    assert REVIEWING in read(client, made).text
    assert "A title" not in client.get("/").text
    publishing.put_back(page=made, by=make.editor(), at=timezone.now())
    assert "Plain words." in read(client, made).text


def test_a_page_that_another_process_takes_down_is_gone_within_a_second(client, made):
    read(client, made)
    client.get("/")
    by, at = make.editor().pk, timezone.now().isoformat()
    by = by.hex if connection.vendor == "sqlite" else by
    elsewhere(f"UPDATE education_page SET taken_down_at = '{at}', taken_down_by_id = '{by}'")
    until_published(lambda: REVIEWING in read(client, made).text)
    assert "A title" not in client.get("/").text


def test_new_words_are_read_with_the_next_click(client, made):
    first = read(client, made)
    make.rewrite(made, "Newer words.")
    make.submitted(made)
    assert read(client, made).content == first.content
    make.approved(made)
    again = read(client, made, if_none_match=first["ETag"])
    assert "Newer words." in again.text


def test_a_withdrawn_approval_of_a_drug_puts_its_notice_on_the_page(client, made):
    assert CHANGED not in read(client, made).text
    elsewhere("UPDATE education_indication SET status = 'withdrawn'")
    until_published(lambda: CHANGED in read(client, made).text)


def test_a_changed_number_is_on_every_page_within_a_second(client, made):
    pages = (f"/learn/{made.slug}/", "/", "/es/", "/requests/")
    for address in pages:
        client.get(address)
    ContactPoint.objects.filter(role="main").update(display="(212) 555-0177")
    for address in pages:
        assert "(212) 555-0177" in client.get(address).text, address
    elsewhere("UPDATE places_contactpoint SET display = '(212) 555-0188' WHERE role = 'main'")
    until_published(lambda: all("(212) 555-0188" in client.get(address).text for address in pages))


def test_a_page_moved_to_another_place_in_the_list_moves_on_the_front_page(client, made):
    make.approved(make.page(slug="b-page"))
    first = client.get("/").text
    Page.objects.filter(pk=made.pk).update(order=9)
    second = client.get("/").text
    assert first.index("/learn/a-page/") < first.index("/learn/b-page/")
    assert second.index("/learn/b-page/") < second.index("/learn/a-page/")


@pytest.mark.urls(__name__)
def test_what_is_published_while_a_page_is_built_is_on_it_within_a_second(client, made):
    assert client.get("/overtaken/").text == "Call us"
    until_published(lambda: client.get("/overtaken/").text == "Published meanwhile")


# -- What ends a page by itself --------------------------------------------------------------------
def test_an_approval_that_ends_takes_its_page_with_it_at_its_instant(client):
    page, end = make.page(text="Old words."), timezone.now() + timedelta(seconds=1.2)
    make.approved(page, expires_at=end)
    assert "Old words." in read(client, page).text
    assert "A title" in client.get("/").text
    assert read(client, page)["Cache-Control"] in {"public, max-age=0", "public, max-age=1"}
    time.sleep(max(0, (end - timezone.now()).total_seconds()))
    assert REVIEWING in read(client, page).text
    assert "A title" not in client.get("/").text


def test_words_approved_from_later_on_begin_at_their_instant(client, made):
    make.rewrite(made, "Newer words.")
    begins = timezone.now() + timedelta(seconds=1.2)
    make.approved(made, at=begins)
    assert "Plain words." in read(client, made).text
    time.sleep(max(0, (begins - timezone.now()).total_seconds()))
    assert "Newer words." in read(client, made).text


def zone_with_midnight_in(seconds: float) -> fixed:
    """A zone in which the day ends so soon."""
    now = datetime.now(UTC)
    since_midnight = timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
    offset = timedelta(days=1) - since_midnight - timedelta(seconds=seconds)
    return fixed(offset if offset < timedelta(hours=23) else offset - timedelta(days=1))


def test_a_drug_that_is_no_longer_approved_from_midnight_says_so_at_midnight(client):
    with timezone.override(zone_with_midnight_in(2)):
        tomorrow = timezone.localdate() + timedelta(days=1)
        page = make.page(facts=[make.indication(ends_on=tomorrow)])
        make.approved(page)
        assert CHANGED not in read(client, page).text
        while timezone.localdate() < tomorrow:
            time.sleep(0.02)
        assert CHANGED in read(client, page).text


# -- What is never shared --------------------------------------------------------------------------
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/token/", "/cookie/", "/session/"])
def test_a_page_made_for_one_visitor_is_not_for_another(client, address):
    answers = [client.get(address) for _ in range(2)]
    assert answers[0].content != answers[1].content
    assert [one["Cache-Control"] for one in answers] == ["no-store"] * 2
    assert not any(one.has_header("ETag") for one in answers)


@pytest.mark.urls(__name__)
def test_an_address_with_a_question_mark_is_not_kept(client):
    answers = {client.get("/numbered/1/?a=1").content for _ in range(2)}
    assert len(answers | {client.get("/numbered/1/").content}) == 3


@pytest.mark.urls(__name__)
def test_a_page_that_is_not_there_is_not_kept(client):
    assert client.get("/numbered/404/")["Cache-Control"] == "no-store"
    assert client.get("/numbered/404/").status_code == 404


@pytest.mark.urls(__name__)
def test_a_page_that_was_built_in_a_transaction_is_not_kept(client):
    with transaction.atomic():
        first = client.get("/numbered/1/").content
        assert client.get("/numbered/1/").content != first
    assert client.get("/numbered/1/").content != first


@pytest.mark.urls(__name__)
def test_who_changes_templates_sees_the_change(client, settings):
    settings.DEBUG = True
    assert client.get("/numbered/1/").content != client.get("/numbered/1/").content


# -- As it goes out --------------------------------------------------------------------------------
def test_a_page_goes_out_compressed_to_whoever_reads_that(client, made):
    for _ in range(2):
        plain, packed = read(client, made), read(client, made, accept_encoding="gzip, br")
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert len(packed.content) * 2 < len(plain.content)
        assert not plain.has_header("Content-Encoding")
        assert packed["ETag"] == plain["ETag"]
        assert (packed["Vary"], plain["Vary"]) == ("Accept-Encoding", "Accept-Encoding")


def test_a_copy_is_confirmed_until_something_in_it_has_changed(client, made):
    first = read(client, made)
    for _ in range(2):
        again = read(client, made, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"] == "public, max-age=60"
    # A change that this page does not show does not make anybody fetch it anew.
    epoch.bump()
    assert read(client, made, if_none_match=first["ETag"]).status_code == 304
    ContactPoint.objects.filter(role="main").update(display="(212) 555-0177")
    assert read(client, made, if_none_match=first["ETag"]).status_code == 200


def test_who_asks_for_the_head_is_told_of_the_same_page(client, made):
    whole, head = read(client, made), client.head(f"/learn/{made.slug}/")
    assert head.headers == whole.headers
    assert head.content == b""


def test_every_header_stands_on_a_kept_page_too(client, made):
    first, kept = read(client, made), read(client, made)
    assert {"Content-Security-Policy", "Referrer-Policy", "X-Frame-Options"} <= set(kept.headers)
    assert kept["Content-Language"] == "en"
    assert kept.headers == first.headers
    assert settings.SESSION_COOKIE_NAME not in kept.cookies


def test_the_address_alone_says_the_language(client, made):
    english = read(client, made)
    client.cookies["django_language"] = "es"
    again = read(client, made, accept_language="es")
    assert (again.content, again["Content-Language"]) == (english.content, "en")
    spanish = client.get(f"/es/learn/{made.slug}/", headers={"accept-language": "en"})
    assert spanish["Content-Language"] == "es"
    # The staff area is written in English, whatever the address says.
    assert client.get("/es/staff/sign-in/")["Content-Language"] == "en"
    for response in (again, spanish):
        assert "Accept-Language" not in response["Vary"]
