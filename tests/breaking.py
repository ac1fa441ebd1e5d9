"""A database that fails in the middle: at the statement a test names, with real code around it."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import DatabaseError, connection

SECRET = "Zzyzx-typed-this"


@contextmanager
def database_fails_at(words, error=DatabaseError):
    """Each statement with these words fails, as when the server goes away; gives how often."""
    failed = []

    def wrap(execute, sql, params, many, context):
        if words in sql:
            failed.append(sql)
            # What a driver says may quote values; nothing of it may show up anywhere.
            raise error(SECRET)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrap):
        yield failed
