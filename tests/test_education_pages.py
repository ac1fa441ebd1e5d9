"""What a reader is shown, and what she must never be shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import include, path, reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.signing.models import TextVersion
from education import publishing
from tests import education_builders as make

pytestmark = pytest.mark.django_db

REVIEWING = "We are reviewing this page"
CHANGED = "Something here has changed"

# The site with the education wing alone.
urlpatterns = [path("", include("education.urls"))]


def read(client, made, **headers):
    return client.get(reverse("education:page", args=[made.slug]), headers=headers)


def test_an_approved_page_is_served_with_its_approver(client):
    made = make.page(text="Plain words.")
    make.approved(made, expires_at=timezone.now() + timedelta(days=30))
    response = read(client, made)
    assert response.status_code == 200
    for words in ("Plain words.", "A summary", "Approved by rosa, MD", "Next review due by"):
        assert words in response.text


def test_a_draft_is_as_absent_as_a_page_that_never_was(client):
    made = make.page()
    make.submitted(made)
    assert read(client, made).status_code == 404


def test_the_working_copy_never_leaks(client):
    made = make.page(text="Signed words.")
    make.approved(made)
    make.rewrite(made, "Unsigned words.", title="Unsigned title")
    make.submitted(made)
    for response in (read(client, made), client.get(reverse("education:home"))):
        assert "Unsigned" not in response.text
    assert "Signed words." in read(client, made).text


def test_an_expired_approval_leaves_a_notice_that_nobody_caches(client):
    made = make.page(text="Old words.")
    now = timezone.now()
    make.approved(made, at=now - timedelta(days=400), expires_at=now - timedelta(minutes=1))
    response = read(client, made)
    assert response.status_code == 200
    assert REVIEWING in response.text
    assert "Old words." not in response.text
    assert "A title" not in response.text
    assert response["Cache-Control"] == "no-store"
    assert "A title" not in client.get(reverse("education:home")).text


def test_the_last_valid_version_stands_when_a_newer_one_expires(client):
    made = make.page(text="Older words.")
    now = timezone.now()
    make.approved(made, at=now - timedelta(days=40))
    make.rewrite(made, "Newer words.")
    make.approved(made, at=now - timedelta(days=20), expires_at=now - timedelta(days=1))
    assert "Older words." in read(client, made).text


def test_one_changed_byte_is_not_served(client):
    made = make.page(text="Signed words.")
    version = make.approved(made)
    body = version.body.replace("Signed", "Sighed")
    TextVersion.objects.filter(pk=version.pk).update(body=body)
    response = read(client, made)
    assert REVIEWING in response.text
    assert "Sighed" not in response.text


def test_taking_down_needs_no_signature_and_twice_is_once(client):
    made = make.page(text="Plain words.")
    make.approved(made)
    for _ in range(2):
        publishing.take_down(page=made, by=make.editor(), at=timezone.now())
    assert REVIEWING in read(client, made).text
    assert "A title" not in client.get(reverse("education:home")).text
    assert Event.objects.filter(verb="page.taken_down").count() == 1
    publishing.put_back(page=made, by=make.editor(), at=timezone.now())
    assert "Plain words." in read(client, made).text


@pytest.mark.parametrize(
    "change",
    [
        {"status": "withdrawn"},
        {"setting": "Somebody else."},
        {"ends_on": timezone.localdate()},
    ],
)
def test_a_changed_fact_puts_a_notice_on_the_signed_page(client, change):
    fact = make.indication()
    made = make.page(facts=[fact])
    make.approved(made)
    first = read(client, made)
    assert CHANGED not in first.text
    for name, value in change.items():
        setattr(fact, name, value)
    fact.save()
    response = read(client, made, if_none_match=first["ETag"])
    assert response.status_code == 200
    assert CHANGED in response.text


def test_a_fact_that_is_gone_puts_a_notice_on_the_signed_page(client):
    fact = make.indication()
    made = make.page(facts=[fact])
    make.approved(made)
    fact.delete()
    assert CHANGED in read(client, made).text


def test_an_approval_that_ends_by_date_needs_nobody_to_end_it(client):
    today = timezone.localdate()
    fact = make.indication(ends_on=today + timedelta(days=1))
    assert fact.status_on(today) == "approved"
    assert fact.status_on(today + timedelta(days=1)) == "withdrawn"


def test_a_copy_the_reader_holds_is_confirmed_and_not_sent_again(client):
    made = make.page()
    make.approved(made)
    first = read(client, made)
    again = read(client, made, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert "no-store" not in again.get("Cache-Control", "")
    assert first["Cache-Control"] == "public, max-age=60"


def test_the_etag_moves_with_the_words_and_the_language(client):
    made = make.page()
    make.approved(made)
    tags = [read(client, made)["ETag"], client.get(f"/es/learn/{made.slug}/").get("ETag")]
    make.rewrite(made, "Other words.")
    make.approved(made)
    tags.append(read(client, made)["ETag"])
    assert len(set(tags)) == len(tags)


def test_reading_sets_no_cookie_and_depends_on_none(client):
    made = make.page()
    make.approved(made)
    for response in (read(client, made), client.get(reverse("education:home"))):
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "csrfmiddlewaretoken" not in response.text


def test_a_page_without_spanish_words_is_marked_as_english(client):
    made = make.page()
    make.approved(made)
    response = client.get(f"/es/learn/{made.slug}/")
    assert '<div lang="en">' in response.text
    assert '<html lang="es"' in response.text
    assert "Una parte de esta página está en inglés." in response.text


def test_a_page_is_read_and_never_written_to(client):
    made = make.page()
    make.approved(made)
    assert client.post(reverse("education:page", args=[made.slug])).status_code == 405


def test_a_page_costs_few_queries(client, django_assert_max_num_queries):
    made = make.page(facts=[make.indication()])
    make.approved(made)
    read(client, made)
    with django_assert_max_num_queries(6):
        read(client, made)


def test_a_page_opens_doors_above_and_below_and_a_policy_opens_none(client):
    for kind, doors in (("article", 2), ("policy", 0)):
        made = make.page(slug=kind, kind=kind)
        make.approved(made)
        text = read(client, made).text
        assert text.count('<div class="actions">') == doors


@pytest.mark.urls(__name__)
def test_the_doors_vanish_with_the_other_rooms(client):
    make.approved(make.page())
    response = client.get("/")
    assert response.status_code == 200
    assert "A title" in response.text
    assert "Find trials that may fit" not in response.text
    assert "Request an appointment" not in response.text
