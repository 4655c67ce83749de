"""Two taps from Min dag to an answer, one more takes it back; at a desk the plan stands beside it."""

from playwright.sync_api import Page, ViewportSize, expect

from e2e.conftest import SMALL, SignIn
from e2e.page_checks import layout

DESK = ViewportSize(width=1280, height=1024)


def tap(page: Page, role: str, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def test_line_approves_from_her_day_and_takes_it_back(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto("/dag")
    tap(line, "link", "Anna har delt")
    words = line.locator(".entry .words").first.inner_text()
    beside = line.get_by_role("heading", name="Drømme", exact=True)
    expect(beside).to_be_hidden()
    assert layout(line) == []
    line.set_viewport_size(DESK)
    expect(beside).to_be_visible()
    line.get_by_role("heading", name="Arbejde 20 timer").click()  # a row of the plan opens beside the card
    expect(line.get_by_role("link", name="Se alle svar").first).to_be_visible()
    assert layout(line) == []
    line.set_viewport_size(SMALL)

    tap(line, "button", "Godkend – tag med i planen")
    expect(line.get_by_role("status").first).to_contain_text("med i planen")
    expect(line.locator(".entry .person__name")).to_have_text("Anna Jensen")  # it stays with her
    assert layout(line) == []

    tap(line, "button", "Fortryd dit svar")
    expect(line.get_by_role("status").first).to_contain_text("Det er et forslag igen. Anna får det at vide.")
    expect(line.locator(".entry .words").first).to_have_text(words)

    anna = sign_in("anna")
    expect(anna.get_by_role("region", name="Nyt til dig")).to_contain_text(
        "Line har fortrudt sit svar på dit"
    )


def test_by_citizen_until_all_is_answered(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto("/godkend")
    tap(line, "link", "Til næste borger")
    first = line.locator(".entry .person__name").inner_text()
    answers = line.locator("form button[data-kind=main]")
    while answers.count():
        assert line.locator(".entry .person__name").inner_text() == first
        with line.expect_navigation():
            answers.first.click()
    expect(line.get_by_role("heading", name="Du har svaret på alt fra")).to_be_visible()
    tap(line, "link", "Gå videre i køen")
    expect(line.locator(".entry .person__name")).not_to_have_text(first)


def test_a_second_tap_does_not_answer_the_next_one(sign_in: SignIn) -> None:
    """What has just come takes no tap for a second; a keyboard is answered at once."""
    line = sign_in("line")
    devtools = line.context.new_cdp_session(line)
    devtools.send("Animation.enable")
    line.goto("/godkend")
    approve = line.locator(".entry form.reach button")
    sent: list[str] = []
    line.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    with line.expect_navigation():
        approve.click()
    devtools.send(
        "Animation.setPlaybackRate", {"playbackRate": 0}
    )  # the second lasts as long as the test does
    with line.expect_navigation():
        approve.press("Enter")
    count, words = len(sent), line.locator(".entry .words").first.inner_text()
    where = approve.bounding_box()
    assert where is not None
    line.mouse.dblclick(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    expect(line.locator(".entry .words").first).to_have_text(words)
    assert (count, len(sent)) == (2, 2)
    devtools.send("Animation.setPlaybackRate", {"playbackRate": 100})
    with line.expect_navigation():
        approve.click()
    assert len(sent) == 3
