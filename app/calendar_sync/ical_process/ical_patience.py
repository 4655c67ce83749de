"""How long one entry, or one zone, may take: then it is that one's fault, and the rest is read."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 0.4  # seconds of the processor


class Unclear(Exception):
    """Something that can't be read; the text is the code of the reason."""


@contextmanager
def patience() -> Iterator[None]:
    """End what takes too long with a fault of this one entry; else the process has limits of its own."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: Any) -> None:
        raise Unclear("slow")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
