"""A person at a browser: what she reads, taps and types, and the house that she walks through."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Locator, Page, Response

from clinic.demo import accounts
from clinic.outbox.sample import load as load_messages
from clinic.people.models import User
from clinic.people.sample import load as load_colleagues
from clinic.places.sample import load as load_places
from education.sample.loading import load as load_pages
from referrals.screening.sample.loading import load as load_questions
from referrals.trials.sample.loading import load as load_studies
from tests.journeys import ANSWERS, APPOINTMENT, TYPED

ROOM = (load_places, load_colleagues, load_messages, load_pages, load_studies, load_questions)
SAFE = {"very_ill": "no"}
FOR_ME = {"who": "me"}
PHONE_ALONE = {name: value for name, value in TYPED.items() if name != "email"}
SHARE = {"agree_share": "on"}
CONTINUE = "Continue"


@dataclass(frozen=True)
class House:
    """The sample centre, served on this machine: no invented patients, mail in a folder."""

    url: str
    mail: Path

    @classmethod
    def opened(cls, *, url, folder, settings) -> House:
        settings.SITE_URL = url
        settings.ACCOUNTS_FILE = folder / "accounts.txt"
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = folder / "mail"
        for load in ROOM:
            load(timezone.now())
        return cls(url, folder / "mail")

    def letters(self) -> list[str]:
        """Every file in the mail folder, headers and all."""
        return [path.read_text("utf-8") for path in sorted(self.mail.glob("*"))]


@dataclass
class Watch:
    """What a browser complains about while somebody walks: scripts, policies, lost files."""

    said: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def over(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append((page.url, str(error))))
        page.on("response", self._response)
        return page

    def complaints(self) -> list[str]:
        """A page that is meant to be a 404 or 410 is an error to the console, and not to us."""
        lost = "Failed to load resource"
        return [
            f"{url}: {text}"
            for url, text in self.said
            if not (url in self.refused and text.startswith(lost))
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append((str(message.location.get("url")), message.text))

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.said.append((response.url, str(response.status)))
        elif response.status >= 400 and response.request.resource_type == "document":
            self.refused.add(response.url)


def fill(page: Page, values: dict) -> None:
    """Tap choices by their labels and type into boxes."""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            _give(page, page.locator(f'[name="{name}"]'), str(one))


def _give(page: Page, box: Locator, value: str) -> None:
    kind = box.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
    if kind == "select":
        box.select_option(value)
    elif kind == "radio" or box.count() > 1:
        tick(page, box.and_(page.locator(f'[value="{value}"]')))
    elif kind == "checkbox":
        tick(page, box)
    else:
        box.fill(value)


def tick(page: Page, choice: Locator) -> None:
    """Tap the words beside a circle or a box, as a finger does."""
    page.locator(f'label[for="{choice.get_attribute("id")}"]').click()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    """Follow a link of the page itself, not of its header."""
    page.get_by_role("main").get_by_role("link", name=words, exact=True).first.click()


def answer(page: Page, values: dict, words: str = CONTINUE) -> None:
    fill(page, values)
    press(page, words)


def find_studies(page: Page) -> None:
    """From the start of the wizard to its results."""
    follow(page, "Start")
    for values in (SAFE, FOR_ME, *ANSWERS.values()):
        answer(page, values)


def ask_for_appointment(page: Page) -> None:
    """From the safety check to the page that sends."""
    for values in APPOINTMENT.values():
        answer(page, values)


def send(page: Page, values: dict) -> None:
    answer(page, values, "Send my request")


def sign_in(page: Page, user: User, house: House) -> Page:
    """Through the door that colleagues use."""
    page.goto(f"{house.url}/staff/sign-in/")
    answer(page, {"username": user.email, "password": accounts.password()}, "Sign in")
    page.wait_for_url(f"{house.url}/staff/")
    return page
