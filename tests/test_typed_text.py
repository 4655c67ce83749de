"""What people type: plain text, one line, numbers and days, and nothing that a database could not hold."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.typed_text import plain_text, read_day, read_day_parts, read_whole_number, single_line


def test_line_breaks_are_kept_and_of_one_kind() -> None:
    assert plain_text("  En drøm\r\nom\rhavet\n\n") == "En drøm\nom\nhavet"
    assert plain_text("En drøm\x85om\u2028havet\u2029og\x0bde\x0cto") == "En drøm\nom\nhavet\nog\nde\nto"
    assert single_line("En drøm\x85om\u2028havet") == "En drøm om havet"


@pytest.mark.parametrize(
    "nothing",
    [
        *(None, "", " \r\n\t ", "\u200b\u200b", "\x00\x07", "\u2028\x85", "\ufeff \u200e\u2060"),
        *("\u2800", "\u3164 \u115f\u1160", "\uffa0", "\u0301", " \u0308\ufe0f", "\u034f\u20dd"),
    ],
)
def test_nothing_to_see_is_nothing_written(nothing: str | None) -> None:
    assert plain_text(nothing) == ""


@pytest.mark.parametrize("seen", ["e\u0301", "한국어", "⠓", "👩\u200d👧", "العربيّة", "?"])
def test_what_is_seen_is_kept_as_it_was_written(seen: str) -> None:
    assert plain_text(f" {seen}\n") == seen


@given(st.text())
def test_kept_text_is_fit_for_any_database(typed: str) -> None:
    kept = plain_text(typed)
    kept.encode()
    assert "\x00" not in kept
    assert "\r" not in kept
    assert plain_text(kept) == kept


@given(st.text())
def test_words_stand_on_one_line(text: str) -> None:
    said = single_line(text)
    assert said == " ".join(said.split())
    assert single_line(said) == said


@given(st.integers(0, 999_999_999))
def test_a_whole_number_is_read_as_it_is_written(number: int) -> None:
    assert read_whole_number(f" {number} ") == number


@pytest.mark.parametrize(
    "typed", [None, "", " ", "-1", "+1", "1,5", "1e9", "0x1", "to", "²", "9" * 10, "1_0"]
)
def test_what_is_no_number_is_none(typed: str | None) -> None:
    assert read_whole_number(typed) is None


def test_arabic_digits_are_digits() -> None:
    assert read_whole_number("٣١") == 31
    assert read_day("٣١.٣.٢٠٢٦") == read_day_parts("٢٠٢٦", "٣", "٣١") == date(2026, 3, 31)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_in_each_way_that_it_is_written(day: date) -> None:
    for typed in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f" {day.day} {day.month} {day.year} ",
    ):
        assert read_day(typed) == day
    assert read_day_parts(str(day.year), f" {day.month}", f"{day.day:02}") == day


def test_nothing_typed_is_no_day() -> None:
    assert read_day(" ") is None
    assert read_day_parts("", None, "  ") is None


@pytest.mark.parametrize("typed", ["31.4.2026", "0.1.2026", "i morgen", "2026", "31-3-26", "9999999999.1.1"])
def test_what_is_no_day_is_said(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(typed)


@pytest.mark.parametrize(
    "parts", [("2026", "4", "31"), ("2026", "", "1"), ("9" * 9, "1", "1"), ("i", "år", "x")]
)
def test_parts_that_are_no_day_are_said(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day_parts(*parts)
