"""The threads that answer. Some are kept for those who only read: writers in wait can't hold them all.

A form that waits for a lock holds its thread for as long as its deadline allows. With eight of them waiting
nobody could read their plan, though reading waits for no one.
"""

import logging
import threading
from collections import deque
from time import monotonic
from typing import Any

from app.web.request_deadline import is_reading

log = logging.getLogger("enplan.server")


class AnsweringThreads:
    """Answers requests in the order they came; waitress's own dispatcher has one line for all.

    A task is one of waitress's channels: `requests[0]` is what it asks, `service` answers, `cancel` gives up.
    """

    def __init__(self, count: int, *, kept_for_reading: int) -> None:
        self._lock = threading.Lock()
        self._for_any, self._for_reading = threading.Condition(self._lock), threading.Condition(self._lock)
        self._reads: deque[Any] = deque()
        self._writes: deque[Any] = deque()
        self._stopping, self.busy = False, 0
        self._threads = [
            threading.Thread(target=self._work, args=(number < kept_for_reading,), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many requests no thread has taken yet."""
        return len(self._reads) + len(self._writes)

    def add_task(self, task: Any) -> None:
        task.arrived = monotonic()
        asked = task.requests[0]
        # What waitress itself refuses has no method, and is answered at once.
        reads = bool(asked.error) or is_reading(asked.command, asked.path)
        with self._lock:
            (self._reads if reads else self._writes).append(task)
            self._for_any.notify()
            if reads:
                self._for_reading.notify()

    def _work(self, only_reading: bool) -> None:
        while True:
            with self._lock:
                while not (task := self._take(only_reading)) and not self._stopping:
                    (self._for_reading if only_reading else self._for_any).wait()
                if task is None:
                    return
                self.busy += 1
            try:
                task.service()
            except Exception as problem:
                log.error("unexpected %s outside the app", type(problem).__name__)
            finally:
                with self._lock:
                    self.busy -= 1

    def _take(self, only_reading: bool) -> Any:
        """Return the task that came first of those this thread may take; None: there is none, or we stop."""
        lines = [one for one in ((self._reads,) if only_reading else (self._reads, self._writes)) if one]
        if not lines or self._stopping:
            return None
        return min(lines, key=lambda line: line[0].arrived).popleft()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> None:
        """Let what is under way be finished, within `timeout` seconds in all, and give up what waits."""
        with self._lock:
            self._stopping = True
            self._for_any.notify_all()
            self._for_reading.notify_all()
        ends = monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, ends - monotonic()))
        if self.busy:
            log.warning("%d requests were cut off by the stop", self.busy)
        for line in (self._reads, self._writes):
            while line and cancel_pending:
                line.popleft().cancel()
