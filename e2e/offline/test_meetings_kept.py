"""Case 59: without a line the phone shows what was fetched last, and an answer waits until it can be sent."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, select

from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Reply
from e2e.offline.line import enter, keep_choice
from e2e.page_checks import TALL, axe, layout, small_targets, until
from e2e.serving import Server
from tests.booking.desk import Desk
from tests.cast import NOW, People

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

ANNA = People().anna.id
NEXT = "Vis dag og tid for mit næste møde på denne telefon"
ALL = "Gem alle mine møder på denne telefon, låst med min adgangsnøgle"
WAITS = "Dit svar ligger på telefonen."
NOT_SENT = "Dit svar: Ja, ring til mig. Det er ikke sendt endnu."
WHEN = "mandag den 2. marts kl. 10.30"
PRIVATE = ["Line", "Sara", "Snak", "bolig", "Praktik", "Anna", str(ANNA)]
KEEPER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    phone.clock.set_fixed_time(NOW + timedelta(hours=7))  # the site's is 10.00, whatever the phone's
    return enter(phone, "anna")


def choose(page: Page, label: str, said: str) -> None:
    page.goto("/indstillinger")
    page.get_by_label(label).check()
    keep_choice(page, label)
    expect(page.get_by_text(said)).to_be_visible()


def lose_the_line(page: Page, server: Server, now: datetime = NOW) -> None:
    server.stop()
    page.context.clock.set_fixed_time(now)
    page.goto("/kalender")
    expect(page.get_by_role("heading", level=1)).to_have_text("Der er ikke internet lige nu")


def kept(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def looks_well(page: Page) -> None:
    page.set_viewport_size(TALL)
    assert axe(page) + layout(page) + small_targets(page) == []


def test_case_59_nothing_is_kept_unless_it_was_chosen(page: Page, server: Server) -> None:
    page.goto("/indstillinger")
    expect(page.get_by_label(NEXT)).not_to_be_checked()
    expect(page.get_by_label(ALL)).to_have_count(0)
    expect(page.get_by_text("Lav først en adgangsnøgle.")).to_be_visible()
    looks_well(page)
    lose_the_line(page, server)
    expect(page.get_by_role("heading", name="Dine møder")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(minutes=20), "Sidst hentet i dag kl. 10.00."),
        (timedelta(hours=18), "Sidst hentet i går kl. 10.00."),
        (timedelta(days=2), "Sidst hentet mandag den 2. marts kl. 10.00."),
    ],
    ids=["today", "yesterday", "before"],
)
def test_case_59_the_next_meetings_day_and_time_and_when_that_was_fetched(
    page: Page, server: Server, later: timedelta, said: str
) -> None:
    choose(page, NEXT, "Dag og tid er gemt på telefonen.")
    assert [word for word in PRIVATE if word in kept(page)] == []
    assert page.evaluate("localStorage.length") == 1
    lose_the_line(page, server, NOW + later)
    expect(page.get_by_text(said)).to_be_visible()
    is_to_come = later < timedelta(hours=1)
    expect(page.get_by_text("Næste møde: mandag den 2. marts kl. 10.30–11.00")).to_be_visible(
        visible=is_to_come
    )
    expect(page.get_by_role("button", name="Vis alle mine møder")).to_be_hidden()
    looks_well(page)


def test_case_59_after_fourteen_days_it_is_neither_shown_nor_there(page: Page, server: Server) -> None:
    choose(page, NEXT, "Dag og tid er gemt på telefonen.")
    lose_the_line(page, server, NOW + timedelta(days=14))
    expect(page.get_by_text("Sidst hentet")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_case_59_it_is_taken_back_and_fetched_anew_and_another_never_sees_it(
    page: Page, server: Server
) -> None:
    choose(page, NEXT, "Dag og tid er gemt på telefonen.")
    with server.app.extensions["db"].writing() as session:
        next_meeting(session).starts_at += timedelta(minutes=5)
    page.goto("/plan")
    until(page, "Object.values(localStorage)[0].includes('10.35')")
    page.goto("/indstillinger")
    page.get_by_label(NEXT).uncheck()
    keep_choice(page, NEXT)
    expect(page.get_by_text("Dag og tid er slettet fra telefonen.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    choose(page, NEXT, "Dag og tid er gemt på telefonen.")
    page = enter(page.context, "bent")
    until(page, "localStorage.length === 0")


def test_case_59_the_site_can_take_it_from_every_phone(page: Page, server: Server) -> None:
    choose(page, NEXT, "Dag og tid er gemt på telefonen.")
    server.stop()
    server.start(worker_off=True)
    page.goto("/plan")
    until(page, "localStorage.length === 0")


def make_passkey(page: Page, *, locks: bool) -> None:
    """Give the phone a keeper of passkeys, and make one."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable", {"enableUI": False})
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": KEEPER | {"hasPrf": locks}})
    page.goto("/indstillinger")
    page.get_by_role("button", name="Lav adgangsnøgle").click()
    expect(page.get_by_text("Den nye adgangsnøgle er klar.")).to_be_visible()


