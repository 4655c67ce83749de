"""WebKitGTK, the family of the iPhone's browser: Anna's and Karim's pages hold, and what Anna does arrives.

Its narrowest window has 447 px, so pages are laid within 320 and 375 px of it. That a script fails is seen by
what it leaves: an enhancement that is not at work, or the sentence about it.
"""

import json
from collections.abc import Iterator

import pytest

from app.config import DEMO_SITE, Settings, read_site
from e2e.conftest import seed_demo_day
from e2e.offline.engines import EnginePhone
from e2e.offline.line import LossyLine
from e2e.offline.test_other_engines import BACK, SHOWN
from e2e.page_checks import script
from e2e.serving import Server, serving
from e2e.webkit import (
    MISSING,
    OLD_MISSING,
    driving_old_webkit,
    driving_webkit,
    lacks_old_webkit,
    lacks_webkit,
)
from tests.databases import Templates

pytestmark = pytest.mark.slow

PLACES = ("/", "/plan", "/kalender", "/kontakt", "/beskeder", "/skriv?slags=droem", "/indstillinger")
COMPLETE = "document.readyState === 'complete'"
AT_WORK = f"{COMPLETE} && !document.querySelector('[data-enhance]:not([data-enhanced])')"
TOLD = "async () => document.getElementById('status').textContent.trim()"
WITHIN = """async () => [320, 375].flatMap((width) => {
  document.documentElement.style.width = `${width}px`;
  const out = [...document.querySelectorAll("main button > :not(.spoken)")] // as when a phone is turned
    .filter((one) => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right + 1);
  document.body.style.display = "none"; // then all is laid anew, as in a window of that width
  document.body.getBoundingClientRect();
  document.body.style.display = "";
  const fixed = (one) => one.closest(".tabs, .top, .outbox"); // as wide as the window
  const outside = [...document.querySelectorAll("main *, footer *")]
    .filter((one) => one.checkVisibility() && !fixed(one) && !one.closest(".spoken"))
    .filter((one) => { const at = one.getBoundingClientRect();
      const left = document.documentElement.getBoundingClientRect().left;
      return at.width && at.height && (at.right > left + width + 1 || at.left < left - 1); });
  return [...out, ...outside].map((one) => `${width}: ${one.tagName} ${one.textContent.trim().slice(0, 30)}`);
})"""
NUMBERS = """async () => [...document.querySelectorAll("a[href^='tel:']")].map((one) => {
  const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const digits = [];
  while (walk.nextNode()) for (const found of walk.currentNode.data.matchAll(/\\d/g)) {
    const range = document.createRange();
    range.setStart(walk.currentNode, found.index);
    range.setEnd(walk.currentNode, found.index + 1);
    digits.push([range.getBoundingClientRect().x, found[0]]);
  }
  const drawn = digits.sort(([a], [b]) => a - b).map(([, digit]) => digit).join("");
  return [drawn, one.href.replace(/\\D/g, "").slice(-drawn.length)];
})"""

LARGEST = """async () => {
  const largest = document.querySelector("[name=text_size][value=largest]");
  largest.click();
  largest.form.querySelector("button").click();
}"""


@pytest.fixture(scope="module")
def server(templates: Templates) -> Iterator[Server]:
    with templates.copy("sqlite", seed_demo_day) as url:
        settings = Settings(
            url, "only for tests, 32 bytes and more", "", demo=True, site=read_site(DEMO_SITE)
        )
        with serving(settings) as server:
            yield server


@pytest.fixture(scope="module")
def line(server: Server) -> Iterator[LossyLine]:
    line = LossyLine(server.port)
    yield line
    line.close()


@pytest.fixture(scope="module")
def phone(line: LossyLine) -> Iterator[EnginePhone]:
    if lacks_webkit():
        pytest.skip(MISSING)
    with driving_webkit() as webkit, webkit.session() as driven:
        driven.narrow()
        yield EnginePhone(driven, line)


def pages_hold(phone: EnginePhone, slug: str) -> None:
    phone.enter(slug)
    for address in PLACES:
        phone.goto(address)
        phone.until(AT_WORK)
        found = (phone.run(f"async () => ({script('outside')})()"), phone.run(WITHIN), phone.run(TOLD))
        assert (address, *found) == (address, [], [], "")


