"""The quick way off, with JavaScript and without; and from the home screen, where other sites open beside."""

from playwright.sync_api import BrowserContext, Page, expect

from app.web.page import QUICK_LEAVE
from e2e.conftest import SignIn

ELSEWHERE = f"{QUICK_LEAVE}**"
AS_A_FILE = {"Content-Disposition": "attachment"}
WEATHER = "<title>Vejret</title>"
TAP = "document.querySelector('[data-leave] button').click()"
HOME_SCREEN = "window.matchMedia = (asked) => ({ matches: asked === '(display-mode: standalone)' })"


def is_at_the_door(page: Page) -> None:
    expect(page).to_have_title("Log ind – Én plan")
    assert {one["name"] for one in page.context.cookies()} <= {"sprog", "til"}


def test_off_at_once_and_no_way_back(context: BrowserContext, sign_in: SignIn, javascript: bool) -> None:
    context.route(ELSEWHERE, lambda route: route.fulfill(body=WEATHER, content_type="text/html"))
    anna = sign_in("anna")
    anna.goto("/plan")
    anna.goto("/kalender")
    anna.get_by_role("banner").get_by_role("button", name="Hurtig væk").click()
    anna.wait_for_url(ELSEWHERE)
    anna.go_back()
    is_at_the_door(anna)
    if javascript:  # a form is sent and led on, from wherever it is
        leave_from_the_home_screen(sign_in("anna"))


def leave_from_the_home_screen(page: Page) -> None:
    """There the other site opens beside the app, whose own page stays as it is: here as a file comes."""
    page.context.route(ELSEWHERE, lambda route: route.fulfill(headers=AS_A_FILE, body=WEATHER))
    page.evaluate(HOME_SCREEN)
    page.clock.install()
    page.evaluate(TAP)
    expect(page.locator(":root > *")).to_have_count(0)
    page.clock.run_for(2000)
    is_at_the_door(page)