def test_case_59_the_whole_list_is_behind_the_passkey_and_nothing_of_it_can_be_read(
    page: Page, server: Server
) -> None:
    make_passkey(page, locks=True)
    choose(page, ALL, "Dine møder er gemt på telefonen og låst.")
    assert [word for word in [*PRIVATE, "mandag den 9.", "10.30", "Rådhus"] if word in kept(page)] == []
    page.goto("/plan")
    lose_the_line(page, server, NOW + timedelta(hours=18))
    expect(page.get_by_text("Sidst hentet i går kl. 10.00.")).to_be_visible()
    show = page.get_by_role("button", name="Vis alle mine møder")
    show.click()
    items = page.locator("[data-meetings] ol li")
    expect(items.first).to_contain_text("kl. 13.00–14.00 · Hjemme hos dig")
    assert items.count() > 2
    assert [word for word in PRIVATE[:-1] if word in page.locator("[data-meetings]").inner_text()] == []
    expect(page.get_by_role("heading", name="Dine møder")).to_be_focused()
    looks_well(page)
    server.start()
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("button", name="Log af").click()
    page.wait_for_url("**/log-af")
    assert page.evaluate("localStorage.length") == 0


def test_case_59_a_phone_that_cannot_lock_keeps_no_list(page: Page) -> None:
    make_passkey(page, locks=False)
    page.get_by_label(ALL).check()
    keep_choice(page, ALL)
    expect(page.get_by_text("Telefonen kan ikke låse møderne.")).to_be_visible()
    expect(page.get_by_label(ALL)).not_to_be_checked()
    assert page.evaluate("localStorage.length") == 0


def next_meeting(session: Session) -> Meeting:
    wanted = select(Meeting).where(Meeting.citizen_id == ANNA, Meeting.state == MeetingState.AGREED)
    found = session.exec(wanted.where(Meeting.ends_at > NOW).order_by(col(Meeting.starts_at))).first()
    assert found is not None
    return found


def reply_to(server: Server, meeting: Meeting) -> Any:
    with server.app.extensions["db"].reading() as session:
        return session.get_one(Participant, (meeting.id, ANNA)).reply


def answer_without_a_line(page: Page, server: Server) -> Meeting:
    """Tap yes to the next meeting when the line is gone, and close the tab."""
    with server.app.extensions["db"].reading() as session:
        meeting = next_meeting(session)
    page.goto(f"/kalender/{meeting.id}")
    server.stop()
    page.get_by_role("button", name="Ja, ring til mig").click()
    expect(page.get_by_role("status").get_by_text(WAITS)).to_be_visible()
    expect(page.get_by_role("heading", name=NOT_SENT)).to_be_visible()
    assert [word for word in PRIVATE if word in kept(page)] == []
    page.goto("/kalender")
    expect(page.get_by_text(f"Dit svar på mødet {WHEN} ligger på telefonen.")).to_be_visible()
    server.start()
    return meeting


