"""How a goal stands, as each reader is told: the same words in the row and once it is open."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from app.entries.rules import EntryKind
from app.goals.queries import GoalItem, PlanItem, StepItem, WaitingText
from app.goals.rules import Agreement
from app.goals.texts import GoalMark, MarkState, agreement_mark, goal_marks, next_step_line, waiting_mark
from app.goals.view_context import Mine, ViewContext
from tests.cast import People
from tests.goals.plans import TODAY

ANNA, LINE = People().anna, People().line
HERS = ViewContext(
    reader_id=ANNA.id,
    citizen_id=ANNA.id,
    own=True,
    name="Anna",
    url_id=None,
    active=True,
    answers=False,
    finishes=Mine.ALL,
    asked="Line",
    answering="Line",
    today=TODAY,
)
LINES = replace(HERS, reader_id=LINE.id, own=False, url_id=ANNA.id, answers=True)
WAITS = WaitingText(
    "Nye ord", TODAY, TODAY + timedelta(days=7), late=False, cover=None, reply=None, answerer=None
)


def item(
    author_id: UUID = ANNA.id, words: str | None = "Ord", waiting: WaitingText | None = None
) -> PlanItem:
    return PlanItem(uuid4(), EntryKind.GOAL, author_id, "Anna", words, TODAY, waiting)


def goal(one: PlanItem, agreement: Agreement | None = None, *steps: StepItem) -> GoalItem:
    return GoalItem(one, None, 0, None, agreement, None, steps=steps)


def step(due_on: date | None = None, *, late: bool = False, done_on: date | None = None) -> StepItem:
    return StepItem(item(), None, ANNA.id, "Anna", due_on, late, done_on, None, None)


@pytest.mark.parametrize(
    ("agreement", "hers", "lines"),
    [
        (Agreement.AGREE, (MarkState.OK, "I er enige"), "Anna er enig"),
        (Agreement.DISAGREE, (MarkState.ACT, "Du er uenig"), "Anna er uenig"),
        (Agreement.TALK, (MarkState.ACT, "Du vil tale om det"), "Anna vil tale om det"),
        (Agreement.UNSURE, (MarkState.ACT, "Du ved det ikke endnu"), "Anna ved det ikke endnu"),
        (None, (MarkState.ACT, "Venter på dit svar"), "Anna har ikke svaret endnu"),
    ],
)
def test_the_row_and_the_open_goal_say_the_same_of_her_answer(
    agreement: Agreement | None, hers: tuple[MarkState, str], lines: str
) -> None:
    one = goal(item(), agreement)
    assert agreement_mark(one, HERS) == GoalMark(*hers)
    assert agreement_mark(one, LINES).text == lines
    for view in (HERS, LINES):
        assert goal_marks(one, view) == (agreement_mark(one, view),)


def test_in_a_closed_plan_nothing_is_asked_of_her() -> None:
    assert agreement_mark(goal(item()), replace(HERS, active=False)).text == "Du har ikke svaret endnu"


@pytest.mark.parametrize(
    ("waiting", "view", "row", "full"),
    [
        (WAITS, HERS, ["Dit forslag"], "Dit forslag. Line svarer senest mandag den 9. marts."),
        (WAITS, LINES, ["Forslag fra Anna"], "Forslag fra Anna. Line svarer senest mandag den 9. marts."),
        (
            replace(WAITS, answer_by=TODAY, late=True),
            HERS,
            ["Dit forslag", "Svaret er forsinket"],
            "Dit forslag. Line skulle have svaret senest i dag.",
        ),
        (
            replace(WAITS, answer_by=TODAY, late=True, cover="Omar"),
            HERS,
            ["Dit forslag", "Svaret er forsinket"],
            "Dit forslag. Line skulle have svaret senest i dag. Omar svarer i stedet.",
        ),
        (
            replace(WAITS, late=True),
            replace(HERS, active=False),
            ["Dit forslag"],
            "Dit forslag. Det venter, til planen er åben igen.",
        ),
        (
            replace(WAITS, reply="Lad os tales ved", answerer="Line"),
            HERS,
            ["Line vil tale med dig om det"],
            "Line vil tale med dig om det",
        ),
        (
            replace(WAITS, reply="Lad os tales ved", answerer="Line"),
            LINES,
            *(["Det skal I tale om"], "Det skal I tale om"),
        ),
    ],
)
def test_what_waits_is_short_in_the_row_and_says_who_and_when_once_open(
    waiting: WaitingText, view: ViewContext, row: list[str], full: str
) -> None:
    one = item(words=None, waiting=waiting)
    assert [mark.text for mark in goal_marks(goal(one), view)] == row
    stands = waiting_mark(one, view)
    assert stands
    assert stands.text == full


def test_what_waits_for_nothing_has_no_mark_and_a_late_step_is_told_once() -> None:
    assert waiting_mark(item(), HERS) is None
    one = goal(item(), Agreement.AGREE, step(late=True), step(late=True))
    assert [mark.text for mark in goal_marks(one, HERS)] == ["I er enige", "Forsinket"]


def test_the_next_step_is_the_first_that_is_not_done() -> None:
    due = TODAY + timedelta(days=3)
    found = next_step_line([step(done_on=TODAY), step(due)], HERS)
    assert found
    assert (found.who, found.due_on) == ("Du", due)
    assert next_step_line([step(done_on=TODAY)], HERS) is None
