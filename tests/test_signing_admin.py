"""The words' door: an editor proposes, a reviewer signs, and both see words instead of keys."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.outbox.messages import TEXT_KIND as MESSAGE
from clinic.people import roles
from clinic.people.models import RoleHeld
from clinic.signing import bodies, kinds, verbs
from clinic.signing.kinds import IRB, MEDICAL, PRIVACY, TRANSLATION, TextKind
from clinic.signing.live import live_version
from clinic.signing.models import Approval, Text, TextVersion
from clinic.signing.waiting import in_words, missing, waiting
from referrals.trials.cards import CRITERIA
from referrals.trials.publishing import draft_criteria
from tests import builders
from tests import education_builders as make
from tests.builders import NOON
from tests.races import at_once

CARD = "test.card"
APPROVALS = "admin:signing_approval_add"
VERSIONS = "admin:signing_textversion_add"
BOARD = {"board": "Central IRB", "number": "26-014"}
LETTER = {"subject": "Hello", "lines": ["Your link: {link}"]}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _card(monkeypatch):
    """A kind that needs two approvals."""
    card = TextKind(CARD, "Card", (MEDICAL, IRB), shape={"name": "", "more": {"*": ""}})
    monkeypatch.setitem(kinds._KINDS, CARD, card)


def signed_in(*held):
    """A client of a colleague who holds these roles, and the colleague."""
    user = builders.colleague("-".join(held), *held)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return signed_in(roles.EDITOR)


@pytest.fixture
def reviewer():
    return signed_in(roles.REVIEWER)


def drafted(body=None, *, kind=MESSAGE.code, subject="hello", language="en", html=""):
    """Words by Erin."""
    return verbs.draft(
        kind=kind,
        subject=subject,
        language=language,
        body=body or LETTER,
        by=builders.colleague("erin", roles.EDITOR),
        at=NOON,
        html=html,
    )


def signed(version, kind, **more):
    """Ruth's yes, in code."""
    ruth = builders.colleague("ruth", roles.REVIEWER)
    return verbs.approve(version, kind=kind, by=ruth, credential="MD", at=NOON, **more)


def sign(client, version, kind, **more):
    """A yes in the admin, as a browser sends it."""
    values = {"version": str(version.pk), "kind": kind, "credential": "MD", **more}
    return client.post(reverse(APPROVALS), values)


def propose(client, body, **place):
    """Words in the admin, as a browser sends them."""
    text = body if isinstance(body, str) else json.dumps(body)
    values = {"kind": MESSAGE.code, "subject": "hello", "language": "en", "body": text}
    return client.post(reverse(VERSIONS), values | place)


def errors(response):
    """The sentences beside each field of the form that came back."""
    assert response.status_code == 200
    return {name: list(said) for name, said in response.context["adminform"].form.errors.items()}


def act(client, action, *texts):
    """An action on texts."""
    values = {"action": action, "_selected_action": [str(one.pk) for one in texts]}
    return client.post(reverse("admin:signing_text_changelist"), values, follow=True)


# -- From the editor's desk to the site ------------------------------------------------------------
def edit(client, edition, text):
    """Change the first block of a working copy on its own screen."""
    url = reverse("admin:education_edition_change", args=[edition.pk])
    page = client.get(url)
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    fields = [field for form in forms for field in form]
    values = {one.html_name: "" if one.value() is None else one.value() for one in fields}
    response = client.post(url, values | {"blocks-0-text": text})
    assert response.status_code == 302, response.context["errors"]


