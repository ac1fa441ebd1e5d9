"""Only approved words are shown: live is computed, from hashes and dates, never a flag."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.audit.models import Event
from clinic.audit.recording import about
from clinic.people import roles
from clinic.signing import epoch, kinds
from clinic.signing.kinds import IRB, MEDICAL, PRIVACY, TRANSLATION, TextKind
from clinic.signing.live import best_version, is_live, live_version, live_versions, read
from clinic.signing.models import Approval, ImmutableError, PublicEpoch, Text, TextVersion
from clinic.signing.verbs import (
    AlreadyApproved,
    SameHands,
    approve,
    canonical,
    draft,
    put_back,
    take_down,
)
from tests import builders
from tests.builders import NOON, later
from tests.races import at_once

PAGE = "test.page"
CARD = "test.card"
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db


class Broken(Exception):
    """Something fails in the middle."""


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    """A page needs one approval, a card two."""
    monkeypatch.setitem(kinds._KINDS, PAGE, TextKind(PAGE, "page", (MEDICAL,)))
    monkeypatch.setitem(kinds._KINDS, CARD, TextKind(CARD, "card", (MEDICAL, IRB)))


@pytest.fixture
def erin():
    return builders.colleague("erin", roles.EDITOR)


@pytest.fixture
def ruth():
    return builders.colleague("ruth", roles.REVIEWER)


def proposed(words="Some words", *, kind=PAGE, language="en", subject="one", at=NOON):
    """A version by Erin."""
    return draft(
        kind=kind,
        subject=subject,
        language=language,
        body={"words": words},
        html=f"<p>{words}</p>",
        by=builders.colleague("erin", roles.EDITOR),
        at=at,
    )


def signed(version, kind=MEDICAL, *, at=NOON, **more):
    """Ruth's yes."""
    reader = builders.colleague("ruth", roles.REVIEWER)
    return approve(version, kind=kind, by=reader, credential="MD", at=at, **more)


def live(version, at=NOON):
    """Whether a version is live as it now stands in the database."""
    return is_live(TextVersion.objects.get(pk=version.pk), at=at)


def next_change(at, kind=PAGE):
    return read(kind, "en", "es", at=at).changes_at


def behind_our_back(row, **columns):
    """Change a row as somebody with the database's password would."""
    assert type(row)._base_manager.filter(pk=row.pk).update(**columns) == 1


# -- Live ------------------------------------------------------------------------------------------
def test_words_are_live_once_every_approval_stands_on_them():
    version = proposed(kind=CARD)
    assert not live(version)
    signed(version)
    assert not live(version)
    signed(version, IRB, board="Central IRB", number="26-014")
    assert live(version)


def test_a_needless_approval_makes_nothing_live():
    version = proposed()
    signed(version, PRIVACY)
    assert not live(version)


def test_an_approval_begins_when_it_is_given():
    version = proposed()
    signed(version, at=later(hours=1))
    assert not live(version, later(hours=1) - SECOND)
    assert live(version, later(hours=1))
    assert next_change(NOON) == later(hours=1)
    assert next_change(later(hours=1)) is None


def test_an_approval_ends_by_itself_at_its_instant():
    version = proposed()
    end = later(days=30)
    signed(version, expires_at=end)
    assert live(version, end - SECOND)
    assert not live(version, end)
    assert not live(version, end + SECOND)
    assert next_change(NOON) == end
    assert next_change(end) is None


def test_the_first_approval_to_end_ends_it_all():
    version = proposed(kind=CARD)
    signed(version, expires_at=later(days=90))
    signed(version, IRB, board="Central IRB", number="26-014", expires_at=later(days=30))
    assert next_change(NOON, kind=CARD) == later(days=30)
    assert live(version, later(days=30) - SECOND)
    assert not live(version, later(days=30))


def test_the_newest_live_version_is_shown_and_the_one_before_when_it_ends():
    first = proposed("Old words")
    signed(first)
    second = proposed("New words")
    assert live_version(PAGE, "one", "en", at=NOON) == first
    signed(second, expires_at=later(days=1))
    assert live_version(PAGE, "one", "en", at=NOON) == second
    assert live_version(PAGE, "one", "en", at=later(days=1)) == first


