"""Reads states.toml: every page and its states."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from app.demo.cast import person_id
from app.demo.meeting_stories import meeting_id
from app.demo.seed import entry_id, promise_id
from app.demo.seed_assessments import ANSWERS, assessment_id
from app.demo.seed_messages import plan_request_id
from app.demo.seed_reminders import reminder_id
from app.demo.state_rows import ROWS
from app.demo.states import PageState, PageStates, StateKind

FILE = Path(__file__).with_name("states.toml")
PLACE = re.compile(r"\{(\w+):([\w-]+)\}")
TOO_LONG = "Jeg har meget at fortælle. " * 160  # what "@long" stands for: longer than any field takes
IDS: dict[str, Callable[[str], UUID]] = {
    "entry": entry_id,
    "promise": promise_id,
    "meeting": meeting_id,
    "person": person_id,
    "reminder": reminder_id,
    "question": lambda number: plan_request_id(int(number)),
    "answer": lambda number: assessment_id(ANSWERS[int(number)]),
}


def read_pages(path: Path = FILE) -> tuple[PageStates, ...]:
    """Return the pages in the order of the file.

    Raises:
        KeyError, TypeError: the file names something that is not there.
    """
    told = tomllib.loads(path.read_text("utf-8"))
    return tuple(
        PageStates(
            key=page["key"],
            title=page["title"],
            states=tuple(_state(one) for one in page["state"]),
            limits=tuple(page.get("limits", ())),
        )
        for page in told["page"]
    )


def _state(told: dict[str, Any]) -> PageState:
    kind, sends = StateKind[told["kind"].upper()], told.get("sends")
    return PageState(
        **{
            "mark": 'dir="rtl"',
            **told,
            "kind": kind,
            "address": PLACE.sub(lambda place: str(IDS[place[1]](place[2])), told["address"]),
            "more": tuple(told.get("more", ())),
            "sends": {name: value.replace("@long", TOO_LONG) for name, value in sends.items()}
            if sends is not None
            else None,
            "rows": ROWS[told["rows"]] if "rows" in told else None,
        }
    )


PAGES = read_pages()
