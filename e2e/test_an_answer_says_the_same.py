"""What an answer to a meeting leaves on the page is what a reload shows: a swap leaves nothing old behind."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from app.meetings.models import Meeting
from app.meetings.rules import Channel
from e2e.conftest import SMALL, Site
from e2e.page_checks import TALL, axe, layout
from tests.booking.desk import Desk

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

THREE = ("2026-06-08 10:00", "2026-06-09 10:00", "2026-06-10 12:00")
SECOND = "tirsdag den 9. juni kl. 10.00"
MONDAY = "mandag den 8. juni kl. 10.00"
OFFER = Channel.PHONE  # no way to go: every quarter of the day can be had


def enter(chromium: Browser, site: Site, slug: str = "ny") -> Page:
    context = chromium.new_context(base_url=site.url, viewport=SMALL, locale="da-DK", service_workers="block")
    context.request.post("/demo/log-ind", form={"person": slug}, headers={"Sec-Fetch-Site": "same-origin"})
    return context.new_page()


def says(page: Page, at: str) -> str:
    return re.sub(r"\s+", " ", page.locator(at).inner_text())


def tap(page: Page, button: str, heading: str, at: str = "main") -> str:
    """Answer; return what stands there when the answer has come, once a reload has said the same."""
    address = page.url
    page.get_by_role("main").get_by_role("button", name=button).first.click()
    title = page.get_by_role("main").get_by_role("heading", name=heading, exact=True)
    expect(title).to_be_focused()
    expect(page.get_by_role("status")).not_to_have_text("")
    assert page.url == address  # swapped, not fetched anew
    after = says(page, at)
    page.goto(address)
    assert after == says(page, at)
    return after


def at_desk(site: Site) -> Desk:
    return Desk(site.app.extensions["db"])


def at_meeting(page: Page, meeting: Meeting) -> None:
    page.goto(f"/kalender/{meeting.id}")


def test_one_of_three_times_is_the_meetings_time_at_once(chromium: Browser, site: Site) -> None:
    page = enter(chromium, site)
    at_meeting(page, at_desk(site).offer(*THREE, citizen="ny"))
    expect(page.get_by_text("Tiden er ikke valgt endnu")).to_be_visible()
    after = tap(page, f": {SECOND}", f"Du kommer {SECOND}")
    assert f"{SECOND[0].upper()}{SECOND[1:]}–11.00" in after
    assert "Tiden er ikke valgt endnu" not in after
    assert "Læg i telefonens kalender" in after
    page.set_viewport_size(TALL)
    assert axe(page) + layout(page) == []
    page.context.close()


def test_another_time_is_asked_for_and_taken(chromium: Browser, site: Site) -> None:
    page = enter(chromium, site)
    at_meeting(page, at_desk(site).place("2026-06-08 10:00", citizen="ny", channel=OFFER, said_yes=True))
    page.get_by_text("Ændr dit svar").click()
    asked = tap(page, "En anden tid", "Du har bedt om en anden tid")
    assert "Vælg en tid her." in asked
    day = page.locator('button[name="start"]').nth(1).inner_text().replace("\u00a0", " ").partition("–")[0]
    taken = tap(page, day, f"Vi ringer til dig {day[0].lower()}{day[1:]}. Du har sagt ja")
    assert f"{day}–" in taken
    assert "Mandag den 8. juni kl." not in taken.partition("Flyttet fra")[0]
    page.context.close()


def test_a_meeting_is_called_off_and_back_again(chromium: Browser, site: Site) -> None:
    page = enter(chromium, site)
    at_meeting(page, at_desk(site).place("2026-06-08 10:00", citizen="ny", said_yes=True))
    page.get_by_text("Ændr dit svar").click()
    off = tap(page, "Jeg kan ikke", "Mødet er aflyst")
    assert off.index("Mødet er aflyst") < off.index("andag den 8. juni")
    assert "Du bestemmer" not in off
    tap(page, "Fortryd, og behold mødet", f"Du kommer {MONDAY}")
    page.context.close()


@pytest.mark.parametrize("address", ["/", "/kalender"], ids=["today", "meetings"])
def test_the_next_meetings_card_says_the_same_as_after_a_reload(
    chromium: Browser, site: Site, address: str
) -> None:
    page = enter(chromium, site)
    at_desk(site).place("2026-06-08 10:00", citizen="ny")
    page.goto(address)
    for button, heading in (
        ("Bed Line om at ringe", "Du har bedt os om at ringe"),
        ("Jeg kan ikke", "Du kan ikke komme"),
        ("Ja tak", f"Du kommer {MONDAY}"),
    ):
        if page.get_by_text("Ændr dit svar").count():
            page.get_by_text("Ændr dit svar").click()
        tap(page, button, heading, "#next-meeting")  # the news of today are shown once
    page.context.close()
