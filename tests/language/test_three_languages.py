"""Days, times, numbers and plurals as each language writes them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app import i18n
from app.config import DEMO_SITE, read_site
from app.demo.cast import CAST, TEAMS
from app.demo.seed_places import SPOTS
from app.web.page import translate_place, translate_site_text
from app.web.written import isolate

TODAY = date(2026, 11, 3)  # a Tuesday
START, END = datetime(2026, 11, 3, 8, tzinfo=UTC), datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CODES = ("da", "en", "ar")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    with Flask("any").test_request_context():
        i18n.answer_in(i18n.language_named(code))
        assert i18n.current().code == code
        yield


WRITTEN: list[tuple[Callable[[], object], tuple[str, str, str]]] = [
    (
        lambda: i18n.long_date(TODAY),
        ("tirsdag den 3. november 2026", "Tuesday, 3 November 2026", "الثلاثاء، 3 نوفمبر 2026"),
    ),
    (
        lambda: i18n.day_and_month(TODAY),
        ("tirsdag den 3. november", "Tuesday 3 November", "الثلاثاء 3 نوفمبر"),
    ),
    (lambda: i18n.date_only(TODAY), ("den 3. november 2026", "3 November 2026", "3 نوفمبر 2026")),
    (lambda: i18n.month(TODAY), ("november 2026", "November 2026", "نوفمبر 2026")),
    (lambda: i18n.near_day(TODAY, TODAY), ("i dag", "today", "اليوم")),
    (lambda: i18n.near_day(date(2026, 11, 4), TODAY), ("i morgen", "tomorrow", "غدًا")),
    (
        lambda: i18n.near_day(date(2026, 11, 5), TODAY),
        ("på torsdag den 5. november", "on Thursday 5 November", "يوم الخميس 5 نوفمبر"),
    ),
    (lambda: i18n.time_range(START, END), ("9.00–10.30", "09:00–10:30", "09:00 إلى 10:30")),
    (
        lambda: i18n.long_datetime(START),
        (
            "tirsdag den 3. november 2026 kl. 9.00",
            "Tuesday, 3 November 2026 at 09:00",
            "الثلاثاء، 3 نوفمبر 2026 الساعة 09:00",
        ),
    ),
    (lambda: i18n.phone("70123456"), ("70 12 34 56", "70 12 34 56", "70 12 34 56")),
    (lambda: i18n.quoted("Ja"), ("»Ja«", "“Ja”", "«Ja»")),
    (lambda: i18n.week(date(2027, 1, 1)), (53, 53, 53)),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("written", "wanted"), WRITTEN, ids=[wanted[0] for _, wanted in WRITTEN])
def test_a_day_a_time_and_a_number(written: Callable[[], object], wanted: tuple[object, ...]) -> None:
    said = []
    for code in CODES:
        with speaking(code):
            said.append(written())
    assert tuple(said) == wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("da", {0: "0 kladder", 1: "en kladde", 2: "2 kladder", 11: "11 kladder"}),
        ("en", {0: "0 drafts", 1: "a draft", 2: "2 drafts"}),
        (
            "ar",
            {
                1: "لديك مسودة",
                2: "لديك مسودتان",
                3: "لديك 3 مسودات",
                10: "لديك 10 مسودات",
                11: "لديك 11 مسودة",
                99: "لديك 99 مسودة",
                100: "لديك 100 مسودة",
                103: "لديك 103 مسودات",
            },
        ),
    ],
)
def test_a_plural(code: str, wanted: dict[int, str]) -> None:
    one, many = "Du har en kladde", "Du har %(num)s kladder"
    with speaking(code):
        for number, words in wanted.items():
            assert words in i18n.ngettext(one, many, number)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_demo_municipality_says_its_own_texts_in_each_language(code: str) -> None:
    site = read_site(DEMO_SITE)
    ours = {*site.areas, site.opening_hours, *site.consent_text, *site.privacy_text, site.message_duty}
    ours |= {one.label for one in site.emergencies} | set(site.departments) - site.hidden_departments
    ours |= {one.more["title"] for one in CAST if one.more and "title" in one.more}
    ours |= {helps for team in TEAMS.values() for _who, _area, helps in team}
    open_to_all = [
        one for one in SPOTS if one.name not in {place.name for place in site.places if place.hidden}
    ]
    ours |= {words for one in open_to_all for words in (one.name, one.directions, *one.rooms.values())}
    assert set(site.translations[code]) == ours


def test_what_the_municipality_has_not_translated_is_marked_as_danish(app: Flask) -> None:
    with app.test_request_context():
        i18n.answer_in(i18n.language_named("ar"))
        assert translate_site_text("Helbred") == "الصحة"
        assert translate_site_text("Lov & ret") == '<span lang="da" dir="ltr">Lov &amp; ret</span>'
        i18n.answer_in(i18n.DANISH)
        assert translate_site_text("Helbred") == "Helbred"


def test_a_title_inside_a_sentence_begins_small_in_each_language(app: Flask) -> None:
    with app.test_request_context():
        i18n.answer_in(i18n.language_named("en"))
        assert translate_site_text("Jobkonsulent") == "Job adviser"
        assert translate_site_text("jobkonsulent") == "job adviser"
        assert translate_site_text(None) == ""


def test_of_a_place_each_part_that_is_known_is_translated_and_the_rest_marked(app: Flask) -> None:
    whole = "Solbjerg Bibliotek, Torvet <6>, mødelokalet"
    with app.test_request_context():
        i18n.answer_in(i18n.language_named("en"))
        street = '<span lang="da" dir="ltr">Torvet &lt;6&gt;</span>'
        assert translate_place(whole) == (
            f"Solbjerg Library (Bibliotek), {street}, the meeting room (mødelokalet)"
        )
        assert translate_place("Hos mig, 2. sal") == '<span lang="da" dir="ltr">Hos mig, 2. sal</span>'
        i18n.answer_in(i18n.DANISH)
        assert translate_place(whole) == whole


def test_what_people_wrote_stays_text_and_runs_its_own_way() -> None:
    assert isolate("<b>سلام</b>") == "<bdi>&lt;b&gt;سلام&lt;/b&gt;</bdi>"
    assert isolate(None) == ""
