"""A colleague's account in tests: the link of a mail, a password chosen, the form of the admin."""

from __future__ import annotations

import re

from django.core import mail
from django.urls import reverse

from clinic.people.models import User

NEW = "a quiet harbor 2026"


def newcomer(**changes):
    return User.objects.create_user("nora@example.org", full_name="Nora", **changes)


def fresh(user):
    return User.objects.get(pk=user.pk)


def link():
    """The link of the newest mail, as a path."""
    found = re.search(r"http://testserver(/staff/welcome/\S+)", mail.outbox[-1].body)
    return found[1]


def choose(browser, address, password=NEW, again=None):
    """Follow a link and type a password twice."""
    page_ = browser.get(address, follow=True)
    target = page_.redirect_chain[-1][0] if page_.redirect_chain else address
    values = {"new_password1": password, "new_password2": again or password}
    return browser.post(target, values, follow=True)


def form(user=None, **changes):
    """What the admin's page of an account sends; without one, of an account that is added."""
    held = list(user.roles_held.all()) if user else []
    values = {
        "email": "nora@example.org" if user is None else user.email,
        "full_name": "Nora" if user is None else user.full_name,
        "languages": "en",
        "capacity": "20",
        "roles_held-TOTAL_FORMS": str(max(1, len(held))),
        "roles_held-INITIAL_FORMS": str(len(held)),
    }
    for number, one in enumerate(held):
        row = {"id": str(one.pk), "user": str(user.pk), "role": one.role}
        values |= {f"roles_held-{number}-{name}": value for name, value in row.items()}
    return values | changes


def change_url(user):
    return reverse("admin:people_user_change", args=[user.pk])
