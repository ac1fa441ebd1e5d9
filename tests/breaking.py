"""What tests break: a database at the statement that one names, a sealed text by one bit.

With real code around it.
"""

from __future__ import annotations

import base64
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


def spoiled(token):
    """The token with one bit of its sealed bytes changed."""
    key_id, _, text = token.partition("$")
    raw = bytearray(base64.urlsafe_b64decode(text))
    raw[len(raw) // 2] ^= 1
    return f"{key_id}${base64.urlsafe_b64encode(raw).decode()}"
