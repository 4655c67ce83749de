"""What of a calendar was not read comes back as it was kept, and no day is lost on the way."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.availability.unread import MOST_SPANS, TEXT_MOST, UnreadTime, unread_time

FIRST, LAST = date(2027, 3, 1), date(2027, 9, 1)
DAYS = st.dates(FIRST, LAST)
SPANS = st.one_of(
    st.tuples(DAYS, st.integers(0, 20)).map(lambda one: (one[0], one[0] + timedelta(days=one[1]))),
    st.tuples(DAYS, st.none()),
    st.just((None, None)),
)
TIMED = st.tuples(DAYS, st.integers(0, 3)).map(lambda one: (one[0], one[0] + timedelta(days=one[1])))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(SPANS, min_size=1, max_size=8) | st.lists(TIMED, min_size=40, max_size=90), DAYS)
def test_every_day_that_is_unsure_stays_so(spans: list[tuple[date | None, date | None]], day: date) -> None:
    found = unread_time([(n, 3 * n, span) for n, span in enumerate(spans)], since=FIRST, until=LAST)
    assert found is not None
    assert len(found.days) <= MOST_SPANS
    assert len(found.to_text()) <= TEXT_MOST
    assert UnreadTime.from_text(found.to_text()) == found
    unsure = any((first or FIRST) <= day <= (last or date.max) for first, last in spans)
    assert found.covers(day) or not unsure
    if len(spans) < MOST_SPANS:
        assert found.covers(day) == unsure


def test_what_lies_outside_is_not_counted() -> None:
    before, after = FIRST - timedelta(days=1), LAST + timedelta(days=1)
    outside = [(1, 1, (before, before)), (2, 9, (after, None))]
    assert unread_time(outside, since=FIRST, until=LAST) is None
    found = unread_time([*outside, (3, 17, (FIRST, FIRST)), (3, 17, (None, None))], since=FIRST, until=LAST)
    assert found is not None
    assert (found.count, found.named) == (1, ((3, 17),))