def test_a_page_goes_from_the_editors_desk_to_the_site(client, editor, reviewer):
    made = make.page()
    edition = made.editions.get()
    address = reverse("education:page", args=[made.slug])
    edit(editor, edition, "Words that Erin wrote.")
    editions = reverse("admin:education_edition_changelist")
    editor.post(editions, {"action": "submit", "_selected_action": [str(edition.pk)]})
    version = TextVersion.objects.get()
    assert client.get(address).status_code == 404

    choice = reviewer.get(reverse(APPROVALS)).text
    assert "Page: “A title”, English, version 1" in choice
    response = sign(reviewer, version, MEDICAL)

    assert response.status_code == 302
    assert "Words that Erin wrote." in client.get(address).text
    approval = Approval.objects.get()
    assert (approval.sha256, approval.author) == (version.sha256, version.author)
    listed = reviewer.get(reverse("admin:signing_approval_changelist")).text
    assert "Page: “A title”, English, version 1" in listed
    url = reverse("admin:signing_approval_change", args=[approval.pk])
    assert reviewer.get(url).status_code == 200


def test_an_editor_signs_nothing_and_nobody_signs_her_own_words(editor):
    version = drafted()
    assert sign(editor, version, PRIVACY).status_code == 403
    RoleHeld.objects.create(user=version.author, role=roles.REVIEWER)
    both = Client()
    both.force_login(version.author)
    said = errors(sign(both, version, PRIVACY))
    assert said == {"version": ["You wrote this. Somebody else has to approve it."]}
    assert not Approval.objects.exists()


@pytest.mark.parametrize("given", [{}, {"board": "Central IRB"}, {"number": "26-014"}])
def test_an_irb_names_its_board_at_the_field(reviewer, given):
    version = drafted({"name": "A card"}, kind=CARD)
    said = errors(sign(reviewer, version, IRB, **given))
    assert set(said) == set(BOARD) - set(given)
    assert sign(reviewer, version, IRB, **BOARD).status_code == 302


def test_the_same_approval_twice_is_refused_at_the_field(reviewer):
    version = drafted({"name": "A card"}, kind=CARD)
    sign(reviewer, version, MEDICAL)
    assert set(errors(sign(reviewer, version, MEDICAL))) == {"kind"}
    sign(reviewer, version, IRB, **BOARD)
    said = errors(sign(reviewer, version, MEDICAL))
    assert "wait for no approval" in said["version"][0]
    assert Approval.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_approvals_given_at_once_one_stands_and_none_breaks():
    version = drafted({"name": "A card"}, kind=CARD)
    clients = [signed_in(roles.REVIEWER, *more) for more in ([], [roles.LEAD], [roles.EDITOR])]
    answers = at_once(lambda number: sign(clients[number], version, MEDICAL), threads=3)
    assert {one.status_code for one in answers} <= {200, 302}
    assert Approval.objects.count() == 1


def test_an_approval_that_has_ended_already_is_refused(reviewer):
    past = timezone.localtime() - timedelta(days=1)
    ends = {"expires_at_0": f"{past:%Y-%m-%d}", "expires_at_1": f"{past:%H:%M:%S}"}
    assert set(errors(sign(reviewer, drafted(), PRIVACY, **ends))) == {"expires_at"}


# -- What waits ------------------------------------------------------------------------------------
def test_only_the_newest_words_that_lack_an_approval_wait():
    done, old = drafted(subject="done"), drafted(subject="open")
    signed(done, PRIVACY)
    new = drafted(LETTER | {"subject": "Other"}, subject="open")
    assert list(waiting()) == [new]
    assert missing(old) == {PRIVACY}


def test_a_translation_waits_for_its_translator():
    version = drafted(language="es")
    signed(version, PRIVACY)
    assert missing(TextVersion.objects.get(pk=version.pk)) == {TRANSLATION}
    assert in_words(version) == "Message: “Hello”, Español, version 1"


def test_only_kinds_of_approval_that_are_needed_are_offered(reviewer):
    letter = drafted()
    card = drafted({"name": "A card"}, kind=CARD)

    def offered(**query):
        form = reviewer.get(reverse(APPROVALS), query).context["adminform"].form
        return {value for value, _label in form.fields["kind"].choices}

    assert offered() == {MEDICAL, IRB, PRIVACY}
    assert offered(version=letter.pk) == {PRIVACY}
    assert offered(version=card.pk) == {MEDICAL, IRB}
    assert offered(version="nonsense") == {MEDICAL, IRB, PRIVACY}
    assert set(errors(sign(reviewer, letter, MEDICAL))) == {"kind"}


