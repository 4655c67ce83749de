"""What a meeting's card says of the answer: every state, reader and answer, without a page."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from app.calendar.answer_section import AnswerSection, SectionEvents, SectionReader, answer_section
from app.calendar.meeting_row import MeetingRow, ShownOption
from app.dates.local_time import danish_day
from app.meetings.life_cycle import MeetingState, goes_on
from app.meetings.rules import Channel, Reply
from app.meetings.texts import own_reply_text, question_text, reply_text, yes_text
from tests.cast import NOW, People

PEOPLE = People()


ANNA = SectionReader(PEOPLE.anna.id, own=True, first_name="Anna")
LINE = SectionReader(PEOPLE.line.id, own=False, first_name="Anna")
READERS = {"Anna": ANNA, "Line": LINE}
TODAY = danish_day(NOW)
HOUR = timedelta(hours=1)

WHEN = "tirsdag den 10. marts kl. 10.00"
FINDS = "Line finder en anden tid og giver dig besked."
HELD = "Det er et forslag. Vi holder tiden fri til dig."
KEEPS = f"Vi holder tiden {WHEN} til dig så længe."
STANDS = "Mødet gælder stadig, indtil I har aftalt en ny tid."
PROPOSED = "Det er et forslag. Vi holder tiden."

# Of a meeting in eight days where both shall be there: title, note, after, actions. None: no answer yet.
WORDS: dict[tuple[str, str, str | None], tuple[str, str, str, str]] = {
    ("proposed", "Anna", None): ("Passer tiden?", "", HELD, "reply"),
    ("proposed", "Anna", "coming"): (f"Du kommer {WHEN}", "", "", "change_reply"),
    ("proposed", "Anna", "other_time"): ("Du har bedt om en anden tid", FINDS, KEEPS, "change_reply"),
    ("proposed", "Anna", "cannot"): ("Du kan ikke komme", FINDS, KEEPS, "change_reply"),
    ("proposed", "Anna", "call_me"): (
        "Du har bedt os om at ringe",
        "Line ringer til dig.",
        "",
        "change_reply",
    ),
    ("proposed", "Anna", "declined"): ("Du har sagt nej tak", "", "", "change_reply"),
    ("agreed", "Anna", "declined"): ("Du har sagt nej tak", "", "", "change_reply"),
    ("proposed", "Line", "declined"): ("Anna har sagt nej tak", PROPOSED, "", ""),
    ("agreed", "Line", "declined"): ("Anna har sagt nej tak", "", "", ""),
    ("agreed", "Anna", None): ("Kommer du?", "", "", "reply"),
    ("agreed", "Anna", "coming"): (f"Du kommer {WHEN}", "", "", "change_reply"),
    ("agreed", "Anna", "other_time"): ("Du har bedt om en anden tid", FINDS, STANDS, "change_reply"),
    ("agreed", "Anna", "cannot"): ("Du kan ikke komme", FINDS, STANDS, "change_reply"),
    ("agreed", "Anna", "call_me"): ("Du har bedt os om at ringe", "Line ringer til dig.", "", "change_reply"),
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
    ("expired", "Anna"): ("Vi holder ikke tiden længere", f"Det gør ikke noget. {FINDS}", "", ""),
    ("expired", "Line"): ("Vi holder ikke tiden længere", "Ingen svarede i tide. Find en ny tid.", "", ""),
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
        "begun": start <= NOW,
        "ended": ended,
        "contact_name": "Line Holm",
        "contact_phone": "70102030",
        "contact_hours": None,
        "contact_away_from": None,
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
    Channel.PHONE: ("Ja, ring til mig", "Passer det?", "Du har sagt ja", "Anna har sagt ja til opkaldet"),
    Channel.VIDEO: ("Ja, jeg er med", "Er du med?", "Du er med", "Anna er med"),
    Channel.HOME: (
        "Ja, jeg er hjemme",
        "Er du hjemme?",
        "Du har sagt, at du er hjemme",
        "Anna har sagt ja til at være hjemme",
    ),
    Channel.IN_PERSON: ("Jeg kommer", "Kommer du?", "Du kommer", "Anna kommer"),
}


@pytest.mark.parametrize("channel", Channel)
def test_the_words_of_a_yes_follow_how_one_meets(channel: Channel) -> None:
    row = a_row(MeetingState.AGREED, Reply.COMING, channel=channel)
    yes, question, own, of = CHANNELS[channel]
    assert (yes_text(row), question_text(row, 0), question_text(row, 1)) == (yes, question, question)
    assert reply_text(row, own=True, name="Anna") == own
    assert reply_text(row, own=False, name="Anna") == of
    phone = channel is Channel.PHONE
    assert own_reply_text(row, TODAY) == (f"Vi ringer til dig {WHEN}. {own}" if phone else f"{own} {WHEN}")


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
            ("Kommer du?", "", "Mødet gælder stadig, indtil du vælger en ny tid.", "choose reply"),
        ),
        (
            a_row(MeetingState.PROPOSED, Reply.OTHER_TIME, options=times(2)),
            (
                "Du har bedt om en anden tid",
                FINDS,
                "Vi holder tiderne til dig så længe.",
                "choose reply",
            ),
        ),
    ],
    ids=["proposed", "beside", "another"],
)
def test_times_on_offer_are_there_to_choose_whatever_was_answered(row: MeetingRow, wanted: Any) -> None:
    assert words(section(row)) == wanted


BEGUN = {"starts_at": NOW - timedelta(minutes=20), "ends_at": NOW + timedelta(minutes=40), "over": False}
UNHEARD = "Har du ikke hørt fra os, så ring til Line."


@pytest.mark.parametrize(
    ("channel", "title", "note", "effect"),
    [
        (Channel.PHONE, "Vi skulle ringe til dig kl. 9.40", UNHEARD, "Så ved vi, at du er klar"),
        (Channel.HOME, "Vi skulle komme til dig kl. 9.40", UNHEARD, "Så ved vi, at du er hjemme"),
        (Channel.VIDEO, "Mødet begyndte kl. 9.40", "", "Så ved vi, at du er med"),
        (Channel.IN_PERSON, "Mødet begyndte kl. 9.40", "", "Så ved vi, at du kommer"),
    ],
)
def test_what_has_begun_is_not_told_as_what_will_be(
    channel: Channel, title: str, note: str, effect: str
) -> None:
    row = a_row(MeetingState.AGREED, Reply.COMING, channel=channel, **BEGUN)
    said = section(row)
    assert (said.title, said.note, said.yes_effect) == (title, note, effect)
    asked = section(replace(row, reply=None))
    assert asked.note == note
    late = section(replace(row, reply=Reply.CANNOT)).note
    assert late == "Line har fået dit svar. Ring også, for mødet er begyndt."


SOON = {"starts_at": NOW + HOUR}


@pytest.mark.parametrize(
    ("more", "note", "action"),
    [
        ({}, "Line har fået dit svar. Ring også, for mødet begynder snart.", "call_contact_now"),
        (
            {"contact_phone": None},
            "Vi har fået dit svar. Ring også, for mødet begynder snart.",
            "call_municipality_now",
        ),
        (
            {"contact_name": None},
            "Vi har fået dit svar. Ring også, for mødet begynder snart.",
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


def test_who_called_it_off_and_may_want_another_time_is_asked() -> None:
    row = a_row(MeetingState.CANCELLED, Reply.CANNOT, cancelled_by=ANNA.id)
    asked = "Du har aflyst det. De andre har fået besked. Vil du have en ny tid? Vælg en her."
    assert section(row, can_undo=True, others=3).note == asked


@pytest.mark.parametrize(
    ("due_on", "name", "note"),
    [
        (TODAY, "Line", "Line skriver senest i dag. Hører du ikke fra Line, så ring."),
        (TODAY - timedelta(days=1), "Line", "Ring til os, hvis du ikke har hørt noget."),
        (TODAY, None, "Ring til os, hvis du ikke har hørt noget."),
    ],
)
def test_a_no_to_a_duty_says_in_one_line_that_it_stands(due_on: Any, name: Any, note: str) -> None:
    row = a_row(MeetingState.AGREED, Reply.CANNOT, duty=True, due_on=due_on, contact_name=name)
    said = section(row)
    assert (said.note, said.after) == (f"Mødet gælder stadig. {note}", "")


NOT_HEARD = "Hører du ikke fra os, så ring"
# By state and whether it is a duty: what each answer does. Source: product.md 3.
EFFECTS = {
    ("proposed", False): {
        "coming": "Så er mødet aftalt",
        "other_time": "Vi holder tiden til og med onsdag den 4. marts, mens I finder en ny",
        "cannot": "Line finder en anden tid",
        "declined": "Du får ikke flere forslag om det her møde",
        "call_me": "Vi holder tiden imens",
    },
    ("proposed", True): {
        "coming": "Så er mødet aftalt",
        "other_time": "Vi holder tiden til og med onsdag den 4. marts, mens I finder en ny",
        "cannot": "Line finder en anden tid",
        "call_me": "Vi holder tiden imens",
    },
    ("agreed", False): {
        "coming": "Så ved vi, at du kommer",
        "other_time": "Vi holder den gamle tid, til I har fundet en ny",
        "cannot": "Mødet bliver aflyst. Så kan du bede om en ny tid",
        "declined": "Mødet bliver aflyst",
        "call_me": "Mødet gælder stadig",
    },
    ("agreed", True): {
        "coming": "Så ved vi, at du kommer",
        "other_time": "Den gamle tid gælder, til I har fundet en ny",
        "cannot": f"Mødet gælder stadig. Line skriver senest onsdag den 4. marts. {NOT_HEARD}",
        "call_me": "Mødet gælder stadig",
    },
}


@pytest.mark.parametrize(("state", "duty"), EFFECTS)
def test_each_answer_says_what_it_does_before_the_tap(state: str, duty: bool) -> None:
    held = NOW + timedelta(days=2) if state == "proposed" else None
    row = a_row(MeetingState(state), duty=duty, expires_at=held)
    anna = replace(ANNA, answered_by=danish_day(NOW + timedelta(days=2)))
    assert {one.reply: one.effect for one in section(row, anna).choices} == EFFECTS[state, duty]


@pytest.mark.parametrize("duty", [True, False])
def test_no_answer_at_all_is_left_without_its_effect(duty: bool) -> None:
    for state, channel, count in product((MeetingState.PROPOSED, MeetingState.AGREED), Channel, (0, 1, 2)):
        row = a_row(state, duty=duty, channel=channel, options=times(count))
        choices = section(row).choices
        assert all(one.label and one.effect for one in choices)
        assert len({one.effect for one in choices}) >= len(choices) - 1  # two may leave the meeting as it is
        assert not section(row, LINE).choices


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
