"""Each kind of trouble that calendars were to others: read as it was meant, and what can't be is told."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar_sync.ical_reader import CalendarContents
from app.dates.local_time import DANISH_TIME, danish_day
from tests.calendar_sync.files import NOW, busy, busy_here, entry, file, read_here, spans, unread
from tests.calendar_sync.world import CASES, TEN, TEN_IN_UTC, alarm

EXAMPLES = int(os.environ.get("ENPLAN_TEST_EXAMPLES", "40"))  # many more in bench/calendar_files.py
FEW = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", CASES)
def test_what_others_stumbled_over_is_read_as_it_was_meant(name: str) -> None:
    case = CASES[name]
    reading = read_here(case.raw)
    assert tuple(spans([one for one in reading.entries if one.busy])) == case.busy
    assert tuple(unread(reading)) == case.unread


def test_the_process_reads_the_same_as_is_read_here() -> None:
    for name in ("a name as it is displayed", "all later from one on", "free and busy time"):
        assert tuple(busy(CASES[name].raw)) == CASES[name].busy


# --- properties: whatever the day, the hour and the words ---

NOISE = st.sampled_from(
    [
        alarm("TRIGGER:før"),
        alarm("TRIGGER-PT1H"),
        "SEQUENCE:",
        "X-NOGET;A=:1",
        "GEO:;",
        "ATTACH;VALUE=BINARY:%%%",
        "CREATED:i går",
        "uden kolon",
        "DESCRIPTION:a\\",
        "CATEGORIES:,,",
    ]
)


@FEW
@given(st.lists(NOISE, max_size=6))
def test_nothing_that_is_not_used_can_hurt(noise: list[str]) -> None:
    raw = file(entry("\n".join([*noise, TEN.strip(), *noise])))
    assert (busy_here(raw), read_here(raw).faults) == ([TEN_IN_UTC], ())


DAMAGE = st.sampled_from(["", "x", "2027", "20270231", "99999999T999999Z", "T", ";", "20270303T10:00"])
DAYS = st.integers(0, 170).map(lambda n: NOW.date() + timedelta(days=n))


def is_known(reading: CalendarContents, day: date) -> bool:
    """Say whether a day is taken, or told to be uncertain: anything but free."""
    taken = any(danish_day(one.start) <= day <= danish_day(one.end) for one in reading.entries if one.busy)
    return taken or any((one.first or date.min) <= day <= (one.last or date.max) for one in reading.unread)


@FEW
@given(DAYS, st.sampled_from(["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE"]), DAMAGE, st.booleans())
def test_an_entry_is_never_free_whatever_of_it_is_broken(
    day: date, name: str, said: str, whole: bool
) -> None:
    lines = {
        "DTSTART": f"DTSTART;VALUE=DATE:{day:%Y%m%d}" if whole else f"DTSTART:{day:%Y%m%d}T100000Z",
        "DTEND": "" if whole else f"DTEND:{day:%Y%m%d}T110000Z",
    }
    lines[name] = f"{name}:{said}"
    reading = read_here(file(entry("\n".join(filter(None, lines.values())))))
    assert is_known(reading, day) or (name in ("DTSTART", "DTEND") and not reading.faults)  # another day


@FEW
@given(DAYS, st.integers(1, 800), st.integers(0, 600))
def test_what_goes_on_is_over_by_its_end(ends: date, length: int, since: int) -> None:
    begins = ends - timedelta(days=length)
    raw = file(entry(f"DTSTART;VALUE=DATE:{begins:%Y%m%d}\nDTEND;VALUE=DATE:{ends:%Y%m%d}"))
    day = ends - timedelta(days=1)
    assert bool(busy_here(raw)) == (day >= danish_day(NOW))


@FEW
@given(
    st.sampled_from(
        [datetime(2027, 3, 27), datetime(2027, 10, 30), datetime(2028, 3, 25), datetime(2027, 6, 1)]
    ),
    st.integers(0, 47),
    st.integers(1, 30),
)
def test_a_length_in_hours_is_so_many_hours_in_every_night(day: datetime, half: int, hours: int) -> None:
    wall = day + timedelta(minutes=30 * half)
    start = wall.replace(tzinfo=DANISH_TIME).astimezone(UTC)
    raw = file(entry(f"DTSTART;TZID=Europe/Copenhagen:{wall:%Y%m%dT%H%M%S}\nDURATION:PT{hours}H"))
    (one,) = read_here(raw, first=start - timedelta(days=3)).entries
    assert (one.start, one.end - one.start) == (start, timedelta(hours=hours))
    days = raw.replace(f"PT{hours}H".encode(), f"P{hours}D".encode())
    (one,) = read_here(days, first=start - timedelta(days=3)).entries
    later = (wall + timedelta(days=hours)).replace(tzinfo=DANISH_TIME)
    assert one.end == later.astimezone(UTC)


@FEW
@given(DAYS, st.integers(0, 6), st.sampled_from(["{:%Y%m%d}", "{:%Y%m%d}T235959", "{:%Y%m%d}T235959Z"]))
def test_up_to_a_day_is_up_to_and_with_it(first: date, more: int, written: str) -> None:
    last = first + timedelta(days=more)
    rule = f"RRULE:FREQ=DAILY;UNTIL={written.format(last)}"
    for times in (f"DTSTART:{first:%Y%m%d}T100000", f"DTSTART;VALUE=DATE:{first:%Y%m%d}"):
        found = read_here(file(entry(f"{times}\nDURATION:{'P1D' if 'VALUE' in times else 'PT1H'}\n{rule}")))
        assert len([one for one in found.entries if danish_day(one.start) <= last]) == more + 1


@FEW
@given(
    st.sampled_from(["HOURLY", "MINUTELY", "SECONDLY", "DAILY", "WEEKLY"]),
    st.integers(1, 90_000),
    st.lists(st.integers(0, 23), max_size=3),
    st.lists(st.integers(0, 59), max_size=2),
)
def test_what_comes_more_than_once_a_day_is_said_and_the_rest_is_read(
    freq: str, step: int, hours: list[int], minutes: list[int]
) -> None:
    parts = [f"FREQ={freq};INTERVAL={step};COUNT=5"]
    parts += [
        f"BY{name}={','.join(map(str, one))}" for name, one in (("HOUR", hours), ("MINUTE", minutes)) if one
    ]
    reading = read_here(file(entry(f"DTSTART:20270303T100000Z\nDURATION:PT5M\nRRULE:{';'.join(parts)}")))
    days = [
        danish_day(one.start) for one in reading.entries if one.start != datetime(2027, 3, 3, 10, tzinfo=UTC)
    ]
    assert len(set(days)) == len(days) or reading.unread


@FEW
@given(st.sampled_from(["REPLY", "COUNTER", "CANCEL", "REQUEST", "PUBLISH", "ADD", ""]), st.booleans())
def test_only_what_invites_makes_busy(method: str, small: bool) -> None:
    said = method.lower() if small else method
    raw = file(entry(TEN)).replace(b"VERSION:2.0", f"VERSION:2.0\r\nMETHOD:{said}".encode())
    assert bool(busy_here(raw)) == (method in ("REQUEST", "PUBLISH", "ADD", ""))
