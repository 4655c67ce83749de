"""Nothing lost, nothing sent twice and nothing untrue said: in Firefox and in WebKitGTK as in Chromium.

Each engine is one phone with one site, since starting them costs more than all that is claimed. Whether there
are Web Locks, or one is held, makes no difference: no script asks for one (tests/house/test_scripts.py).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from time import monotonic

import pytest
from sqlmodel import col, select

from app.booking.models import MeetingTask
from app.config import DEMO_SITE, Settings, read_site
from app.entries.service.authoring import revise_entry
from app.identity.models import LoginSession
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Reply
from e2e.conftest import PATIENCE, seed_demo_day
from e2e.offline.engines import Driven, EnginePhone, page_of
from e2e.offline.line import LossyLine
from e2e.offline.test_meetings_kept import WAITS, reply_to
from e2e.offline.test_words_kept import FORM, GATEWAY, KEPT, NO_LINE, entries_of
from e2e.serving import Server, serving
from e2e.webkit import MISSING, driving_webkit, lacks_webkit
from tests.cast import NOW, People
from tests.databases import Templates
from tests.writing import wrote

pytestmark = pytest.mark.slow

NewBrowser = Callable[[], AbstractContextManager[Driven]]
ANNA = People().anna
PLAN = "a[href='/plan']"
AT_PLAN = "location.pathname === '/plan' && document.readyState === 'complete'"
BACK = "async () => { window.left = true; setTimeout(() => history.back()); }"
SHOWN = """!window.left && document.readyState === "complete" &&
  getComputedStyle(document.documentElement).visibility === "visible" """
ESCAPE_TWICE = """async () => setTimeout(() => {
  for (let i = 0; i < 2; i++) dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
})"""
SAVE_DRAFT = "button[value=kladde]"
NEWER = "Skrevet på en anden"


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def new_browser(request: pytest.FixtureRequest) -> Iterator[NewBrowser]:
    """Return how to open a browser of this engine that has seen nothing yet."""
    if request.param == "firefox":
        firefox = request.getfixturevalue("firefox")
        yield lambda: page_of(firefox)
    elif lacks_webkit():
        pytest.skip(MISSING)
    else:
        with driving_webkit() as webkit:
            yield webkit.session


@pytest.fixture(scope="module")
def server(templates: Templates, new_browser: NewBrowser) -> Iterator[Server]:
    """A site for each engine, which is why this asks for one: what is answered there is not asked again."""
    municipality = read_site(DEMO_SITE)
    with templates.copy("sqlite", seed_demo_day) as url:
        settings = Settings(url, "only for tests, 32 bytes and more", "", demo=True, site=municipality)
        with serving(settings) as server:
            yield server


@pytest.fixture(scope="module")
def line(server: Server) -> Iterator[LossyLine]:
    line = LossyLine(server.port)
    yield line
    line.close()


@pytest.fixture(scope="module")
def annas(new_browser: NewBrowser, line: LossyLine) -> Iterator[EnginePhone]:
    with new_browser() as driven:
        phone = EnginePhone(driven, line)
        phone.enter("anna")
        yield phone


@pytest.fixture
def anna(annas: EnginePhone, line: LossyLine) -> EnginePhone:
    """Anna's phone, on which she is signed in and nothing lies, on a line without trouble."""
    line.at, line.gateway, line.lost, line.cuts, line.loses = "", "", 0, False, False
    annas.goto("/plan")
    annas.forget()
    return annas


@pytest.fixture
def words(request: pytest.FixtureRequest) -> str:
    """Words that no other test has."""
    return f"Jeg vil lære at svømme: {request.node.name}"


def open_form(phone: EnginePhone, address: str = FORM) -> None:
    """Go to a form that keeps its words, and return when its script is at work."""
    phone.goto(address)
    phone.paste("x")
    phone.until(f"(document.querySelector('textarea').dispatchEvent(new Event('input')), {KEPT})")


def save_once(phone: EnginePhone, server: Server, words: str) -> None:
    """Send the words that stand in the form; the site has them once, and the phone no longer."""
    phone.tap(SAVE_DRAFT)
    phone.says("Din kladde er gemt.")
    phone.keeps(0)
    assert entries_of(server, words) == 1


def test_a_link_that_is_tapped_50_ms_after_a_paste_takes_no_words(
    anna: EnginePhone, server: Server, words: str
) -> None:
    open_form(anna)
    anna.paste(words, PLAN)
    anna.until(AT_PLAN)
    anna.goto(FORM)
    anna.has(words)
    save_once(anna, server, words)


@pytest.mark.parametrize("trouble", ["cuts", "loses"])
def test_a_line_that_is_cut_before_or_after_the_site_has_the_words(
    anna: EnginePhone, line: LossyLine, server: Server, words: str, trouble: str
) -> None:
    """What is said is that they stand here, and they do: in the form, and when it is opened anew."""
    open_form(anna)
    setattr(line, trouble, True)
    anna.paste(words, SAVE_DRAFT)
    anna.says(NO_LINE)
    anna.has(words)
    assert (line.lost >= 1, entries_of(server, words)) == (True, trouble == "loses")
    setattr(line, trouble, False)
    anna.goto(FORM)
    anna.has(words)
    save_once(anna, server, words)


