"""What calendars elsewhere say is understood as it was meant; what is hostile is stopped."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar_sync import ical_reader
from app.calendar_sync.ical_process.ical_lines import Stop
from app.calendar_sync.ical_process.ical_start import read_events
from app.calendar_sync.ical_reader import CalendarFault, UnreadableCalendar
from tests.calendar_sync.files import NOW, ROMANCE, busy, entry, file, read, romance, unread

TEN = romance("20270303T100000", "20270303T110000")
TEN_IN_UTC = [("2027-03-03T09:00", "2027-03-03T10:00")]
SUMMER = romance("20270603T100000", "20270603T110000")
SUMMER_IN_UTC = [("2027-06-03T08:00", "2027-06-03T09:00")]


def test_case_38_a_whole_day_is_a_danish_day_and_its_end_is_not_in_it() -> None:
    holiday = entry("DTSTART;VALUE=DATE:20270329\nDTEND;VALUE=DATE:20270331\nSUMMARY:Ferie")
    assert busy(file(holiday)) == [("2027-03-28T22:00", "2027-03-30T22:00")]


@pytest.mark.parametrize("title", ["Canceled: Teammøde", "Aflyst: Teammøde", "CANCELLED: x"])
def test_case_39_what_outlook_cancels_it_says_in_the_title(title: str) -> None:
    shown = f"{TEN}SUMMARY:{title}\nSTATUS:CONFIRMED\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:TRANSPARENT"
    assert busy(file(entry(shown))) == []
    assert busy(file(entry(f"{TEN}SUMMARY:{title}"))) == []


@pytest.mark.parametrize("zones", ["", ROMANCE], ids=["without", "with"])
def test_case_40_the_zone_that_outlook_names_is_danish_time(zones: str) -> None:
    assert busy(file(zones, entry(TEN), entry(SUMMER, "b"))) == TEN_IN_UTC + SUMMER_IN_UTC


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("DTSTART:20270303T090000Z\nDTEND:20270303T100000Z", TEN_IN_UTC),
        ("DTSTART;TZID=Europe/Copenhagen:20270303T100000\nDURATION:PT1H", TEN_IN_UTC),
        ('DTSTART;TZID="Romance Standard Time":20270303T100000\nDURATION:PT60M', TEN_IN_UTC),
        ("DTSTART;TZID=GMT Standard Time:20270303T090000\nDURATION:PT1H", TEN_IN_UTC),
        ("DTSTART:20270303T100000\nDTEND:20270303T110000", TEN_IN_UTC),
        ("DTSTART;TZID=Ingen Kendt:20270303T100000\nDURATION:PT1H", TEN_IN_UTC),
        ("DTSTART;VALUE=DATE:20270303", [("2027-03-02T23:00", "2027-03-03T23:00")]),
    ],
    ids=["google", "apple", "quoted", "other zone", "floating", "unknown zone", "one day"],
)
def test_times_are_read_however_they_are_written(times: str, expected: list[tuple[str, str]]) -> None:
    assert busy(file(entry(times))) == expected


def test_a_zone_that_only_the_file_knows_is_read_by_its_rules() -> None:
    own = ROMANCE.replace("Romance Standard Time", "Customized Time Zone")
    times = SUMMER.replace("Romance Standard Time", "Customized Time Zone")
    assert busy(file(own, entry(times))) == SUMMER_IN_UTC


HOW_BUSY = {
    "TRANSP:TRANSPARENT": (False, False),
    "STATUS:CANCELLED": (False, False),
    "X-MICROSOFT-CDO-BUSYSTATUS:FREE": (False, False),
    "STATUS:TENTATIVE": (True, True),
    "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE": (True, True),
    "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE": (True, True),
    "X-MICROSOFT-CDO-BUSYSTATUS:OOF": (True, False),
    # What its owner lets others book over is no busy time, whatever else it is called.
    "X-MICROSOFT-CDO-BUSYSTATUS:OOF\nTRANSP:TRANSPARENT": (False, False),
    "SUMMARY:Busy": (True, False),
}


def test_how_busy_is_read_as_the_calendar_shows_it() -> None:
    entries = read(file(*[entry(f"{TEN}{line}", f"a{n}") for n, line in enumerate(HOW_BUSY)])).entries
    assert [(one.busy, one.tentative) for one in entries] == list(HOW_BUSY.values())


OWN = {
    "DECLINED": (False, False),
    "TENTATIVE": (True, True),
    "NEEDS-ACTION": (True, True),
    "ACCEPTED": (True, False),
}


def test_what_the_owner_said_no_to_is_no_busy_time_of_theirs() -> None:
    invited = "ATTENDEE;CN=Jonas;PARTSTAT={}:MAILTO:Jonas@Solbjerg.example"
    other = "ATTENDEE;PARTSTAT=DECLINED:mailto:xjonas@solbjerg.example"
    raw = file(*[entry(f"{TEN}{other}\n{invited.format(said)}", said) for said in OWN])
    until = NOW + timedelta(weeks=26)
    entries = ical_reader.read_calendar(raw, NOW, until, owner=" jonas@solbjerg.example").entries
    assert [(one.busy, one.tentative) for one in entries] == list(OWN.values())
    assert all(one.busy and not one.tentative for one in read(raw).entries)


def test_a_series_keeps_its_hour_and_its_exceptions() -> None:
    weekly = f"{romance('20270316T090000', '20270316T100000')}RRULE:FREQ=WEEKLY;COUNT=4"
    assert [start for start, _ in busy(file(ROMANCE, entry(weekly)))] == [
        "2027-03-16T08:00",
        "2027-03-23T08:00",
        "2027-03-30T07:00",
        "2027-04-06T07:00",
    ]
    left_out = "\nEXDATE;TZID=Romance Standard Time:20270323T090000"
    moved = f"RECURRENCE-ID;TZID=Romance Standard Time:20270330T090000\n{TEN.replace('0303', '0331')}"
    gone = (
        "RECURRENCE-ID;TZID=Romance Standard Time:20270406T090000\n"
        f"{romance('20270406T090000', '20270406T100000')}SUMMARY:Aflyst: x\nTRANSP:TRANSPARENT"
    )
    parts = (entry(weekly + left_out), entry(moved), entry(gone))
    assert [start for start, _ in busy(file(ROMANCE, *parts))] == ["2027-03-16T08:00", "2027-03-31T08:00"]


def test_folded_lines_are_one_and_no_letter_is_lost() -> None:
    words = ("Møde om æbler, ærter og åer " * 20).strip()
    octets = f"SUMMARY:{words}".encode()
    lines = [octets[at : at + 74] for at in range(0, len(octets), 74)]  # some cut inside a letter
    raw = file(entry(f"{TEN}@")).replace(b"@", b"\r\n ".join(lines))
    (one,) = read(raw, texts=True).entries
    assert one.texts["SUMMARY"] == words


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", CalendarFault.NOT_A_CALENDAR),
        (b"<html>Log ind</html>", CalendarFault.NOT_A_CALENDAR),
        (bytes(range(256)) * 100, CalendarFault.NOT_A_CALENDAR),
        (file(entry(TEN))[:-20], CalendarFault.BROKEN),
        (b"BEGIN:VCALENDAR\r\n" * 60_000, CalendarFault.BROKEN),
        (file(*[entry(TEN, str(n)) for n in range(5001)]), CalendarFault.TOO_MANY),
        (file(entry(f"SUMMARY:{'x' * ical_reader.MOST_BYTES}")), CalendarFault.TOO_BIG),
        (file(*[entry(f"{TEN}RRULE:FREQ=DAILY", str(n)) for n in range(1500)]), CalendarFault.TOO_MANY),
    ],
    ids=[
        "empty",
        "page",
        "junk",
        "cut",
        "nested",
        "many",
        "large",
        "thousands-a-day",
    ],
)
def test_what_is_no_calendar_or_takes_too_much_is_refused(raw: bytes, fault: CalendarFault) -> None:
    with pytest.raises(UnreadableCalendar) as refused:
        read(raw)
    assert refused.value.fault is fault


RULES = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;INTERVAL=5",
    "freq=hourly",
    "FREQ=DAILY;BYSECOND=0,1,2",
    "FREQ=DAILY;BYMINUTE=0,15",
    "FREQ=DAILY;BYHOUR=8,9,10",
    "INTERVAL=1;FREQ=\n SECONDLY",
]


def test_rules_that_repeat_more_often_than_daily_are_refused_and_named() -> None:
    reading = read(file(entry(TEN, "a"), *[entry(f"{TEN}RRULE:{rule}", rule) for rule in RULES]))
    assert [(one.number, one.fault) for one in reading.faults] == [
        (number, CalendarFault.TOO_OFTEN) for number, _ in enumerate(RULES, start=2)
    ]
    assert {one.number for one in reading.entries} == set(range(1, len(RULES) + 2))  # the first time of each
    assert len(reading.entries) == len(RULES) + 1
    assert unread(reading) == [("2027-03-03", "")] * len(RULES)


def test_ten_thousand_exclusions_and_a_very_long_line_are_read() -> None:
    first = NOW.replace(tzinfo=None) + timedelta(days=2, hours=1)
    days = ",".join(f"{first + timedelta(days=n):%Y%m%dT%H%M%S}" for n in range(10_000))
    excluded = entry(f"{TEN}RRULE:FREQ=DAILY\nEXDATE;TZID=Romance Standard Time:{days}")
    assert read(file(excluded)).entries == ()
    assert len(read(file(entry(f"{TEN}DESCRIPTION:{'x' * 1_000_000}"))).entries) == 1


def test_one_that_needs_more_memory_than_it_may_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = file(*[entry(TEN, str(n)) for n in range(500)])
    assert len(read(raw).entries) == 500
    monkeypatch.setattr(ical_reader, "MOST_MEMORY", 16 * 1024 * 1024)
    with pytest.raises(UnreadableCalendar) as refused:
        read(raw)
    assert refused.value.fault in (
        CalendarFault.TOO_MUCH,
        CalendarFault.BROKEN,
    )  # depends on where it ran out


def test_each_bad_entry_is_named_and_the_others_are_read() -> None:
    parts = (
        entry(TEN, "fine"),
        entry("SUMMARY:no time", "b"),
        entry("DTSTART:i morgen", "c"),
        entry(romance("20270303T110000", "20270303T100000"), "d"),
        entry("DTSTART;TZID=Ingen Kendt:20270303T100000\nDURATION:PT1H", "e"),
        entry(TEN, "x").replace("UID:x\n", ""),
        entry(f"{TEN}RRULE:FREQ=MAYBE", "g"),
    )
    reading = read(file(*parts))
    assert [(one.number, one.fault) for one in reading.faults] == [
        (2, CalendarFault.NO_START),
        (3, CalendarFault.BAD_TIME),
        (4, CalendarFault.ORDER),
        (5, CalendarFault.UNKNOWN_ZONE),
        (6, CalendarFault.NO_UID),
        (7, CalendarFault.BAD_SERIES),
    ]
    assert [one.number for one in reading.entries] == [1, 5, 6, 7]
    assert reading.entries[0].line == 4


def test_what_is_over_or_far_ahead_is_counted_by_its_side() -> None:
    reading = read(
        file(entry(TEN.replace("2027", "2020")), entry(TEN, "b"), entry(TEN.replace("2027", "2029")))
    )
    assert (reading.past, reading.later, reading.held, len(reading.entries)) == (1, 1, 3, 1)


def test_the_process_that_reads_knows_nothing_of_ours() -> None:
    assert not any(name.startswith("ENPLAN") for name in ical_reader.KEPT)
    sources = [one.read_text("utf-8") for one in Path(ical_reader.CHILD).glob("*.py")]
    assert len(sources) > 5
    assert not [one for one in sources if "from app" in one or "import app" in one]


PIECES = st.sampled_from(
    """BEGIN:VEVENT|END:VEVENT|BEGIN:VTIMEZONE|END:VTIMEZONE|BEGIN:STANDARD|END:STANDARD|UID:1|TZID:X
    DTSTART:20270303T100000Z|DTSTART;VALUE=DATE:20270230|DTEND:99999999T999999|DURATION:-P1W|EXDATE:|:|;
    RRULE:FREQ=YEARLY;UNTIL=x|RRULE:FREQ=DAILY;COUNT=3|RDATE;VALUE=PERIOD:x/y|TZOFFSETTO:+9999| folded
    RECURRENCE-ID:20270303T100000Z|X;A=:b|\udcff|SUMMARY:\0""".replace("\n    ", "|").split("|")
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12))
def test_whatever_comes_is_read_or_refused(head: list[str], lines: list[str]) -> None:
    whole = ["BEGIN:VCALENDAR", *head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    asked = {"first": NOW.isoformat(), "last": (NOW + timedelta(weeks=26)).isoformat(), "most": 100}
    raw = "\r\n".join(whole).encode("utf-8", "surrogateescape")
    told: dict[str, Any] = {"faults": []}
    with suppress(Stop):
        told = read_events(raw, asked | {"zone": "Europe/Copenhagen", "texts": True})
    assert all(CalendarFault(code) for _, _, code, *_days in told["faults"])
