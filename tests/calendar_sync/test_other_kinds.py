"""Properties of kinds that need no database: days, counts, places, zones, what a rule leaves out."""

import os
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from app.calendar_sync.ical_writer import fold_line
from app.dates.local_time import DANISH_TIME
from app.meetings.place_names import place_key
from tests.calendar_sync.files import NOW, entry, file, read_here

EXAMPLES = int(os.environ.get("ENPLAN_TEST_EXAMPLES", "30"))  # many more in bench/calendar_files.py
FEW = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
DAYS = st.integers(1, 170).map(lambda n: NOW.date() + timedelta(days=n))
DAY = timedelta(days=1)
AWAY = st.integers(-900, 900) | st.integers(180, 184) | st.integers(-4, 1)  # days; most at an edge


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DANISH_TIME).astimezone(UTC)


@FEW
@given(DAYS)
def test_a_day_that_ends_as_it_begins_is_that_whole_day(day: date) -> None:
    times = f"DTSTART;VALUE=DATE:{day:%Y%m%d}\nDTEND;VALUE=DATE:{day:%Y%m%d}"
    (one,) = read_here(file(entry(times))).entries
    assert (one.start, one.end) == (midnight(day), midnight(day + DAY))


@FEW
@given(st.lists(st.tuples(AWAY, st.booleans(), st.integers(1, 5)), max_size=12))
def test_every_entry_is_told_or_counted_on_its_side(entries: list[tuple[int, bool, int]]) -> None:
    told = [
        entry(
            f"DTSTART:{NOW + timedelta(days=away, hours=1):%Y%m%dT%H%M%SZ}\nDURATION:PT1H"
            + f"\nRRULE:FREQ=WEEKLY;COUNT={times}" * repeats,
            str(number),
        )
        for number, (away, repeats, times) in enumerate(entries)
    ]
    found = read_here(file(*told))
    within = {one.number for one in found.entries}
    assert (found.past + found.later + len(within), found.held) == (len(entries), len(entries))
    over = sum(NOW + timedelta(days=away, hours=1) > NOW + timedelta(weeks=26) for away, *_more in entries)
    assert found.later == over


@FEW
@given(
    st.text("abæøåÆØÅéö 2", min_size=1, max_size=20).filter(str.strip),
    st.sampled_from([str.upper, str.lower, str.title, lambda name: unicodedata.normalize("NFD", name)]),
    st.sampled_from(["{}", "  {} ", "{}.", "»{}«", "{};"]),
)
def test_a_place_is_one_however_it_is_spelled(name: str, spell: object, written: str) -> None:
    assert callable(spell)
    assert place_key(written.format(spell(name))) == place_key(name)
    danish = name.replace("å", "aa").replace("Å", "Aa").replace("ø", "oe")
    assert place_key(danish) == place_key(name)
    assert place_key(f"{name} øst") != place_key(name)


@FEW
@given(st.sampled_from(sorted(WINDOWS_TO_OLSON)), DAYS, st.sampled_from(["{}", '"{}"']), st.booleans())
def test_a_zone_is_known_by_windows_name_and_by_its_own(
    name: str, day: date, written: str, own: bool
) -> None:
    zone = WINDOWS_TO_OLSON[name]
    said = written.format(zone if own else name)
    raw = file(entry(f"DTSTART;TZID={said}:{day:%Y%m%d}T120000\nDURATION:PT1H"))
    found = read_here(raw, first=NOW - DAY, weeks=30)
    assert found.faults == ()
    assert [one.start for one in found.entries] == [
        datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    ]


@FEW
@given(DAYS, st.integers(2, 6), st.integers(0, 5), st.integers(0, 5))
def test_what_a_rule_leaves_out_is_out_and_what_is_changed_by_its_day_is_changed(
    first: date, every: int, moved: int, later: int
) -> None:
    first = min(first, NOW.date() + timedelta(days=120))
    series = (
        f"DTSTART;TZID=Europe/Copenhagen:{first:%Y%m%d}T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=6\n"
        f"EXRULE:FREQ=DAILY;INTERVAL={every};COUNT=6"
    )
    day = first + timedelta(days=moved)
    change = (
        f"RECURRENCE-ID;VALUE=DATE:{day:%Y%m%d}\nDURATION:PT1H\n"
        f"DTSTART;TZID=Europe/Copenhagen:{day:%Y%m%d}T{12 + later}0000"
    )
    found = read_here(file(entry(series), entry(change)))
    hours = {number: 10 for number in range(6) if number % every} | {moved: 12 + later}
    right = [
        datetime.combine(first + timedelta(days=number), time(hour), DANISH_TIME).astimezone(UTC)
        for number, hour in sorted(hours.items())
    ]
    assert [one.start for one in found.entries] == right


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\\;,:"'), max_size=200)


@FEW
@given(WORDS.filter(lambda words: bool(words.strip())))
def test_words_come_in_as_they_were_written_and_their_escapes_are_undone_once(words: str) -> None:
    said = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    folded = fold_line(f"SUMMARY:{said}").replace("\r\n", "\n")
    raw = file(entry(f"DTSTART:20270303T100000Z\n{folded}"))
    for ends in (b"\n", b"\r\n", b"\r\r\n"):
        (one,) = read_here(raw.replace(b"\r\n", ends), texts=True).entries
        assert one.texts["SUMMARY"] == words.strip()
