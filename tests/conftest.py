"""What every test may ask for, and the rule that a strict run skips nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Browser, Page, Request, sync_playwright

from clinic.demo import broker
from clinic.signing import epoch


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Each test starts in English: a request for a Spanish page leaves its language behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Each test has a database of its own, so nothing of the one before may still be believed."""
    epoch.forget()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real registry records named by `SHARED_DATA`."""
    folder = Path(settings.SHARED_DATA)
    if not folder.is_dir():
        pytest.skip("SHARED_DATA names no folder of registry records")
    return folder


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this run's own; the one of `REDIS_URL` is left for what people look at."""
    folder = tmp_path_factory.mktemp("broker")
    chosen = broker.find(named="", folder=folder)
    if chosen.program is None:
        pytest.skip("no Redis server on this machine")
    with subprocess.Popen(chosen.program.command, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while not chosen.answers() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield chosen.url
        server.terminate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium on this machine")
    # Playwright's loop runs in this thread; Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def open_phone(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page on a phone's screen; `scripts=False` as it is without JavaScript.

    Whatever asks another host than this machine fails the test.
    """
    strangers: list[str] = []

    def note(request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in {None, "localhost", "127.0.0.1"}:
            strangers.append(request.url)

    def opened(*, scripts: bool = True, language: str = "en-US") -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
            java_script_enabled=scripts,
            locale=language,
        )
        context.on("request", note)
        context.set_default_timeout(10_000)
        return context.new_page()

    yield opened
    for context in chromium.contexts:
        context.close()
    assert strangers == []


def _left_out(config: pytest.Config) -> list[str]:
    """Tests that did not run, in a strict run; what `.ci/run` shows must have run whole."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("STRICT") != "1" or reporter is None:
        return []
    reports = reporter.stats.get("skipped", []) + reporter.stats.get("xfailed", [])
    return [report.nodeid for report in reports]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _left_out(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in _left_out(terminalreporter.config):
        terminalreporter.write_line(f"STRICT: not run: {name}", red=True)
