"""What a meeting's card says of the answer: every state, reader and answer, without a page."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from app.access.policy import Subject, Tie
from app.calendar.answer_section import AnswerSection, SectionEvents, SectionReader, answer_section
from app.calendar.queries import MeetingRow, ShownOption
from app.dates.local_time import danish_day
from app.meetings.life_cycle import MeetingState, goes_on
from app.meetings.rules import Channel, Reply
from app.meetings.texts import own_reply_text, question_text, reply_text, yes_text
from tests.cast import NOW, People

PEOPLE = People()


def reader(who: UUID, tie: Tie) -> SectionReader:
    return SectionReader(who, tie is Tie.SELF, Subject(PEOPLE.anna.id, frozenset({tie})), "Anna")


ANNA = reader(PEOPLE.anna.id, Tie.SELF)
LINE = reader(PEOPLE.line.id, Tie.CONTACT)
READERS = {"Anna": ANNA, "Line": LINE}
TODAY = danish_day(NOW)
HOUR = timedelta(hours=1)

WHEN = "tirsdag den 10. marts kl. 10.00"
FINDS = "Line finder en anden tid og giver dig besked."
HELD = "Det er et forslag. Vi holder tiden fri til dig."
KEEPS = f"Vi holder tiden {WHEN} fri til dig så længe."
STANDS = "Mødet står, til I har aftalt en ny tid."
PROPOSED = "Det er et forslag. Tiden er holdt."

# Of a meeting in eight days where both shall be there: title, note, after, actions. None: no answer yet.
WORDS: dict[tuple[str, str, str | None], tuple[str, str, str, str]] = {
    ("proposed", "Anna", None): ("Passer tiden?", "", HELD, "reply"),
    ("proposed", "Anna", "coming"): (f"Du kommer {WHEN}", "", "", "change_reply"),
    ("proposed", "Anna", "other_time"): ("Du har bedt om en anden tid", FINDS, KEEPS, "change_reply"),
    ("proposed", "Anna", "cannot"): ("Du kan ikke komme", FINDS, KEEPS, "change_reply"),
    ("proposed", "Anna", "call_me"): ("Du har bedt os ringe", "Line ringer til dig.", "", "change_reply"),
    ("agreed", "Anna", None): ("Kommer du?", "", "", "reply"),
    ("agreed", "Anna", "coming"): (f"Du kommer {WHEN}", "", "", "change_reply"),
    ("agreed", "Anna", "other_time"): ("Du har bedt om en anden tid", FINDS, STANDS, "change_reply"),
    ("agreed", "Anna", "cannot"): ("Du kan ikke komme", FINDS, STANDS, "change_reply"),
    ("agreed", "Anna", "call_me"): ("Du har bedt os ringe", "Line ringer til dig.", "", "change_reply"),
    ("proposed", "Line", None): ("Anna har ikke svaret endnu", PROPOSED, "", ""),
    ("proposed", "Line", "coming"): ("Anna kommer", PROPOSED, "", ""),
    ("proposed", "Line", "other_time"): ("Anna vil gerne have en anden tid", PROPOSED, "", "call_citizen"),
    ("proposed", "Line", "cannot"): ("Anna kan ikke komme", PROPOSED, "", "call_citizen"),
    ("proposed", "Line", "call_me"): ("Anna vil gerne ringes op", PROPOSED, "", "call_citizen"),
    ("agreed", "Line", None): ("Anna har ikke svaret endnu", "", "", ""),
    ("agreed", "Line", "coming"): ("Anna kommer", "", "", ""),
    ("agreed", "Line", "other_time"): ("Anna vil gerne have en anden tid", "", "", "call_citizen"),
    ("agreed", "Line", "cannot"): ("Anna kan ikke komme", "", "", "call_citizen"),
    ("agreed", "Line", "call_me"): ("Anna vil gerne ringes op", "", "", "call_citizen"),
}
# What is over or off says the same whatever was answered.
WHATEVER: dict[tuple[str, str], tuple[str, str, str, str]] = {
    ("held", "Anna"): ("Mødet er slut", "Ring til Line, hvis der er noget.", "", ""),
    ("held", "Line"): ("Mødet er slut", "", "", ""),
    ("cancelled", "Anna"): ("Mødet er aflyst", "Jonas har aflyst det.", "", "call_contact"),
    ("cancelled", "Line"): ("Mødet er aflyst", "Jonas har aflyst det.", "", ""),
    ("expired", "Anna"): ("Tiden er ikke holdt mere", f"Det gør ikke noget. {FINDS}", "", ""),
    ("expired", "Line"): ("Tiden er ikke holdt mere", "Ingen svarede i tide. Find en ny tid.", "", ""),
}


def a_row(state: MeetingState, reply: Reply | None = None, **more: Any) -> MeetingRow:
    start = more.pop("starts_at", NOW + timedelta(days=-1 if state is MeetingState.HELD else 8))
    ended = start + HOUR <= NOW
    blank = dict.fromkeys(name for name in MeetingRow.__dataclass_fields__ if name != "options")
    known = {
        "id": UUID(int=1),
        "channel": Channel.IN_PERSON,
        "starts_at": start,
        "ends_at": start + HOUR,
        "state": state,
        "reply": reply,
        "over": not goes_on(state, start + HOUR, NOW),
        "ended": ended,
        "contact_name": "Line Holm",
        "contact_phone": "70102030",
        "phone": "12345678",
        "canceller": "Jonas" if state is MeetingState.CANCELLED else None,
    }
    return MeetingRow(**(blank | known | more))  # type: ignore[arg-type]


def section(row: MeetingRow, reader: SectionReader = ANNA, **events: Any) -> AnswerSection:
    return answer_section(row, reader, today=TODAY, events=SectionEvents(**events))


def words(said: AnswerSection) -> tuple[str, str, str, str]:
    return said.title, said.note, said.after, " ".join(said.actions)


@pytest.mark.parametrize(
    ("state", "reader", "reply"), list(product(MeetingState, READERS, (None, *Reply))), ids=str
)
def test_each_state_says_its_words_to_each_reader_of_each_answer(
    state: MeetingState, reader: str, reply: Reply | None
) -> None:
    wanted = WHATEVER.get((state, reader)) or WORDS[state, reader, reply]
    assert words(section(a_row(state, reply), READERS[reader])) == wanted


CHANNELS = {
    Channel.PHONE: (
        "Ja, ring til mig",
        "Passer det?",
        "Du er klar til opkaldet",
        "Anna er klar til opkaldet",
    ),
    Channel.VIDEO: ("Ja, jeg er med", "Er du med?", "Du er med", "Anna er med"),
    Channel.HOME: ("Ja, jeg er hjemme", "Er du hjemme?", "Du er hjemme", "Anna er hjemme"),
    Channel.IN_PERSON: ("Jeg kommer", "Kommer du?", "Du kommer", "Anna kommer"),
}


@pytest.mark.parametrize("channel", Channel)
def test_the_words_of_a_yes_follow_how_one_meets(channel: Channel) -> None:
    row = a_row(MeetingState.AGREED, Reply.COMING, channel=channel)
    yes, question, own, of = CHANNELS[channel]
    assert (yes_text(row), question_text(row, 0), question_text(row, 1)) == (yes, question, question)
    assert reply_text(row, own=True, name="Anna") == own
    assert reply_text(row, own=False, name="Anna") == of
    assert own_reply_text(row, TODAY) == f"{own} {WHEN}"


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.VIDEO, Channel.HOME])
def test_a_no_names_no_way_where_there_is_none(channel: Channel) -> None:
    row = a_row(MeetingState.AGREED, Reply.CANNOT, channel=channel)
    assert reply_text(row, own=True, name="Anna") == "Du har sagt, at du ikke kan"
    assert reply_text(row, own=False, name="Anna") == "Anna kan ikke"


def times(count: int) -> tuple[ShownOption, ...]:
    start = NOW + timedelta(days=8)
    return tuple(ShownOption(n + 1, start + n * HOUR, start + n * HOUR + HOUR) for n in range(count))


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (
            a_row(MeetingState.PROPOSED, options=times(2), expires_at=NOW + timedelta(days=2)),
            (
                "Hvilken tid passer dig?",
                "",
                "Det er et forslag. Vi holder tiderne fri til dig. Svar senest onsdag den 4. marts.",
                "choose reply",
            ),
        ),
        (
            a_row(MeetingState.AGREED, options=times(1)),
            ("Kommer du?", "", "Mødet står, til du vælger en ny tid.", "choose reply"),
        ),
        (
            a_row(MeetingState.PROPOSED, Reply.OTHER_TIME, options=times(2)),
            (
                "Du har bedt om en anden tid",
                FINDS,
                "Vi holder tiderne fri til dig så længe.",
                "choose reply",
            ),
        ),
    ],
    ids=["proposed", "beside", "another"],
)
def test_times_on_offer_are_there_to_choose_whatever_was_answered(row: MeetingRow, wanted: Any) -> None:
    assert words(section(row)) == wanted


SOON = {"starts_at": NOW + HOUR}


@pytest.mark.parametrize(
    ("more", "note", "action"),
    [
        ({}, "Line har fået dit svar. Ring også, for mødet er snart.", "call_contact_now"),
        (
            {"contact_phone": None},
            "Vi har fået dit svar. Ring også, for mødet er snart.",
            "call_municipality_now",
        ),
        (
            {"contact_name": None},
            "Vi har fået dit svar. Ring også, for mødet er snart.",
            "call_municipality_now",
        ),
    ],
    ids=["her number", "no number", "nobody"],
)
def test_who_says_no_on_the_day_is_asked_to_call_too(more: dict[str, Any], note: str, action: str) -> None:
    said = section(a_row(MeetingState.AGREED, Reply.CANNOT, **SOON, **more))
    assert words(said) == ("Du kan ikke komme", note, "", f"{action} change_reply")


@pytest.mark.parametrize(
    ("others", "due_on", "name", "note"),
    [
        (None, None, "Line", FINDS),
        (0, None, "Line", f"Lige nu er der ingen tider at vælge. {FINDS}"),
        (None, TODAY, "Line", "Line finder en anden tid senest i dag og giver dig besked."),
        (None, TODAY - timedelta(days=1), "Line", FINDS),
        (None, TODAY, None, "Vi finder en anden tid og giver dig besked."),
        (2, TODAY, "Line", "Vælg en tid her. Ellers finder Line en senest i dag."),
        (2, None, "Line", "Vælg en tid her. Ellers finder Line en."),
        (2, None, None, "Vælg en tid her. Ellers finder vi en."),
    ],
)
def test_who_finds_another_time_and_by_when(others: int | None, due_on: Any, name: Any, note: str) -> None:
    row = a_row(MeetingState.AGREED, Reply.OTHER_TIME, due_on=due_on, contact_name=name)
    assert section(row, others=others).note == note


def test_who_called_it_off_is_told_so_and_can_take_it_back() -> None:
    row = a_row(MeetingState.CANCELLED, cancelled_by=ANNA.id)
    told = "Du har aflyst det. De andre har fået besked."
    assert words(section(row, can_undo=True)) == ("Mødet er aflyst", told, "", "undo")
    assert words(section(row)) == ("Mødet er aflyst", told, "", "call_contact")
    assert section(a_row(MeetingState.CANCELLED, canceller=None)).note == ""


def test_a_time_that_is_taken_is_told_alone() -> None:
    said = section(a_row(MeetingState.PROPOSED), taken=True, can_undo=True)
    assert words(said) == ("Passer tiden?", "", "", "call_contact reply")
    assert said.asks
    assert not section(a_row(MeetingState.AGREED, Reply.COMING)).asks


def test_without_a_number_nobody_is_called() -> None:
    row = a_row(MeetingState.AGREED, Reply.CALL_ME, phone=None, contact_name=None, contact_phone=None)
    assert section(row).note == "Vi ringer til dig."
    assert section(row, LINE).actions == ()
    assert section(a_row(MeetingState.CANCELLED, contact_phone=None)).actions == ()
