"""From an editor's words to a version: the same words once, and nothing that could hurt."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinic.people import roles
from clinic.signing import kinds, verbs
from clinic.signing.models import Approval
from education import publishing, standing
from education.codes import BlockKind
from education.markup import sanitise, to_html
from education.models import Edition, Page, Source
from tests import education_builders as make

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "![a](https://elsewhere.example/pixel.png)",
    "<iframe src=//elsewhere.example></iframe>",
    "<style>body{display:none}</style>",
    "<svg/onload=alert(1)>",
    '[a](https://example.org "onmouseover=alert(1)")',
    "[a](//elsewhere.example)",
    "[a](/\\elsewhere.example)",
    "<a href='https://example.org' onclick='x()'>a</a>",
    "| a |\n|---|\n| <script>x</script> |",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_ends_as_text(text):
    html = to_html(text)
    for danger in ("<script", "<img", "<iframe", "<style", "<svg", ' href="//', ' href="/\\'):
        assert danger not in html
    for attribute in ("javascript:", "data:", "vbscript:"):
        assert f'href="{attribute}' not in html.lower()
    assert " onclick=" not in html.replace("&#39;", "'") or "&lt;a href" in html


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_what_the_sanitiser_returns_it_returns_again(text):
    once = sanitise(text)
    assert sanitise(once) == once
    rendered = to_html(text, sources={1})
    assert sanitise(rendered) == rendered


def test_a_number_in_brackets_points_at_a_source_that_exists():
    html = to_html("Approved in 2021. [2] [7]", sources={2})
    assert '<sup><a href="#source-2"' in html
    assert "[7]" in html
    assert "#source-7" not in html


def test_headings_in_a_block_stay_below_its_own():
    assert "<h3>Big</h3>" in to_html("# Big")


@pytest.mark.django_db
def test_the_same_words_make_one_version():
    made = make.page(facts=[make.indication()])
    assert make.submitted(made).pk == make.submitted(made).pk


@pytest.mark.django_db
def test_a_snapshot_copies_facts_and_sources_as_plain_json():
    fact = make.indication(nct_id="NCT03036488")
    made = make.page(facts=[fact])
    edition = made.editions.get()
    Source.objects.create(
        edition=edition, number=1, title="T", publisher="P", read_on=timezone.localdate()
    )
    body = json.loads(verbs.canonical(publishing.snapshot(edition)))
    assert body["blocks"][0]["facts"][0]["id"] == str(fact.pk)
    assert body["blocks"][0]["facts"][0]["starts_on"] == "2021-07-26"
    assert body["sources"][0]["number"] == 1


@pytest.mark.django_db
def test_hostile_titles_are_text_in_the_preview():
    made = make.page()
    Edition.objects.filter(page=made).update(title="<script>x</script>")
    assert "<script" not in make.submitted(made).html


@pytest.mark.django_db
def test_nothing_to_submit_without_words():
    made = make.page()
    with pytest.raises(publishing.NothingToSubmit):
        publishing.submit(page=made, language="es", by=make.editor(), at=timezone.now())
    made.editions.get().blocks.all().delete()
    with pytest.raises(publishing.NothingToSubmit):
        make.submitted(made)


@pytest.mark.django_db
def test_nobody_approves_her_own_page():
    version = make.submitted(make.page())
    with pytest.raises(verbs.SameHands):
        verbs.approve(
            version, kind=kinds.MEDICAL, by=make.editor(), credential="MD", at=timezone.now()
        )


@pytest.mark.django_db
def test_who_took_a_page_down_stands_beside_when():
    with pytest.raises(IntegrityError):
        Page.objects.create(slug="x", kind="article", taken_down_at=timezone.now())


@pytest.mark.django_db
def test_where_a_working_copy_stands_is_told_in_words():
    made = make.page()
    edition = made.editions.get()
    now = timezone.now

    assert standing.in_words(edition, at=now()) == "Never submitted."
    make.submitted(made)
    assert "1 waits for approval" in standing.in_words(edition, at=now())
    make.approved(made)
    assert standing.in_words(edition, at=now()) == "Version 1 is on the site."
    make.rewrite(made, "Other words.")
    assert "changed since" in standing.in_words(edition, at=now())
    make.submitted(made)
    assert "2 waits" in standing.in_words(edition, at=now())


@pytest.mark.django_db
def test_an_editor_submits_and_takes_down_in_the_admin(client):
    made = make.page()
    client.force_login(make.editor())
    edition = made.editions.get()
    act = {"action": "submit", "_selected_action": [str(edition.pk)]}
    response = client.post(reverse("admin:education_edition_changelist"), act, follow=True)
    assert "waits for approval" in response.text
    act = {"action": "take_down", "_selected_action": [str(made.pk)]}
    client.post(reverse("admin:education_page_changelist"), act)
    made.refresh_from_db()
    assert made.taken_down_by == make.editor()
    for name, key in (("page", made.pk), ("edition", edition.pk)):
        url = reverse(f"admin:education_{name}_change", args=[key])
        assert client.get(url).status_code == 200
    assert client.get(reverse("admin:education_edition_add")).status_code == 200
    assert client.get(reverse("admin:education_page_delete", args=[made.pk])).status_code == 403


def test_an_editor_holds_no_permission_on_people():
    held = roles.granted(frozenset([roles.EDITOR]))
    assert "education.change_page" in held
    assert not [one for one in held if one.startswith(("people.", "desk.", "appointments."))]


@pytest.mark.parametrize("kind", BlockKind.values)
@pytest.mark.django_db
def test_every_kind_of_block_is_shown_with_its_notice(client, kind):
    fact = make.indication()
    made = make.page(facts=[fact])
    made.editions.get().blocks.update(kind=kind)
    make.approved(made)
    fact.delete()
    response = client.get(reverse("education:page", args=[made.slug]))
    assert "First words." in response.text
    assert "Something here has changed" in response.text


@pytest.mark.django_db
def test_an_editor_is_told_that_an_approval_has_ended():
    made = make.page()
    now = timezone.now()
    make.approved(made, at=now - timedelta(days=9), expires_at=now - timedelta(days=1))
    edition = Edition.objects.get(page=made)
    assert "has ended; submit it again" in standing.in_words(edition, at=now)
    assert make.submitted(made).number == 2
    assert "Version 2 waits for approval" in standing.in_words(edition, at=now)


@pytest.mark.django_db
def test_when_a_shown_approval_ends_the_page_has_another_etag(client):
    made = make.page()
    version = make.approved(made)
    url = reverse("education:page", args=[made.slug])
    endless = client.get(url).headers["ETag"]
    end = timezone.now() + timedelta(hours=1)
    Approval.objects.filter(version=version).update(expires_at=end)
    assert client.get(url).headers["ETag"] != endless