def test_annas_pages_hold_and_what_she_does_arrives(phone: EnginePhone) -> None:
    pages_hold(phone, "anna")
    phone.goto("/")
    phone.tap("main button.reply")  # the first: yes, ring me
    phone.until("document.querySelector('main').innerText.includes('Du har sagt ja')")
    phone.goto("/kalender")
    phone.until("document.querySelector('main').innerText.includes('Du har sagt ja')")
    phone.goto("/beskeder")
    phone.until(AT_WORK)
    phone.paste("Kan du ringe i morgen?", "textarea ~ .buttons button, form:has(textarea) .buttons button")
    phone.until("document.querySelector('main').textContent.includes('Kan du ringe i morgen?')")


def reads(phone: EnginePhone, *words: str) -> None:
    """Wait until all these words stand in the page, whatever kind of space is between them."""
    plain = r"document.querySelector('main').innerText.replace(/\s+/g, ' ')"
    phone.until(f"{AT_WORK} && {json.dumps(words)}.every((one) => {plain}.includes(one))")


def follow(phone: EnginePhone, words: str) -> None:
    """Tap the page's first link, or closed part, with these words."""
    phone.run(f"""async () => [...document.querySelectorAll("main a, main summary")]
        .find((one) => one.innerText.replace(/\\s+/g, " ").includes({json.dumps(words)})).click()""")


@pytest.mark.parametrize(
    ("link", "reply", "effect", "after"),
    [
        (
            "Kommer du mandag den 9. marts",
            "coming",
            "Så ved vi, at du kommer",
            "Du kommer mandag den 9. marts",
        ),
        ("Passer det", "other_time", "Vi holder tiden til og med", "Du har bedt om en anden tid"),
        ("I morgen kl.", "cannot", "Mødet bliver aflyst", "Mødet er aflyst"),
    ],
    ids=["duty", "proposal", "tomorrow"],
)
def test_anna_reads_what_an_answer_does_before_and_after(
    phone: EnginePhone, link: str, reply: str, effect: str, after: str
) -> None:
    phone.enter("anna")
    follow(phone, link)
    if link.startswith("I morgen"):  # is answered already
        phone.until("location.pathname.startsWith('/kalender/')")
        reads(phone, "Ændr dit svar")
        follow(phone, "Ændr dit svar")
    reads(phone, effect)
    phone.tap(f"main button[name=reply][value={reply}]")
    reads(phone, after)


def test_anna_finds_what_is_new_and_the_answer_to_her_dream(phone: EnginePhone) -> None:
    phone.enter("anna")
    follow(phone, "Line tog 2 af dine forslag med i planen.")
    phone.until("location.pathname.startsWith('/plan')")
    phone.goto("/")
    reads(phone, "Nyt til dig")
    follow(phone, "Læs svaret på det, du skrev")
    reads(phone, "Din drøm", "Line skrev til dig", "Det lyder dejligt.")


def test_bent_answers_with_the_largest_text(phone: EnginePhone) -> None:
    phone.enter("bent")
    phone.goto("/indstillinger")
    phone.until(AT_WORK)
    phone.run(LARGEST)
    phone.until("document.documentElement.dataset.text === 'largest'")
    pages_hold(phone, "bent")
    phone.goto("/")
    reads(phone, "En anden tid")
    phone.tap("main button[name=reply][value=other_time]")
    reads(phone, "Vælg en tid")


def test_karims_pages_hold_and_numbers_run_the_way_they_are_dialled(phone: EnginePhone) -> None:
    pages_hold(phone, "karim")
    phone.goto("/kontakt")
    phone.until(COMPLETE)
    numbers = phone.run(NUMBERS)
    assert any(drawn for drawn, _dialled in numbers)
    assert [(drawn, dialled) for drawn, dialled in numbers if drawn and drawn != dialled] == []


def test_an_old_one_starts_reads_writes_and_leaves(line: LossyLine) -> None:
    """Safari 16.0. Its window has 800 px; what is asked is that all works there."""
    if lacks_old_webkit():
        pytest.skip(OLD_MISSING)
    with driving_old_webkit() as webkit, webkit.session() as driven:
        old = EnginePhone(driven, line)
        old.enter("anna")
        for address in PLACES:
            old.goto(address)
            old.until(AT_WORK)
            assert (address, old.run(TOLD)) == (address, "")
        old.goto("/skriv?slags=droem")
        old.until(AT_WORK)
        old.paste("Jeg vil lære at svømme.", "button[value=kladde]")
        old.says("Din kladde er gemt.")
        old.tap("[action='/log-af'] button")
        old.until(f"location.pathname === '/log-af' && {COMPLETE}")
        old.run(BACK)
        old.until(SHOWN)
        assert old.run("async () => [location.pathname, document.cookie]") == ["/log-ind", ""]