def test_words_without_a_wing_never_wait(monkeypatch):
    version = drafted({"name": "A card"}, kind=CARD)
    monkeypatch.delitem(kinds._KINDS, CARD)
    assert not waiting()
    assert in_words(version).startswith("test.card: “A card”")


def test_words_for_criteria_are_called_by_their_study():
    cohort = builders.study("first").cohorts.get()
    criteria = draft_criteria(cohort, by=builders.colleague("erin", roles.EDITOR), at=NOON)
    line = {"adult": {"words": "x", "met": "x", "not_met": "x", "ask": "x"}}
    version = drafted(line, kind=CRITERIA, subject=str(criteria.pk))
    assert in_words(version) == "Words for criteria: “the first study · All v1”, English, version 1"
    for subject in (str(cohort.pk), "mistyped"):
        stray = drafted(line, kind=CRITERIA, subject=subject)
        assert in_words(stray) == "Words for criteria: “x”, English, version 1"


# -- Reading ---------------------------------------------------------------------------------------
def test_a_reviewer_reads_words_and_html_stays_text(reviewer):
    version = drafted(LETTER | {"subject": "<b>Hello</b>"}, html="<script>alert(1)</script>")
    url = reverse("admin:signing_textversion_change", args=[version.pk])
    page = reviewer.get(url).text
    assert "lines · 1" in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert f"?version={version.pk}" in page
    assert f"?text={version.text_id}" not in page, "a reviewer proposes nothing"
    signed(version, PRIVACY, expires_at=NOON + timedelta(days=365))
    page = reviewer.get(url).text
    assert f"?version={version.pk}" not in page
    assert "privacy: Ruth, MD" in page


def test_lists_show_titles_and_what_waits(reviewer):
    done = drafted(LETTER | {"subject": "Signed"}, subject="done")
    signed(done, PRIVACY)
    drafted()
    versions = reverse("admin:signing_textversion_changelist")
    assert "Message: “Signed”, English, version 1" in reviewer.get(versions).text
    waits = reviewer.get(versions, {"approval": "waits"}).text
    assert "“Hello”" in waits
    assert "“Signed”" not in waits
    assert "Message: “Signed”" in reviewer.get(reverse("admin:signing_text_changelist")).text


def test_words_changed_behind_our_back_can_still_be_looked_at(reviewer):
    version = drafted()
    TextVersion._base_manager.filter(pk=version.pk).update(body="no JSON {")
    url = reverse("admin:signing_textversion_change", args=[version.pk])
    assert "never shown" in reviewer.get(url).text
    for model in ("text", "textversion"):
        assert reviewer.get(reverse(f"admin:signing_{model}_changelist")).status_code == 200


def test_nobody_changes_or_deletes_a_version(editor):
    version = drafted()
    for name in ("change", "delete"):
        url = reverse(f"admin:signing_textversion_{name}", args=[version.pk])
        assert editor.post(url, {"body": "{}"}).status_code == 403


# -- Proposing -------------------------------------------------------------------------------------
def test_an_editor_changes_the_newest_words_and_a_reviewer_makes_them_live(editor, reviewer):
    first = drafted()
    change = reverse("admin:signing_textversion_change", args=[first.pk])
    assert f"?text={first.text_id}" in editor.get(change).text
    form = editor.get(reverse(VERSIONS), {"text": first.text_id}).context["adminform"].form
    assert json.loads(form.initial["body"]) == LETTER

    words = form.initial["body"].replace("Hello", "Good day")
    assert propose(editor, words).status_code == 302
    second = TextVersion.objects.get(number=2)
    assert (second.text, second.author.email) == (first.text, "editor@example.org")
    sign(reviewer, second, PRIVACY)
    now = timezone.now()
    assert live_version(MESSAGE.code, "hello", "en", at=now).content["subject"] == "Good day"


