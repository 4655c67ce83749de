"""Has the sign-outs that could not be written written as soon as they can be, not first when somebody writes.

Where several servers share a database the others know of a sign-out only by its row. So a server that holds
some back tries again each second, and once more as it stops.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.identity.pending_sign_outs import PendingSignOuts
from app.store.db import Database

RETRY_SECONDS = 1.0


@contextmanager
def settling_sign_outs(app: Flask) -> Iterator[None]:
    """Try again while the block runs, and once more when it ends. Costs nothing when nothing waits."""
    pending: PendingSignOuts = app.extensions["pending_ends"]
    database: Database = app.extensions["db"]
    ended = threading.Event()

    def settle_now_and_then() -> None:
        while not ended.wait(RETRY_SECONDS):
            pending.settle(database)

    thread = threading.Thread(target=settle_now_and_then, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        pending.settle(database)
