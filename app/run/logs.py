"""How the log is written: a line of JSON for each thing that happened, or a line to be read by people.

Nothing that anybody wrote comes into it. What is ours says so itself; of what others log the sentence is
taken and not what they put into it; of an error its kind and where it rose, never its message, for the
database's name what a row holds.
"""

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from app.environment import LogFormat
from app.web.events import request_id

OURS = "enplan"
MOST_FRAMES = 12
DEEPEST_FIRST = slice(None, None, -1)


def start_logging(chosen: LogFormat | None, stream: TextIO | None = None) -> None:
    """Let everything that is logged from here on be written to `stream` (None: standard error).

    Where no format is chosen only what needs somebody is told.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonLines() if chosen is LogFormat.JSON else _TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO if chosen else logging.WARNING)
    logging.raiseExceptions = False
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    kind, without_words = ended.exc_type, RuntimeError()
    logging.getLogger(OURS).critical("a thread ended", exc_info=(kind, without_words, ended.exc_traceback))


def _facts(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    yield "level", record.levelname.lower()
    facts = getattr(record, "facts", None)
    if facts is not None:
        yield "event", str(record.msg)
    else:
        yield "event", "log"
        yield "logger", record.name
        ours = record.name.partition(".")[0] == OURS
        if ours or record.args:  # what others have put together already may hold an address, or words
            yield "message", record.getMessage() if ours else str(record.msg)
    if mark := request_id.get():
        yield "request_id", mark
    yield from (facts or {}).items()
    if record.exc_info and record.exc_info[0]:
        yield "error", record.exc_info[0].__name__
        yield "at", list(_frames(record.exc_info[2]))


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace)[DEEPEST_FIRST][:MOST_FRAMES]:
        yield f"{'/'.join(frame.filename.rsplit('/', 3)[1:])}:{frame.lineno} {frame.name}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(dict(_facts(record)), ensure_ascii=False)


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = dict(_facts(record))
        begins = f"{facts.pop('time')} {str(facts.pop('level')).upper()} {facts.pop('event')}"
        said = facts.pop("message", "")
        rest = (f"{name}={value}" for name, value in facts.items())
        return " ".join(filter(None, [begins, str(said), *rest]))