def test_only_an_editor_proposes(reviewer):
    assert reviewer.get(reverse(VERSIONS)).status_code == 403
    assert propose(reviewer, LETTER).status_code == 403


def test_pages_are_written_on_their_own_screen(editor):
    version = make.submitted(make.page())
    change = reverse("admin:signing_textversion_change", args=[version.pk])
    assert "?text=" not in editor.get(change).text
    assert set(errors(propose(editor, LETTER, kind="page"))) == {"kind"}
    assert editor.get(reverse(VERSIONS), {"text": "nonsense"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "line 1, column 2"),
        ("[]", "JSON object"),
        ("[" * 100_000, "cannot be stored"),
        ('{"subject": "\\ud800", "lines": []}', "cannot be stored"),
        ({"subject": "Hello"}, "form: lines."),
        (LETTER | {"line": "x"}, "form: line."),
        (LETTER | {"lines": "x"}, "form: lines."),
        (LETTER | {"lines": ["x", 1]}, "form: lines · 2."),
        (LETTER | {"lines": ["{name}"]}, "Nobody fills {name}."),
        (LETTER | {"lines": ["{}"]}, "Nobody fills {}."),
        (LETTER | {"lines": ["{link.pk}"]}, "Nobody fills {link.pk}."),
        (LETTER | {"lines": ["{link!r}"]}, "Nobody fills {link!r}."),
        (LETTER | {"lines": ["{link:>9}"]}, "Nobody fills {link:>9}."),
        (LETTER | {"subject": "{link"}, "without its pair"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
def test_words_that_would_break_are_refused_at_the_field(editor, body, said, is_first):
    if not is_first:
        drafted()
    assert said in errors(propose(editor, body))["body"][0]
    assert TextVersion.objects.count() == (0 if is_first else 1)


def test_the_same_words_again_are_nothing_to_propose(editor):
    assert propose(editor, LETTER).status_code == 302
    assert errors(propose(editor, LETTER))["body"] == ["Version 1 says just this already."]
    assert TextVersion.objects.count() == 1


def test_a_translation_has_the_keys_of_the_english_words(editor):
    drafted({"name": "A card", "more": {"why": "x"}}, kind=CARD, subject="one")
    place = {"kind": CARD, "subject": "one", "language": "es"}
    wrong = {"name": "Una tarjeta", "more": {"porque": "x"}}
    assert "more · porque, more · why" in errors(propose(editor, wrong, **place))["body"][0]
    right = {"name": "Una tarjeta", "more": {"why": "x"}}
    assert propose(editor, right, **place).status_code == 302


def test_an_approval_that_ends_is_renewed_with_the_same_words(editor, reviewer):
    first = drafted()
    signed(first, PRIVACY, expires_at=NOON + timedelta(days=1))
    assert propose(editor, LETTER).status_code == 302
    again = TextVersion.objects.get(number=2)
    assert "Version 2 says just this" in errors(propose(editor, LETTER))["body"][0]
    assert sign(reviewer, again, PRIVACY).status_code == 302


def test_every_sample_fits_its_kind():
    builders.centre()
    for version in TextVersion.objects.select_related("text"):
        kind = kinds.get(version.text.kind)
        assert kind.shape is not None
        assert list(bodies.misfits(version.content, kind.shape)) == []
        assert set(bodies.placeholders(version.content)) <= (kind.placeholders or set())


# -- Taking down -----------------------------------------------------------------------------------
def test_a_text_is_taken_down_and_shown_again(editor):
    version = drafted()
    assert "1 text is taken down." in act(editor, "take_down", version.text).text
    assert Text.objects.get().taken_down_at is not None
    assert "1 text is shown again." in act(editor, "put_back", version.text).text
    assert Text.objects.get().taken_down_at is None


def test_a_page_has_one_way_down(editor):
    page = make.submitted(make.page()).text
    letter = drafted().text
    said = act(editor, "take_down", page, letter).text
    assert "“Page” is taken down and put back on its own screen" in said
    assert "1 text is taken down." in said
    page.refresh_from_db()
    assert page.taken_down_at is None