def test_a_gateways_page_is_no_receipt_for_words(
    anna: EnginePhone, line: LossyLine, server: Server, words: str
) -> None:
    open_form(anna)
    line.gateway = GATEWAY
    anna.paste(words, SAVE_DRAFT)
    anna.says(NO_LINE)
    anna.has(words)
    anna.keeps(1)
    line.gateway = ""
    save_once(anna, server, words)


def test_an_older_copy_on_the_phone_stands_beside_what_is_newer(
    anna: EnginePhone, server: Server, words: str
) -> None:
    database = server.app.extensions["db"]
    entry = wrote(database, ANNA, words="Før")
    open_form(anna, f"/skriv/{entry.id}/ret")
    anna.paste(words, PLAN)
    anna.until(AT_PLAN)
    with database.writing() as session:
        revise_entry(session, ANNA.id, entry.id, NEWER, by=ANNA.id, now=NOW)
    anna.goto(f"/skriv/{entry.id}/ret")
    anna.has(words)
    anna.until(f"document.querySelector('[data-newer]').innerText.includes('{NEWER}')")
    save_once(anna, server, words)


def ask_for_another_time(phone: EnginePhone, server: Server) -> Meeting:
    """Answer a meeting that has no such answer yet, on a line that does not carry it."""
    with server.app.extensions["db"].reading() as session:
        mine = select(Meeting).join(Participant).where(Participant.subject_id == ANNA.id)
        agreed = mine.where(Meeting.state == MeetingState.AGREED, Meeting.ends_at > NOW)
        unanswered = agreed.where(col(Participant.reply).is_(None))
        meeting: Meeting | None = session.exec(unanswered.order_by(col(Meeting.starts_at))).first()
    assert meeting is not None
    phone.goto(f"/kalender/{meeting.id}")
    phone.loads(server.app.extensions["assets"].url("js/enhance/outbox.js"))
    phone.tap("button[value=other_time]")
    phone.says(WAITS)
    phone.keeps(1)
    assert reply_to(server, meeting) is None
    return meeting


def is_delivered(phone: EnginePhone, server: Server, meeting: Meeting) -> None:
    """The site has the answer, and whoever must do something about it is asked once."""
    phone.keeps(0)
    assert reply_to(server, meeting) is Reply.OTHER_TIME
    with server.app.extensions["db"].reading() as session:
        assert len(session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting.id)).all()) == 1


def test_a_gateways_page_is_no_receipt_for_an_answer(
    anna: EnginePhone, line: LossyLine, server: Server
) -> None:
    line.at, line.gateway = "/svar", GATEWAY
    meeting = ask_for_another_time(anna, server)
    line.gateway = ""
    anna.goto("/")
    is_delivered(anna, server, meeting)


def test_an_answer_of_an_earlier_sign_in_is_asked_about(
    anna: EnginePhone, line: LossyLine, server: Server
) -> None:
    line.at, line.cuts = "/svar", True
    meeting = ask_for_another_time(anna, server)
    anna.enter("anna")
    line.cuts = False
    anna.goto("/plan")
    anna.until("document.querySelector('dialog')?.open")
    anna.keeps(1)
    assert reply_to(server, meeting) is None
    anna.tap("dialog button[value=send]")
    is_delivered(anna, server, meeting)


@pytest.fixture
def leaving(anna: EnginePhone) -> Iterator[EnginePhone]:
    """Anna's phone, on which she is signed in again afterwards."""
    yield anna
    anna.enter("anna")


def goes_back_to_the_door(phone: EnginePhone) -> None:
    """What "back" shows is no page from before, wherever the engine has it from."""
    phone.run(BACK)
    phone.until(SHOWN)
    assert phone.run("async () => [location.pathname, document.cookie]") == ["/log-ind", ""]


def test_after_log_off_no_page_from_memory_is_shown(leaving: EnginePhone) -> None:
    leaving.tap("[action='/log-af'] button")
    leaving.until("location.pathname === '/log-af' && document.readyState === 'complete'")
    goes_back_to_the_door(leaving)


@pytest.mark.parametrize("cuts", [False, True], ids=["line", "no line"])
def test_the_quick_way_off_leaves_no_page_and_no_sign_in(
    leaving: EnginePhone, line: LossyLine, server: Server, monkeypatch: pytest.MonkeyPatch, cuts: bool
) -> None:
    """The other site is here a page of our own, so that the engine keeps what was left if it can."""
    monkeypatch.setattr("app.web.page.QUICK_LEAVE", "/tilgaengelighed")
    line.at, line.cuts = "/hurtig-vaek", cuts
    leaving.goto(FORM)
    leaving.until("document.querySelector('[data-leave]').isConnected")
    if cuts:
        leaving.run(ESCAPE_TWICE)
    else:
        leaving.tap("[data-leave] button")
    leaving.until("location.pathname === '/tilgaengelighed' && document.readyState === 'complete'")
    if not cuts:
        until_all_are_signed_off(server)
    goes_back_to_the_door(leaving)
    until_all_are_signed_off(server)


def until_all_are_signed_off(server: Server) -> None:
    open_ones = select(LoginSession).where(col(LoginSession.revoked_at).is_(None))
    end = monotonic() + PATIENCE / 1000
    while monotonic() < end:
        with server.app.extensions["db"].reading() as session:
            if session.exec(open_ones).first() is None:
                return
    raise AssertionError("somebody is still signed in")