def test_many_texts_are_read_at_once(django_assert_num_queries):
    for number in range(5):
        signed(proposed(f"Words {number}", subject=f"text {number}"))
    proposed("Not approved", subject="text 6")
    with django_assert_num_queries(1):
        found = live_versions(PAGE, "en", at=NOON)
    assert sorted(found) == [f"text {number}" for number in range(5)]
    assert set(live_versions(PAGE, "en", at=NOON, subjects=["text 1", "text 6"])) == {"text 1"}


def test_an_unknown_kind_is_never_live(monkeypatch):
    version = proposed()
    signed(version)
    monkeypatch.delitem(kinds._KINDS, PAGE)
    assert not live(version)
    assert live_version(PAGE, "one", "en", at=NOON) is None
    with pytest.raises(KeyError):
        proposed("More words")


def test_one_code_names_one_kind():
    kinds.register(TextKind(PAGE, "page", (MEDICAL,)))
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register(TextKind(PAGE, "page", ()))


# -- What was signed is what is shown --------------------------------------------------------------
@pytest.mark.parametrize(
    "columns",
    [
        {"body": '{"words":"Some wards"}'},
        {"html": "<p>Some words </p>"},
        {"html": ""},
        {"body": '{"words":"Some words"}<p>', "html": "Some words</p>"},
        {"sha256": "0" * 64},
    ],
    ids=["body", "html", "no html", "moved boundary", "hash"],
)
def test_one_byte_changed_behind_our_back_is_not_live(columns):
    version = proposed()
    signed(version)
    assert live(version)
    behind_our_back(version, **columns)
    assert not live(version)


def test_new_words_under_a_new_hash_have_no_approval():
    version, other = proposed(), proposed("Other words", subject="other")
    signed(version)
    behind_our_back(version, body=other.body, html=other.html, sha256=other.sha256)
    assert TextVersion.objects.get(pk=version.pk).is_intact
    assert not live(version)


def test_an_approval_moved_to_other_words_does_not_count():
    version, other = proposed(), proposed("Other words", subject="other")
    approval = signed(other)
    behind_our_back(approval, version=version)
    assert not live(version)


def test_a_version_is_never_changed_or_deleted():
    version = proposed()
    version.body = "{}"
    with pytest.raises(ImmutableError):
        version.save()
    with pytest.raises(ImmutableError):
        version.delete()
    assert live_version(PAGE, "one", "en", at=NOON) is None
    assert TextVersion.objects.get().content == {"words": "Some words"}


def test_one_content_has_one_spelling():
    assert canonical({"b": "ñ", "a": [1, 2]}) == '{"a":[1,2],"b":"ñ"}'
    assert canonical({"a": [1, 2], "b": "ñ"}) == canonical({"b": "ñ", "a": [1, 2]})


def test_the_same_words_again_are_the_same_version():
    first = proposed()
    assert proposed() == first
    assert proposed("Other words").number == 2
    third = proposed()
    assert third.number == 3, "going back is a version of its own, with approvals of its own"
    signed(first)
    assert not live(third)


# -- Four eyes -------------------------------------------------------------------------------------
def test_nobody_approves_her_own_words(erin):
    version = proposed()
    with pytest.raises(SameHands):
        approve(version, kind=MEDICAL, by=erin, credential="MD", at=NOON)
    assert not Approval.objects.exists()


def test_the_table_itself_wants_four_eyes(erin, ruth):
    version = proposed()
    values = {
        "version": version,
        "kind": MEDICAL,
        "sha256": version.sha256,
        "credential": "MD",
        "approved_at": NOON,
    }
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Approval.objects.create(author=erin, approved_by=erin, **values)
    Approval.objects.create(author=erin, approved_by=ruth, **values)


@pytest.mark.parametrize("given", [{}, {"board": "Central IRB"}, {"number": "26-014"}])
def test_an_irb_names_its_board_and_its_number(given):
    version = proposed(kind=CARD)
    with pytest.raises(IntegrityError, match="board_and_number"), transaction.atomic():
        signed(version, IRB, **given)
    assert not Approval.objects.exists()
    assert not Event.objects.filter(verb="approve").exists()


def test_an_approval_of_an_unknown_kind_is_refused():
    version = proposed()
    with pytest.raises(IntegrityError), transaction.atomic():
        signed(version, "astrology")


