"""The receipts of what is done to several meetings, and of a proposal that waits in line."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.booking.cancel import cancel_meeting
from app.booking.series import book_series
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.run.worker import run_due_jobs
from tests.booking.requests import WORKDAYS, can_take_much, request_for
from tests.cast import NOW, People
from tests.house.receipts import Receipt, Stage, as_it_stands
from tests.writing import SITE

PEOPLE = People()
HERS = PEOPLE.anna.url


def two_wait(stage: Stage) -> list[Any]:
    """Two proposals that Anna has not answered."""
    can_take_much(stage.database)
    return [stage.meeting(f"2026-03-1{day} 13:00", agreed=False) for day in (0, 1)]


def put_in_line(stage: Stage) -> tuple[str, str]:
    """Jonas proposes a third; return what he reads on the way, and where it stands."""
    need: dict[str, Any] = {"purpose": "Din bolig", "why": "Vi skal vælge en dag.", "channel": "phone"}
    found = stage.press(
        "jonas", f"{HERS}/kalender/nyt", "/nyt", needed=[str(PEOPLE.jonas.id)], trin="tider", **need
    )
    main = found[found.rindex("<main") :]
    chosen = re.findall(r'name="tid" value="([^"]+)"', main)[0]
    after = stage.send("jonas", *as_it_stands(main, "/nyt", tid=chosen, trin="koe"))
    there = re.search(rf'action="({HERS}/kalender/koe/[^/]+)/tilbage"', after)
    assert there is not None
    return found + after, there[1]


def in_line_and_room(stage: Stage) -> str:
    first, _second = two_wait(stage)
    _page, there = put_in_line(stage)
    with stage.database.writing() as session:
        seen = session.get_one(Meeting, first).sequence
        by = PEOPLE.jonas.id
        cancel_meeting(session, first, sequence=seen, by=by, now=NOW, workdays=WORKDAYS, reason="Flyttet.")
    return there


def in_line(stage: Stage) -> str:
    two_wait(stage)
    return put_in_line(stage)[1]


def its_time_comes(stage: Stage, there: str) -> str:
    page = stage.read("jonas", there)
    stage.go_to(NOW + timedelta(days=30))
    run_due_jobs(stage.database, SITE, NOW + timedelta(days=30))
    return page


def presses(what: str) -> Callable[[Stage, str], str]:
    return lambda stage, there: stage.press("line", there, what)


def weekly(stage: Stage) -> UUID:
    """Three calls of Anna's with Jonas, who called them, and Line, a week apart."""
    can_take_much(stage.database)
    more = {"said_yes": True, "organiser_id": PEOPLE.jonas.id, "channel": Channel.PHONE}
    asked = request_for("2026-03-05 10:00", 45, "jonas", "line", **more)
    with stage.database.writing() as session:
        made: list[Meeting] = book_series(session, asked, 1, 3, skip=frozenset(), now=NOW, workdays=WORKDAYS)
        return made[0].id


def moved_on(stage: Stage, first: UUID) -> str:
    """Line moves a series from one meeting on, to the first time there is."""
    url = f"{HERS}/kalender/{first}/nye-tider"
    tid = re.findall(r'name="tid" value="([^"]+)"', stage.read("line", url))[0]
    return stage.press("line", url, "/nye-tider", how="ja", tid=tid, which="resten")


def two_agreed(stage: Stage) -> tuple[UUID, UUID]:
    return stage.meeting(), stage.meeting("2026-03-12 10:00")


def swapped(stage: Stage, pair: tuple[UUID, UUID]) -> str:
    """Line lets the two meetings change times."""
    url = f"{HERS}/kalender/{pair[0]}/byt"
    return stage.press("line", url, "/byt", other=f"{pair[1]}:0", how="ja")


BOOKING_RECEIPTS = (
    Receipt(
        "the rest of a series called off",
        (
            "%(name)s får én besked om dem alle.",
            "Resten af møderne er aflyst.",
            "%(name)s og de andre har fået besked.",
        ),
        {"anna": "Line har aflyst et møde.", "jonas": "Anna: Et møde er aflyst."},
        lambda stage, it: stage.press(
            "line", f"{HERS}/kalender/{it}/aflys-resten", "/aflys-resten", reason="Jeg er syg."
        ),
        weekly,
    ),
    Receipt(
        "a series moved from one on",
        ("Møderne er flyttet.", "%(name)s og de andre har fået besked."),
        {"anna": "Line har flyttet et møde.", "jonas": "Anna: Et møde er flyttet."},
        moved_on,
        weekly,
    ),
    Receipt(
        "two change times",
        ("Møderne har byttet tid.", "%(name)s og de andre har fået besked."),
        {"jonas": "Anna: Et møde er flyttet."},
        swapped,
        two_agreed,
    ),
    Receipt(
        "put in line",
        (
            "%(contact)s kan sende forslaget, når der er plads. Går tiden først, får du det tilbage.",
            "%(contact)s sender det til %(name)s, når der er plads. Tiderne bliver ikke holdt.",
        ),
        {"line": "Et forslag i kø"},
        lambda stage, _it: put_in_line(stage)[0],
        two_wait,
    ),
    Receipt(
        "in line until its first time",
        ("Forslaget er ikke sendt",),
        {"jonas": "Anna: Dit forslag i køen er kommet tilbage."},
        lambda stage, there: its_time_comes(stage, there) + stage.read("line", there),
        in_line,
    ),
    Receipt(
        "sent from the line",
        ("%(who)s får besked.", "Forslaget er sendt"),
        {"jonas": "Anna: Dit forslag i køen er sendt.", "anna": "Passer tiden? Ja tak ( Din bolig"},
        lambda stage, there: presses("/send")(stage, there) + stage.read("line", there),
        in_line_and_room,
    ),
    Receipt(
        "given back",
        ("%(who)s har fået det tilbage.",),
        {"jonas": "Anna: Dit forslag i køen er kommet tilbage."},
        presses("/tilbage"),
        in_line,
    ),
)
