"""How much one colleague may look for: nobody walks the directory, her own stay findable."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.audit.models import Event
from clinic.people.find.asked import read
from clinic.people.find.limits import (
    ANSWER_WINDOW,
    ANSWERS,
    SEARCHES,
    WINDOW,
    TooManyAnswers,
    TooManySearches,
)
from clinic.people.find.search import pass_message, search
from clinic.people.models import Reference
from tests import builders
from tests.builders import NOON
from tests.journeys import page, signed_in, words
from tests.races import at_once

FIND = reverse("staff:find")
TELLING, NOBODY, LITTLE = "Maria 0177", "Xanthippe 9999", "Zzyzx"


@pytest.fixture
def play(db):
    return builders.cast()


@pytest.fixture
def maria(play):
    """Ana has her in hand."""
    made = builders.case(play.study)
    builders.pay()
    return made


def looks(user, query, *, times=1, at=NOON):
    """What she finds the last time."""
    for _time in range(times):
        found = search(read(query), by=user, at=at)
    return found


def test_after_sixty_searches_she_waits_a_quarter_of_an_hour(play, maria):
    looks(play.ana, LITTLE, times=SEARCHES)
    for _time in range(2):
        with pytest.raises(TooManySearches):
            looks(play.ana, LITTLE)
    assert looks(play.ben, LITTLE).is_telling is False, "one who is stopped stops nobody else"
    event = Event.objects.get(verb="search_stopped")
    assert (event.about_id, event.actor_id) == (play.ana.pk, str(play.ana.pk))
    assert event.codes == {"limit": "find"}
    assert looks(play.ana, LITTLE, at=NOON + WINDOW).matches


def test_after_twenty_answers_the_directory_tells_no_more_for_an_hour(play, maria):
    assert looks(play.chloe, TELLING, times=ANSWERS).elsewhere
    # Refused whether there is somebody or not: else the refusal would be the answer.
    for query in (TELLING, NOBODY, TELLING):
        with pytest.raises(TooManyAnswers):
            looks(play.chloe, query)
    assert Event.objects.get(verb="search_stopped").codes == {"limit": "find.directory"}
    assert looks(play.chloe, LITTLE).matches == []
    assert looks(play.chloe, TELLING, at=NOON + ANSWER_WINDOW).elsewhere


def test_only_an_answer_counts(play, maria):
    looks(play.chloe, NOBODY, times=ANSWERS + 1)
    looks(play.ana, TELLING, times=ANSWERS + 1, at=NOON + WINDOW)
    assert looks(play.chloe, TELLING, at=NOON + WINDOW).elsewhere


@pytest.mark.django_db(transaction=True)
def test_searches_at_once_do_not_slip_past():
    play = builders.cast()
    builders.case(play.study)
    looks(play.chloe, TELLING, times=ANSWERS - 1)

    def one(_number):
        try:
            return bool(looks(play.chloe, TELLING).elsewhere)
        except TooManyAnswers:
            return False

    assert sum(at_once(one, threads=8)) == 1
    assert Event.objects.filter(verb="search_stopped").count() == 1


def test_who_is_stopped_reads_why_and_keeps_what_she_typed(play, maria):
    browser = signed_in(play.chloe)
    for _time in range(ANSWERS):
        assert browser.post(FIND, {"query": TELLING}).status_code == 200
    refused = browser.post(FIND, {"query": TELLING})
    assert refused.status_code == 429
    assert "For an hour you find only your own" in words(refused)
    assert 'value="Maria 0177"' in page(refused)
    assert "A colleague looks after this caller" not in words(refused)
    for _time in range(SEARCHES - ANSWERS - 1):
        browser.post(FIND, {"query": LITTLE})
    refused = browser.post(FIND, {"query": LITTLE})
    assert refused.status_code == 429
    assert "Wait 15 minutes" in words(refused)
    events = json.dumps(list(Event.objects.filter(verb="search_stopped").values_list("codes")))
    assert "Maria" not in events


def test_the_directory_has_one_row_for_each_colleague(play, maria):
    second = builders.case(play.study)
    builders.pay()
    nobody_yet = [builders.case(play.study), builders.appointment_request()]
    builders.case(play.study)
    rows = looks(play.chloe, TELLING).elsewhere
    assert [one.owner for one in rows].count(play.ana) == 1
    assert [one.owner for one in rows].count(None) == len(nobody_yet), "one for each team"
    listed = {Reference.rows.get(pk=one.reference_id).about_id for one in rows}
    event = Event.objects.filter(verb="search").latest("id")
    assert set(event.codes["directory"]) == {str(one) for one in listed}
    assert listed & {maria.pk, second.pk}
    hers = next(one for one in rows if one.owner == play.ana)
    assert pass_message(hers.reference_id, by=play.chloe, at=NOON + timedelta(minutes=1))
