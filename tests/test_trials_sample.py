"""The sample catalogue: real facts, short quotes, approved words, people on duty."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from clinic.demo.signing import SIGNED_BEFORE
from clinic.people import roles
from clinic.people.models import RoleHeld, User
from clinic.signing.live import live_versions
from clinic.signing.models import Text
from clinic.signing.verbs import take_down
from referrals.trials import known_fields
from referrals.trials.cards import CARD, CRITERIA, card_for, cards_for
from referrals.trials.models import Cohort, CriteriaSet, Criterion, Duty, Study
from referrals.trials.registry import plain_text
from referrals.trials.sample.loading import catalogue, load

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture
def sample(db):
    cast = (
        *((f"{name}@example.org", roles.COORDINATOR) for name in ("a", "b", "c", "d")),
        ("lena@example.org", roles.LEAD),
        ("editor@example.org", roles.EDITOR),
        ("reviewer@example.org", roles.REVIEWER),
    )
    for email, role in cast:
        user = User.objects.create_user(email, full_name=email)
        RoleHeld.objects.create(user=user, role=role)
    load(AT)


def test_catalogue_is_large_enough(sample):
    assert Study.objects.count() == 8
    assert Cohort.objects.count() >= 12
    assert CriteriaSet.objects.published().count() == Cohort.objects.count()
    assert Study.objects.filter(local_status="closed").count() == 1
    assert Cohort.objects.filter(local_status="paused").count() == 1
    assert Study.objects.filter(primary_purpose="SUPPORTIVE_CARE").count() == 1


def test_loading_again_changes_nothing(sample):
    study = Study.objects.first()
    study.title = "Changed in the demo"
    study.save()
    before = (Text.objects.count(), Criterion.objects.count(), Duty.objects.count())

    load(AT + timedelta(days=1))

    assert (Text.objects.count(), Criterion.objects.count(), Duty.objects.count()) == before
    assert Study.objects.get(pk=study.pk).title == "Changed in the demo"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_line_has_approved_words(sample, language):
    live = live_versions(CRITERIA, language, at=AT)

    for criteria_set in CriteriaSet.objects.published():
        words = live[str(criteria_set.pk)].content
        leaves = set(criteria_set.criteria.filter(kind="leaf").values_list("key", flat=True))
        assert set(words) == leaves
        assert all(all(line.values()) for line in words.values())


@pytest.mark.parametrize(("language", "sample_word"), [("en", "sample"), ("es", "muestra")])
def test_every_card_is_approved_and_says_it_is_a_sample(sample, language, sample_word):
    for card in cards_for(Study.objects.all(), language, AT).values():
        assert card.approved
        assert card.language == language
        assert sample_word in card.what


def test_every_study_has_a_coordinator_and_another_backup_at_every_site(sample):
    for study in Study.objects.all():
        for site in study.sites.all():
            duties = list(Duty.objects.active().of(study=study, site=site))
            assert [duty.duty for duty in duties] == ["coordinator", "backup", "lead"]
            assert len({duty.user_id for duty in duties}) == 3
    assert Duty.objects.filter(duty="coordinator").values("user").distinct().count() == 4


def test_patient_lines_use_only_fields_that_are_asked():
    fields = pytest.importorskip("referrals.screening.fields").FIELDS
    for key, line in catalogue()["lines"].items():
        if line["audience"] == "patient":
            values = line["value"] if isinstance(line["value"], list) else [line["value"]]
            assert fields[line["field"]].allows(values), key


def test_every_line_of_the_sample_asks_about_a_known_field():
    fields = {line["field"] for line in catalogue()["lines"].values()}
    assert [field for field in fields if not known_fields.is_known(field)] == []


def quotes():
    def walk(entries):
        for entry in entries:
            if isinstance(entry, dict):
                yield from walk(entry["of"])
            else:
                yield entry[1]

    for study in catalogue()["studies"]:
        for owner in (study, *study["cohorts"]):
            yield from ((study["nct_id"], quote) for quote in walk(owner["criteria"]))


def registry_texts(folder):
    for path in (folder / "ctgov" / "live").glob("*.json"):
        yield json.loads(path.read_text(encoding="utf-8"))
    with (folder / "matching" / "trials.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def test_quotes_are_short():
    assert [quote for _nct_id, quote in quotes() if len(quote.split()) > 12] == []


def strings(value):
    if isinstance(value, str):
        yield plain_text(value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def test_quotes_are_the_registrys_own_words(shared_data):
    texts = {
        record["protocolSection"]["identificationModule"]["nctId"]: " ".join(strings(record))
        for record in registry_texts(shared_data)
    }
    wrong = [
        (nct_id, quote)
        for nct_id, quote in quotes()
        if quote and not quote.startswith("Our note") and quote not in texts[nct_id]
    ]
    assert wrong == []


def test_card_without_words_is_the_plain_listing(sample, rf):
    study = Study.objects.listed().first()
    english = Text.objects.get(kind=CARD, subject=str(study.pk), language="en")
    take_down(english, by=User.objects.first(), at=AT)

    card = card_for(study, "en", AT)

    assert (card.approved, card.name, card.who) == (False, study.title, "")
    page = render_to_string("trials/card.html", {"card": card}, request=rf.get("/"))
    assert study.nct_id in page
    assert study.sites.all()[0].name in page


def test_words_expire_by_themselves(sample):
    study = Study.objects.first()

    signed_at = AT - SIGNED_BEFORE
    assert not card_for(study, "en", signed_at - timedelta(seconds=1)).approved
    assert card_for(study, "en", signed_at).approved
    assert card_for(study, "en", signed_at + timedelta(days=364)).approved
    assert not card_for(study, "en", signed_at + timedelta(days=365)).approved


def test_listing_never_trusts_a_title(sample, rf):
    study = Study(title="<script>alert(1)</script> \\> 5", local_name="x")
    study.save()

    page = render_to_string("trials/listing.html", {"study": study}, request=rf.get("/"))

    assert "<script>" not in page


def test_cards_take_the_same_queries_for_one_or_all(sample, django_assert_num_queries):
    studies = list(Study.objects.all())
    with django_assert_num_queries(1):
        cards_for(studies, "en", AT)