def test_one_version_has_each_approval_once():
    version = proposed()
    signed(version)
    with pytest.raises(AlreadyApproved):
        signed(version)


@pytest.mark.django_db(transaction=True)
def test_approvals_given_at_once_are_one(ruth):
    version = proposed()

    results = at_once(
        lambda _number: approve(version, kind=MEDICAL, by=ruth, credential="MD", at=NOON),
        (AlreadyApproved, IntegrityError),
        threads=4,
    )

    assert sum(isinstance(one, Approval) for one in results) == 1
    assert Event.objects.filter(verb="approve").count() == 1
    assert epoch.current() == 1


def test_who_said_yes_to_what_is_on_record(erin, ruth):
    version = proposed()
    approval = signed(version, at=later(hours=2))
    events = Event.objects.about(*about(version))
    assert [(one.verb, one.actor_id, one.at) for one in events] == [
        ("propose", str(erin.pk), NOON),
        ("approve", str(ruth.pk), later(hours=2)),
    ]
    assert (approval.sha256, approval.author) == (version.sha256, erin)


# -- Taking down -----------------------------------------------------------------------------------
def test_taking_down_needs_no_signature_and_putting_back_needs_no_new_one(erin):
    version = proposed()
    signed(version)
    take_down(version.text, by=erin, at=NOON)
    assert not live(version)
    assert live_version(PAGE, "one", "en", at=NOON) is None
    put_back(version.text, by=erin, at=later(hours=1))
    assert live(version)
    verbs = Event.objects.about(*about(version.text)).values_list("verb", flat=True)
    assert list(verbs) == ["take_down", "put_back"]


def test_putting_back_revives_no_approval_that_has_ended(erin):
    version = proposed()
    signed(version, expires_at=later(days=1))
    take_down(version.text, by=erin, at=NOON)
    put_back(version.text, by=erin, at=later(days=2))
    assert live(version, NOON)
    assert not live(version, later(days=2))


# -- Languages -------------------------------------------------------------------------------------
def test_a_translation_needs_its_translators_yes_too():
    version = proposed("Palabras", language="es")
    signed(version)
    assert not live(version)
    signed(version, TRANSLATION)
    assert live(version)


def test_without_a_live_translation_she_reads_english():
    english = proposed()
    signed(english)
    spanish = proposed("Palabras", language="es")
    signed(spanish)
    assert live_version(PAGE, "one", "es", at=NOON) is None
    assert best_version(PAGE, "one", "es", at=NOON) == english
    signed(spanish, TRANSLATION)
    assert best_version(PAGE, "one", "es", at=NOON) == spanish


# -- The public epoch ------------------------------------------------------------------------------
def test_whatever_readers_may_see_raises_the_epoch(erin):
    assert epoch.current() == 0
    version = proposed()
    assert epoch.current() == 0, "a proposal is not shown"
    signed(version)
    assert epoch.current() == 1
    take_down(version.text, by=erin, at=NOON)
    assert epoch.current() == 2
    put_back(version.text, by=erin, at=NOON)
    assert epoch.current() == 3


def test_a_change_of_the_centre_raises_the_epoch():
    centre = builders.centre()
    before = epoch.current()
    centre.save()
    assert epoch.current() == before + 1


def test_a_refused_approval_raises_nothing(erin):
    version = proposed()
    with pytest.raises(SameHands):
        approve(version, kind=MEDICAL, by=erin, credential="MD", at=NOON)
    assert epoch.current() == 0


def test_an_epoch_that_is_rolled_back_was_not_raised():
    def fail():
        with transaction.atomic():
            epoch.bump()
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert epoch.current() == 0


@pytest.mark.django_db(transaction=True)
def test_bumps_at_once_all_count():
    at_once(lambda _number: epoch.bump(), threads=6)
    assert epoch.current() == 6


def test_there_is_one_epoch():
    epoch.bump()
    with pytest.raises(IntegrityError, match="one_row"), transaction.atomic():
        PublicEpoch.objects.create(pk=2)


def test_a_text_stands_once_for_each_language():
    proposed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Text.objects.create(kind=PAGE, subject="one", language="en")
    assert connection.in_atomic_block
