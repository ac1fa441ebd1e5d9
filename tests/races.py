"""Several people at the same moment: real threads with connections of their own."""

from __future__ import annotations

import threading

from django.db import connection

THREADS = 24


def at_once(work, expected=(), threads=THREADS):
    """Run `work(number)` in threads that start together; what each gave, or raised if expected.

    Load rows before, in the caller: on PostgreSQL the pool has fewer connections than this needs.
    """
    barrier, results, strays = threading.Barrier(threads), [None] * threads, []

    def run(number):
        try:
            barrier.wait()
            results[number] = work(number)
        except expected as error:
            results[number] = error
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            strays.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if strays:
        raise strays[0]
    return results
