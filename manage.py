#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from clinic.environment import MissingSetting, load_demo_env


def main() -> None:
    """Run one command; a missing setting or database is one sentence, not a traceback."""
    load_demo_env()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except MissingSetting as error:
        sys.exit(str(error))
    except OperationalError:
        if not (reason := why_away()):
            raise
        sys.exit(f"The database of DATABASE_URL cannot be opened: {reason}")


def why_away() -> str:
    """The first line of the reason when no connection can be had (never a password), else ""."""
    from django.db import OperationalError, connection

    connection.close()
    # Without the pool, which waits and then says only that it waited.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return str(error).splitlines()[0]
    return ""


if __name__ == "__main__":
    main()
