"""The citizen's meetings on a phone far away and as they are heard, and a week of them on a wide screen."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from app.i18n import day_and_month
from app.meetings.rules import Channel
from e2e.conftest import SMALL, Site
from e2e.page_checks import (
    LARGE_TEXT,
    TALL,
    axe,
    lay_style,
    layout,
    lost_in_forced_colours,
    small_targets,
    words,
)
from tests.booking.desk import Desk
from tests.booking.requests import can_take_much

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

NOTE = "dansk tid"
WIDE = ViewportSize(width=1280, height=1024)
SUMMER = "time[datetime$='+02:00']"
PAGES = ["/", "/kalender"]


def enter(chromium: Browser, site: Site, slug: str = "anna", **more: object) -> Page:
    """Become somebody on a phone of one's own."""
    wanted = {"base_url": site.url, "viewport": SMALL, "locale": "da-DK", "service_workers": "block"}
    page = chromium.new_context(**(wanted | more)).new_page()  # type: ignore[arg-type]
    page.context.request.post(
        "/demo/log-ind", form={"person": slug}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    return page


def notes(page: Page, at: str = "time") -> Locator:
    return page.locator(f"{at} [data-zone]")


@pytest.mark.parametrize(
    ("zone", "others"),
    [("Asia/Bangkok", "time"), ("Europe/Berlin", "time[datetime$=never]"), ("Africa/Lagos", SUMMER)],
)
def test_case_53_times_stay_danish_and_a_phone_with_another_clock_says_so(
    chromium: Browser, site: Site, zone: str, others: str
) -> None:
    """`others`: at which times that phone shows another hour. Lagos does when Denmark has summer time."""
    at_home = enter(chromium, site, timezone_id="Europe/Copenhagen")
    away = enter(chromium, site, timezone_id=zone)
    for address in PAGES:
        for page in (at_home, away):
            page.goto(address)
        assert notes(at_home).count() > 0
        expect(notes(at_home).filter(visible=True)).to_have_count(0)
        expect(notes(away).filter(visible=True)).to_have_count(notes(away, others).count())
        assert words(away).replace(f" {NOTE}", "") == words(at_home)
        assert layout(away) == []
        away.set_viewport_size(TALL)
        assert axe(away) == []
        away.set_viewport_size(SMALL)
    for page in (at_home, away):
        page.context.close()


def test_case_53_without_javascript_nothing_is_claimed(chromium: Browser, site: Site) -> None:
    page = enter(chromium, site, timezone_id="Asia/Bangkok", java_script_enabled=False)
    page.goto("/kalender")
    expect(notes(page).filter(visible=True)).to_have_count(0)
    page.context.close()


def test_case_53_what_comes_with_a_swap_says_so_too(chromium: Browser, site: Site) -> None:
    page = enter(chromium, site, "bent", timezone_id="Asia/Bangkok")
    page.goto("/")
    page.get_by_role("button", name=re.compile("^En anden tid")).click()
    expect(page.get_by_role("button", name=NOTE)).to_have_count(3)
    page.context.close()


ROUNDS = (  # twenty meetings: four a week, one by each channel
    (Channel.IN_PERSON, 10, ("line", "jonas"), "Med Line Madsen, Jonas Friis, Solbjerg Rådhus, lokale 2"),
    (Channel.PHONE, 11, ("sara",), "Med Sara Holm, På telefon"),
    (Channel.VIDEO, 12, ("line",), "Med Line Madsen, På video"),
    (Channel.HOME, 13, ("ali",), "Med Ali Demir, Hjemme hos dig"),
)
MANY = 20
SENTENCE_END = re.compile(r"[.:!?] +(?=[A-ZÆØÅ])")


def book_many(site: Site) -> list[str]:
    """Book twenty meetings for Ny; return what each is to be heard as, after the first, which has a card."""
    desk = Desk(site.app.extensions["db"])
    can_take_much(desk.database, "ny")
    heard = []
    for number in range(MANY):
        channel, hour, people, who_and_where = ROUNDS[number % len(ROUNDS)]
        more: dict[str, Any] = {"place": "Solbjerg Rådhus, lokale 2"} if channel is Channel.IN_PERSON else {}
        day = date(2026, 6, 8) + timedelta(days=number // 4 * 7 + number % 4)
        desk.place(f"{day} {hour}:00", 45, *people, citizen="ny", channel=channel, said_yes=True, **more)
        heard.append(f"{day_and_month(day)} kl. {hour}.00–{hour}.45: Samtale om din bolig, {who_and_where}")
    return heard[1:]


def test_case_60_twenty_meetings_are_each_heard_in_one_sentence_from_h3_to_h3(
    chromium: Browser, site: Site
) -> None:
    expected = book_many(site)
    page = enter(chromium, site, "ny")
    page.goto("/kalender")
    wire = page.context.new_cdp_session(page)
    wire.send("Accessibility.enable")
    nodes = wire.send("Accessibility.getFullAXTree")["nodes"]
    heard = [
        re.sub(r"\s+([,:])", r"\1", " ".join(node["name"]["value"].split()))
        for node in nodes
        if node["role"]["value"] == "heading" and level(node) == 3
    ]
    answer, *meetings = heard
    assert answer == "Du kommer mandag den 8. juni kl. 10.00"
    assert [one[0].lower() + one[1:] for one in meetings] == expected
    assert all(len(SENTENCE_END.findall(one)) < 2 for one in meetings)
    page.set_viewport_size(TALL)
    assert axe(page) + layout(page) == []
    page.context.close()


def level(node: dict[str, Any]) -> int:
    """Return the level of a heading in the accessibility tree."""
    return next(int(one["value"]["value"]) for one in node["properties"] if one["name"] == "level")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_week_is_a_table_where_there_is_room_and_a_list_of_days_where_there_is_not(
    chromium: Browser, site: Site, javascript: bool
) -> None:
    page = enter(chromium, site, viewport=WIDE, java_script_enabled=javascript)
    page.goto("/kalender")
    page.get_by_role("link", name="Se en uge ad gangen").click()
    heads, cells = page.get_by_role("columnheader"), page.get_by_role("cell")
    expect(heads).to_have_count(5)
    expect(heads.nth(1)).to_have_text("tirsdag den 3. marts")
    expect(cells.nth(1).get_by_role("link")).to_have_accessible_name(
        "tirsdag den 3. marts kl. 13.00–14.00 : Se på boliger sammen"
    )
    assert len({top(one) for one in heads.all()}) == 1  # beside each other
    assert top(cells.nth(1)) > top(heads.nth(1))
    for size, style in ((SMALL, ""), (WIDE, LARGE_TEXT)):  # no room: each day, and under it what it holds
        page.set_viewport_size(size)
        lay_style(page, style)
        order = [one for day in range(5) for one in (top(heads.nth(day)), top(cells.nth(day)))]
        assert order == sorted(order)
        assert len(set(order)) == len(order)
        assert layout(page) == []
    lay_style(page, "")
    page.set_viewport_size(TALL)
    assert small_targets(page) + lost_in_forced_colours(page) == []
    if javascript:  # axe waits with timers
        assert axe(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name="Ugen efter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uge 11")
    with page.expect_navigation():
        page.get_by_role("link", name="Denne uge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uge 10")
    page.context.close()


def top(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["y"]