def is_asked_and_says(page: Page, answer: str) -> None:
    """Another sign-in than the one the answer was given in: the page asks, and a key answers."""
    asked = page.get_by_role("dialog", name="Vil du sende det nu?")
    expect(asked.get_by_text(f"Dit svar på mødet {WHEN} ligger på telefonen.")).to_be_visible()
    expect(asked.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    if answer.startswith("Nej"):
        page.keyboard.press("Tab")
    expect(asked.get_by_role("button", name=answer)).to_be_focused()
    page.keyboard.press("Enter")


def test_case_59_an_answer_waits_and_is_sent_when_there_is_a_line(page: Page, server: Server) -> None:
    meeting = answer_without_a_line(page, server)
    assert reply_to(server, meeting) is None
    page.goto("/")
    expect(page.get_by_role("status").get_by_text("Tak. Mødet i dag kl. 10.30 er aftalt.")).to_be_visible()
    expect(page.get_by_role("heading", name="Du har sagt ja")).to_be_visible()
    assert reply_to(server, meeting) is Reply.COMING
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert page.get_by_role("button", name="Ja, ring til mig").is_hidden()


def test_case_59_an_answer_to_what_has_changed_is_not_taken_and_asked_again(
    page: Page, server: Server
) -> None:
    meeting = answer_without_a_line(page, server)
    Desk(server.app.extensions["db"]).change(meeting, channel=Channel.VIDEO, place="Vi sender et link")
    page.goto("/")
    expect(page.get_by_role("status").get_by_text("Mødet er ændret imens.")).to_be_visible()
    expect(page.get_by_role("button", name="Ja, jeg er med")).to_be_visible()
    assert reply_to(server, meeting) is None
    assert page.evaluate("localStorage.length") == 0


def test_case_59_the_next_one_on_the_phone_sends_nothing_of_hers(page: Page, server: Server) -> None:
    meeting = answer_without_a_line(page, server)
    page.context.clear_cookies(name="s")
    page = enter(page.context, "bent")
    page.goto("/kalender")
    assert reply_to(server, meeting) is None
    assert page.evaluate("localStorage.length") == 1
    page = enter(page.context, "anna")
    is_asked_and_says(page, "Ja, send det")
    expect(page.get_by_role("status").get_by_text("Tak. Mødet i dag kl. 10.30 er aftalt.")).to_be_visible()
    assert reply_to(server, meeting) is Reply.COMING


def test_case_59_log_off_warns_of_an_answer_that_waits(page: Page, server: Server) -> None:
    answer_without_a_line(page, server)
    page.route("**/svar", lambda route: route.abort())
    page.goto("/plan")
    leave = page.get_by_role("contentinfo").get_by_role("button", name="Log af")
    leave.click()
    expect(page.get_by_text("Du har skrevet noget, der ikke er sendt.")).to_be_visible()
    leave.click()
    page.wait_for_url("**/log-af")
    assert page.evaluate("localStorage.length") == 0


def test_case_59_an_answer_that_finds_the_reader_signed_off_waits_on(page: Page, server: Server) -> None:
    meeting = answer_without_a_line(page, server)
    page.context.clear_cookies(name="s")
    page.goto("/kalender")
    assert urlsplit(page.url).path != "/uden-forbindelse"
    assert page.evaluate("localStorage.length") == 1
    page = enter(page.context, "anna")
    is_asked_and_says(page, "Ja, send det")
    expect(page.get_by_role("status").get_by_text("Tak. Mødet i dag kl. 10.30 er aftalt.")).to_be_visible()
    assert reply_to(server, meeting) is Reply.COMING


def test_an_answer_that_is_sent_names_its_meeting_and_the_page_shows_what_came_of_it(
    page: Page, server: Server
) -> None:
    page.goto("/kalender")
    page.get_by_role("link", name="I morgen kl. 13.00").click()
    page.get_by_text("Ændr dit svar").click()
    server.stop()
    page.get_by_role("button", name="Jeg kan ikke").click()
    expect(
        page.get_by_role("heading", name="Dit svar: Jeg kan ikke. Det er ikke sendt endnu.")
    ).to_be_visible()
    server.start()
    page.goto("/kalender")
    told = page.get_by_role("status").get_by_text(
        "Mødet i morgen kl. 13.00 er aflyst. Du kan fortryde til kl. "
    )
    expect(told).to_be_visible()
    off = page.get_by_role("region", name="Aflyst").get_by_role("link", name="I morgen kl. 13.00")
    expect(off).to_be_visible()
    expect(page.get_by_role("link", name="I morgen kl. 13.00")).to_have_count(1)
    page.get_by_role("region", name="Dit næste møde").get_by_role("button", name="Ja, ring til mig").click()
    expect(
        page.get_by_role("heading", name="Vi ringer til dig i dag kl. 10.30. Du har sagt ja")
    ).to_be_focused()
    assert page.url.endswith("/kalender")  # what came is as alive as what it took the place of
