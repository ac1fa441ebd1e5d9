"""The pages of "find trials that may fit": start, six questions, results.

Nothing is stored here: coded answers travel in a sealed cookie until she asks to be called.
"""

from __future__ import annotations

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.journey import View, public_form, safety_view, who_view
from referrals.screening.forms import QuestionForm, form_for, initial_for
from referrals.screening.headings import Headings
from referrals.screening.matching import match
from referrals.screening.questions import BIRTH, BY_SLUG, is_child, profile_from
from referrals.screening.results import Choice, grouped, questions_to_ask
from referrals.screening.steps import JOURNEY, Steps
from referrals.screening.texts import asked

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def readable(view: View) -> View:
    """Start again, with a plain sentence, where the cookie is there and cannot be read."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if _is_lost(request):
            return redirect("screening:start")
        return view(request, **kwargs)

    return guarded


@public_form
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what happens to the answers, and where to go on."""
    lost = _is_lost(request)
    page = {"lost": lost, "begun": bool(JOURNEY.read(request))}
    response = render(request, "screening/start.html", page)
    if lost:
        JOURNEY.clear(response)
    return response


@public_form
@get_or_post
@readable
def safety(request: HttpRequest) -> HttpResponse:
    """Is she very ill now?"""
    return safety_view(request, journey=JOURNEY, next_url=reverse("screening:who"))


@public_form
@get_or_post
@readable
def who(request: HttpRequest) -> HttpResponse:
    """Whom is this for?"""
    following = asked(_language(), at=timezone.now())
    next_url = Steps({}, following).after(-1)
    safety_url = reverse("screening:safety")
    return who_view(request, journey=JOURNEY, next_url=next_url, safety_url=safety_url)


@public_form
@get_or_post
@readable
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """One question; an answer is kept and the next page follows."""
    steps = Steps(JOURNEY.read(request), asked(_language(), at=timezone.now()))
    place = steps.place(BY_SLUG[slug])
    missing = steps.missing(until=BY_SLUG[slug])
    if missing or place is None:
        return redirect(missing or "screening:results")
    one = steps.asked[place]
    posted = request.POST if request.method == "POST" else None
    earlier = initial_for(one, steps.answers.get(one.question.code, []))
    form = form_for(one, on=timezone.localdate())(posted, initial=earlier)
    if form.is_valid():
        return _answered(steps, place, form)
    return render(request, "screening/question.html", _page(steps, place, form))


@public_form
@require_safe
def young(request: HttpRequest) -> HttpResponse:
    """Somebody under 18: whom to call instead. Nothing is kept."""
    return render(request, "screening/young.html")


@public_form
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Forget all answers and begin anew."""
    response = redirect("screening:start")
    JOURNEY.clear(response)
    return response


@public_form
@get_or_post
@readable
def results(request: HttpRequest) -> HttpResponse:
    """The studies that may fit, with reasons; a POST keeps her choice and goes on."""
    at = timezone.now()
    steps = Steps(JOURNEY.read(request), asked(_language(), at=at))
    if missing := steps.missing():
        return redirect(missing)
    matches = match(profile_from(steps.data, on=timezone.localdate(at)), _language(), at)
    choice = Choice.posted(request.POST, matches) if request.method == "POST" else Choice()
    if request.method == "POST" and not choice.problems:
        return JOURNEY.goes_on(steps.data, reverse("desk:contact"), studies=choice.studies)
    groups = grouped(matches, Headings.read(_language(), at=at))
    page = {"groups": groups, "ask": questions_to_ask(matches), "choice": choice}
    page["count"] = sum(len(group.matches) for group in groups if not group.folded)
    chosen = choice.studies or steps.data.get("studies", [])
    page |= {"chosen": chosen, "problems": choice.problems, "has_errors": bool(choice.problems)}
    return render(request, "screening/results.html", page)


def _is_lost(request: HttpRequest) -> bool:
    """Whether there is a cookie that was changed, or sealed with a key we no longer have."""
    return bool(request.COOKIES.get(JOURNEY.name)) and not JOURNEY.read(request)


def _language() -> str:
    return get_language() or "en"


def _answered(steps: Steps, place: int, form: QuestionForm) -> HttpResponse:
    one, chosen = steps.asked[place].question, form.chosen()
    if one is BIRTH and is_child(chosen, on=timezone.localdate()):
        response = redirect("screening:young")
        JOURNEY.clear(response)
        return response
    answers = {**steps.answers, one.code: chosen}
    return JOURNEY.goes_on(steps.data, steps.after(place), answers=answers)


def _page(steps: Steps, place: int, form: QuestionForm) -> dict[str, object]:
    return {
        "form": form,
        "asked": steps.asked[place],
        "number": place + 1,
        "total": len(steps.asked),
        "back_url": steps.before(place),
        "for_someone": steps.data["who"] == "someone",
    }
