"""Dates, times, numbers and order as Danes write them (and as a phone book sorts them)."""

from datetime import UTC, date, datetime

import pytest

from app import i18n

TODAY = date(2026, 11, 3)  # a Tuesday


def test_a_date_in_full() -> None:
    assert (
        i18n.long_datetime(datetime(2026, 11, 3, 9, 30, tzinfo=UTC))
        == "tirsdag den 3. november 2026 kl. 10.30"
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 2), "i går"),
        (date(2026, 11, 3), "i dag"),
        (date(2026, 11, 4), "i morgen"),
        (date(2026, 11, 5), "på torsdag den 5. november"),
        (date(2026, 11, 9), "på mandag den 9. november"),
        (date(2026, 11, 10), "tirsdag den 10. november"),
        (date(2026, 10, 30), "fredag den 30. oktober"),
        (date(2027, 1, 4), "mandag den 4. januar 2027"),
    ],
)
def test_a_day_as_one_says_it(day: date, said: str) -> None:
    assert i18n.near_day(day, TODAY) == said


@pytest.mark.parametrize(
    ("day", "said"), [(2, "I går kl. 10.30"), (3, "I dag kl. 10.30"), (1, "1. nov. kl. 10.30")]
)
def test_a_moment_where_there_is_little_room(day: int, said: str) -> None:
    assert i18n.brief_moment(datetime(2026, 11, day, 9, 30, tzinfo=UTC), TODAY) == said


def test_times_are_danish_whatever_the_server_thinks() -> None:
    start, end = datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, 8, 15, tzinfo=UTC)
    assert i18n.time_range(start, end) == "9.00–10.15"
    assert i18n.iso(start) == "2026-07-01T09:00+02:00"


def test_short_dates_and_weeks() -> None:
    assert i18n.short_date(TODAY) == "tirs. 3. nov."
    assert i18n.week(TODAY) == 45
    assert i18n.week(date(2027, 1, 1)) == 53


@pytest.mark.parametrize(
    ("digits", "written", "called"),
    [
        ("12345678", "12 34 56 78", "tel:+4512345678"),
        ("+4512345678", "12 34 56 78", "tel:+4512345678"),
        ("112", "112", "tel:112"),
        ("+46701234567", "+46701234567", "tel:+46701234567"),
    ],
)
def test_phone_numbers(digits: str, written: str, called: str) -> None:
    assert (i18n.phone(digits), i18n.phone_href(digits)) == (written, called)


def test_names_sort_as_in_a_danish_phone_book() -> None:
    ordered = [
        "Abel",
        "de Groot",
        "Degn",
        "Émile",
        "Müller",
        "Möller",
        "Zander",
        "Ærø",
        "Østergaard",
        "Å",
        "Aagaard",
    ]
    assert sorted(reversed(ordered), key=i18n.danish_key) == ordered


def test_someones_words_stay_text() -> None:
    assert i18n.quoted("<b>x</b>") == "»&lt;b&gt;x&lt;/b&gt;«"


def test_an_unknown_language_is_danish() -> None:
    assert i18n.language_named("xx") is i18n.DANISH
    assert i18n.language_named(None) is i18n.DANISH


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("da", "Jonas, Mette med forældremyndighed, Thea og Ali"),
        ("en", "Jonas, Mette med forældremyndighed, Thea and Ali"),
        ("ar", "Jonas وMette med forældremyndighed وThea وAli"),
    ],
)
def test_names_are_listed_as_one_says_them(code: str, said: str) -> None:
    token = i18n.answer_in(next(one for one in i18n.LANGUAGES if one.code == code))
    try:
        assert i18n.name_list(["Jonas", "Mette med forældremyndighed", "Thea", "Ali"]) == said
        assert i18n.name_list(["Jonas"]) == "Jonas"
    finally:
        i18n.end_answer(token)
