"""`manage.py demo`: the whole site on this machine, with invented people, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from clinic.demo import broker, leaving, ports, programs
from clinic.demo.broker import Broker
from clinic.demo.guard import require_demo
from clinic.demo.hearing import Hearing
from clinic.demo.lock import AlreadyRunning, only_one
from clinic.demo.supervisor import Supervisor
from clinic.environment import VAR_DIR, read_number
from clinic.people.find.reindexing import make_findable

START_SECONDS = 60.0


class Command(BaseCommand):
    """Prepare the data, start every process, print where things are, and stop it all at the end."""

    help = "Serve the demo on this machine until Ctrl-C. The port is PORT, 8000 if not given."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        """Exit status 0 after Ctrl-C; 1 with one sentence when it cannot start."""
        require_demo()
        # Database, mail and logs are for the eyes of whoever started it, invented people or not.
        os.umask(0o077)
        port = read_number("PORT")
        if sentence := ports.objection(port):
            raise CommandError(sentence)
        try:
            with only_one(VAR_DIR / "demo.lock"):
                self._prepare()
                self._serve(port, broker.find(named=settings.REDIS_URL, folder=VAR_DIR / "redis"))
        except AlreadyRunning as error:
            raise CommandError("A demo of this folder runs already; stop it first.") from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped before it was up; the data is kept.")

    def _prepare(self) -> None:
        self.stdout.write("Preparing the database, the styles and the sample people…")
        call_command("migrate", verbosity=0)
        call_command("guard_audit", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("load_sample")
        # A database of an older version would else have people whom nobody finds on the phone.
        make_findable(most=None)
        # The children open their own; an open one would keep a lock through the fork.
        connections.close_all()

    def _serve(self, port: int, chosen: Broker) -> None:
        logs = VAR_DIR / "log"
        environment = {**os.environ, "REDIS_URL": chosen.url, "PYTHONUNBUFFERED": "1"}
        with Supervisor(environment=environment, log_folder=logs, say=self._say) as supervisor:
            self._start(supervisor, port, chosen)
            if supervisor.wait_until(lambda: programs.is_serving(port), seconds=START_SECONDS):
                self._say(self._summary(chosen, logs))
                supervisor.watch(also=self._hearing(supervisor, port, chosen))
            elif not supervisor.stopping:
                raise CommandError(f"The site did not come up; see {supervisor.log_of('web')}")
            self._say("Stopping…")
        self._say("Stopped. The data is kept; `make demo` starts again with it.")

    def _start(self, supervisor: Supervisor, port: int, chosen: Broker) -> None:
        if chosen.program:
            supervisor.start(chosen.program)
            supervisor.wait_until(chosen.answers, seconds=10)
        supervisor.start(programs.web(port))
        supervisor.start(programs.sweeper())
        if chosen.url:
            supervisor.start(programs.worker())

    def _hearing(
        self, supervisor: Supervisor, port: int, chosen: Broker
    ) -> Callable[[], None] | None:
        if not chosen.url:
            return None
        return Hearing(
            supervisor, ages=lambda: programs.pulse_ages(port), broker_answers=chosen.answers
        ).look

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _summary(self, chosen: Broker, logs: Path) -> str:
        database, accounts_file = settings.DATABASES["default"], settings.ACCOUNTS_FILE
        rows = {
            "Site": f"{settings.SITE_URL}/",
            "Try this": f"{settings.SITE_URL}/try-this/",
            "Staff": f"{settings.SITE_URL}/staff/",
            "Accounts": f"below, and in {accounts_file}",
            "Mail": leaving.mail_in_words(),
            "Texts": leaving.texts_in_words(),
            "Broker": chosen.description,
            "Database": f"{database['ENGINE'].rpartition('.')[2]}: {database['NAME']}",
            "Logs": str(logs),
        }
        table = "\n".join(f"  {name + ':':<10} {value}" for name, value in rows.items())
        accounts = accounts_file.read_text(encoding="utf-8") if accounts_file.exists() else ""
        title = "The demo is up. Sample, not for real patients."
        return f"\n{title}\n\n{table}\n\n{accounts}\nCtrl-C stops everything."
