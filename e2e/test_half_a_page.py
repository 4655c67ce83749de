"""On a slow line a page comes in pieces; what stands already doesn't move when the rest comes."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser

from app.identity.login import DEMO_COOKIE
from e2e.conftest import SMALL, Site
from e2e.page_checks import until
from e2e.serving import HOST
from e2e.test_first_visit import WATCH_SHIFTS
from tests.conftest import enter

PATIENCE = 30  # seconds


@pytest.fixture
def plan(site: Site) -> bytes:
    client = site.app.test_client()
    client.set_cookie(DEMO_COOKIE, enter(site.app, "anna"))
    page: bytes = client.get("/plan").data
    return page


@contextmanager
def in_two_pieces(page: bytes, cut: int, go_on: Event) -> Iterator[str]:
    """Serve `page` up to the byte `cut`, and the rest when somebody says so."""

    class Halves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(page[:cut])
                go_on.wait(PATIENCE)
                self.wfile.write(page[cut:])

        def log_message(self, *_said: object) -> None:
            """Keep the test's own output clean."""

    with ThreadingHTTPServer((HOST, 0), Halves) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HOST}:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("amid", ["top__leave", "tabs"])
def test_bars_stand_still_while_the_page_comes(chromium: Browser, plan: bytes, amid: str) -> None:
    go_on = Event()
    after = b"</li>" if amid == "tabs" else b">"
    within = plan.index(after, plan.index(f'class="{amid}"'.encode())) + len(after)
    with in_two_pieces(plan, within, go_on) as address:
        page = chromium.new_page(viewport=SMALL)
        page.add_init_script(WATCH_SHIFTS)
        page.goto(address, wait_until="commit")
        until(page, f"document.querySelector('.{amid}')")
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        go_on.set()
        page.get_by_role("link", name="Kontakt", exact=True).wait_for()
        shifts = page.evaluate("window.shifts")
        page.close()
    assert shifts == 0
