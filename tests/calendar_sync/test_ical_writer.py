"""What we write is read by others as the same moments, on every night the clocks change."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar_sync.ical_writer import FeedEvent, calendar_text, escape_text, fold_line
from app.dates.local_time import DANISH_TIME
from tests.calendar_sync.feed_shapes import as_shown, feed_events
from tests.calendar_sync.readers import read_both

MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def written(start: datetime, minutes: int = 60, summary: str = "Aftale", uid: str = "one") -> FeedEvent:
    return FeedEvent(uid, 0, MADE, MADE, start, start + timedelta(minutes=minutes), summary)


def changes(year: int) -> list[datetime]:
    """Return the two moments of a year when Danish clocks change, found in the zone itself."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24)]
    offsets = [one.astimezone(DANISH_TIME).utcoffset() for one in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


def test_around_every_change_of_the_clocks_from_2026_to_2036_no_moment_is_shifted() -> None:
    quarters = [
        change + timedelta(minutes=15 * n)
        for year in range(2026, 2037)
        for change in changes(year)
        for n in range(-8, 9)
    ]
    assert len(quarters) == 11 * 2 * 17
    text = calendar_text([written(start, uid=str(start)) for start in quarters], "Aftaler")
    assert [(one.start, one.end) for one in read_both(text)] == [
        (start, start + timedelta(hours=1)) for start in quarters
    ]


def test_it_is_right_long_after_anybody_has_listed_the_changes() -> None:
    late = [datetime(2090, month, 15, 9, tzinfo=DANISH_TIME).astimezone(UTC) for month in range(1, 13)]
    text = calendar_text([written(start, uid=str(start)) for start in late], "Aftaler")
    assert [one.start for one in read_both(text)] == late


def test_without_the_rules_one_of_the_readers_would_see_it() -> None:
    summer = datetime(2027, 7, 1, 8, tzinfo=UTC)
    text = calendar_text([written(summer)], "Aftaler").replace("TZOFFSETTO:+0200", "TZOFFSETTO:+0100")
    with pytest.raises(AssertionError):
        read_both(text)


JOINERS = "\u00ad\u061c\u200c\u200d\u200e\u200f\u2060"
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.just("\n"), max_size=120)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    WORDS.map(str.strip).filter(bool),
    st.datetimes(datetime(2026, 1, 1), datetime(2036, 12, 31)),
)
def test_any_words_at_any_minute_come_back_as_they_were(words: str, moment: datetime) -> None:
    start = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    plain = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in words)
    shown = "".join(sign for sign in plain if sign in JOINERS or sign == "\n" or sign.isprintable())
    if not shown.strip():
        return
    (one,) = read_both(calendar_text([written(start, summary=words)], "Aftaler"))
    assert (one.summary, one.start) == (shown, start)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_no_line_is_longer_than_75_bytes_or_cut_inside_a_letter(words: str) -> None:
    lines = fold_line(f"SUMMARY:{escape_text(words)}").split("\r\n ")
    assert all(len(line.encode()) <= 75 - (n > 0) for n, line in enumerate(lines))
    assert "".join(lines) == f"SUMMARY:{escape_text(words)}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Kl.\u00a010\u202f–\u200911\tpå rådhuset", "Kl. 10 – 11 på rådhuset"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧 i skole", "👩\u200d👧 i skole"),
        ("Først\u2028så\r\nnu", "Først\nså\nnu"),
        ("a\u202eb\x07c\ufeff", "abc"),
    ],
    ids=["spaces", "a joiner", "a family", "lines", "what turns or rings"],
)
def test_every_space_is_a_space_and_every_joiner_stays(typed: str, shown: str) -> None:
    (one,) = read_both(calendar_text([written(MADE, summary=typed)], "Aftaler"))
    assert one.summary == shown


def test_the_hour_that_comes_twice_is_written_in_utc_both_times() -> None:
    """By the standard a wall time there is the first one; some readers take it for the second."""
    change = next(one for one in changes(2027) if one.month == 10)
    quarters = [change + timedelta(minutes=15 * n) for n in range(-6, 6)]
    text = calendar_text([written(start, 5, uid=str(start)) for start in quarters], "Aftaler")
    starts = [line for line in text.splitlines() if line.startswith("DTSTART") and "2027" in line]
    assert [line.endswith("Z") for line in starts] == [False] * 2 + [True] * 8 + [False] * 2


def test_nothing_typed_can_end_its_line() -> None:
    text = calendar_text([written(MADE, summary="a\r\nATTENDEE:x\nBEGIN:VALARM\x85\u2028b")], "Aftaler")
    (one,) = read_both(text)
    assert "\nATTENDEE" not in text
    assert one.summary.startswith("a\nATTENDEE:x\nBEGIN:VALARM")


def test_64_meetings_of_every_shape_are_read_as_they_were_written() -> None:
    """By the two readers of the lock; `bench/feed_parsers.py` asks four more."""
    events = feed_events()
    assert len({one.uid for one in events}) == 64
    assert read_both(calendar_text(events, "Aftaler")) == [as_shown(one) for one in events]
