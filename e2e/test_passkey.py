"""Real ceremonies in Chromium, with an authenticator that Chromium itself plays: what a phone really does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, expect
from sqlmodel import col, select

from app.account.qr import qr_path
from app.identity.credentials import Passkey
from app.identity.invitation_codes import format_code
from app.identity.invitations import NewInvitation, make_invitation
from app.identity.models import LoginSession
from e2e.conftest import PATIENCE, SMALL, Site
from e2e.page_checks import script, until
from e2e.test_the_words_reach_the_plan import DREAM, find_in_queue, write
from tests.cast import NOW, People

pytestmark = pytest.mark.slow
# What a browser's own ceremony ends in is tried on both databases, row by row, in tests/account: here the
# whole way in and the whole way round walk both, and the rest one.
on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

PEOPLE = People()
IN_FACEBOOK = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 [FBAN/FBIOS;FBAV/465.0]"
)
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Phone:
    """A phone with a screen lock: its browser, and the part of it that keeps passkeys."""

    page: Page
    wire: CDPSession
    keeper: str  # the authenticator's id

    def passkeys(self) -> list[dict[str, Any]]:
        kept = self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.keeper})
        return list(kept["credentials"])

    def put(self, passkey: dict[str, Any]) -> None:
        self.wire.send("WebAuthn.addCredential", {"authenticatorId": self.keeper, "credential": passkey})

    def refuse(self) -> None:
        """From now on the person behind the phone doesn't say yes."""
        said = {"authenticatorId": self.keeper, "isUserVerified": False}
        self.wire.send("WebAuthn.setUserVerified", said)

    def sign_in(self) -> None:
        self.page.goto("/log-ind")
        self.page.get_by_role("button", name="Log ind med adgangsnøgle").click()

    @property
    def told(self) -> Locator:
        return self.page.locator("form [role=status]")


@pytest.fixture
def phones(chromium: Browser, site: Site) -> Iterator["Shop"]:
    shop = Shop(chromium, site, [])
    yield shop
    for context in shop.sold:
        context.close()


@dataclass
class Shop:
    """Where a test gets a new phone."""

    chromium: Browser
    site: Site
    sold: list[BrowserContext]

    def phone(self, **options: Any) -> Phone:
        context = self.chromium.new_context(base_url=self.site.url, viewport=SMALL, locale="da-DK")
        context.set_default_timeout(PATIENCE)
        self.sold.append(context)
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("WebAuthn.enable", {"enableUI": False})
        keeper = wire.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS | options})
        return Phone(page, wire, str(keeper["authenticatorId"]))


def invite(site: Site, slug: str = "anna") -> NewInvitation:
    settings = site.app.extensions["settings"]
    with site.app.extensions["db"].writing() as session:
        return make_invitation(session, settings.secret_key, getattr(PEOPLE, slug).id, by=None, now=NOW)


def accept(phone: Phone, site: Site, slug: str = "anna") -> None:
    """Take somebody in by a link, and leave them signed in."""
    phone.page.goto(f"/invitation#{invite(site, slug).link_secret}")
    phone.page.get_by_role("button", name="Fortsæt").click()
    phone.page.get_by_role("button", name="Lav adgangsnøgle").click()
    expect(phone.page.get_by_role("contentinfo").get_by_role("button", name="Log af")).to_be_visible()


def sign_off(phone: Phone) -> None:
    phone.page.get_by_role("contentinfo").get_by_role("button", name="Log af").click()
    expect(phone.page.get_by_role("heading", name="Du er logget af", exact=True)).to_be_visible()
    phone.page.get_by_role("main").get_by_role("link", name="Log ind").click()
    expect(phone.page.get_by_role("heading", name="Log ind", exact=True)).to_be_visible()


def sign_ins(site: Site) -> int:
    """Return how many sign-ins hold."""
    with site.app.extensions["db"].reading() as session:
        live = select(LoginSession.id).where(col(LoginSession.revoked_at).is_(None))
        return len(session.exec(live).all())


def test_a_code_a_passkey_and_in_again(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    phone.page.goto("/log-ind")
    phone.page.get_by_role("link", name="Jeg har en invitation").click()
    phone.page.get_by_label("Din kode").fill(format_code(invite(site).code).lower())
    phone.page.get_by_role("button", name="Fortsæt").click()
    phone.page.get_by_role("button", name="Lav adgangsnøgle").click()
    phone.page.wait_for_url("/")
    (kept,) = phone.passkeys()
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", True)
    sign_off(phone)
    assert sign_ins(site) == 0
    phone.page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    phone.page.wait_for_url("/")
    assert sign_ins(site) == 1


@on_one_database
def test_the_secret_of_a_link_is_sent_in_no_address(phones: Shop, site: Site) -> None:
    phone, made = phones.phone(), invite(site)
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.goto(f"/invitation#{made.link_secret}")
    expect(phone.page.get_by_text("Vi har fundet din invitation.")).to_be_visible()
    assert made.link_secret not in phone.page.url
    phone.page.get_by_role("button", name="Fortsæt").click()
    expect(phone.page.get_by_role("button", name="Lav adgangsnøgle")).to_be_visible()
    assert not [one for one in asked if made.link_secret in one.partition("#")[0]]


@on_one_database
def test_one_who_does_not_say_yes_is_not_let_in(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    accept(phone, site)
    sign_off(phone)
    phone.refuse()
    phone.page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(phone.told).to_contain_text("Du blev ikke logget ind. Prøv igen.")
    assert sign_ins(site) == 0


@on_one_database
def test_one_who_does_not_say_yes_makes_no_passkey(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    phone.refuse()
    phone.page.goto(f"/invitation#{invite(site).link_secret}")
    phone.page.get_by_role("button", name="Fortsæt").click()
    phone.page.get_by_role("button", name="Lav adgangsnøgle").click()
    expect(phone.told).to_contain_text("Adgangsnøglen blev ikke lavet.")
    assert (phone.passkeys(), sign_ins(site)) == ([], 0)


@on_one_database
def test_a_phone_without_a_passkey_is_told_kindly(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    phone.sign_in()
    expect(phone.told).to_contain_text("Måske ligger din adgangsnøgle på en anden telefon.")
    assert sign_ins(site) == 0


@on_one_database
def test_a_copy_that_counts_from_before_is_not_let_in(phones: Shop, site: Site) -> None:
    first, thief = phones.phone(), phones.phone()
    accept(first, site)
    (copy,) = first.passkeys()
    sign_off(first)
    first.sign_in()
    first.page.wait_for_url("/")
    sign_off(first)
    thief.put(copy | {"signCount": 0})
    thief.sign_in()
    expect(thief.page.get_by_text("Du blev ikke logget ind. Prøv igen, eller ring til os.")).to_be_visible()
    assert sign_ins(site) == 0


@on_one_database
def test_a_passkey_of_another_owner_is_not_let_in(phones: Shop, site: Site) -> None:
    anna, bent = phones.phone(), phones.phone()
    accept(anna, site)
    sign_off(anna)
    accept(bent, site, "bent")
    sign_off(bent)
    (annas,), (bents,) = anna.passkeys(), bent.passkeys()
    thief = phones.phone()
    thief.put(annas | {"userHandle": bents["userHandle"]})
    thief.sign_in()
    expect(thief.page.get_by_text("Du blev ikke logget ind. Prøv igen, eller ring til os.")).to_be_visible()
    assert sign_ins(site) == 0


@on_one_database
def test_a_synced_passkey_is_welcome_and_known_as_one(phones: Shop, site: Site) -> None:
    phone = phones.phone(defaultBackupEligibility=True, defaultBackupState=True)
    accept(phone, site)
    with site.app.extensions["db"].reading() as session:
        assert session.exec(select(Passkey.backed_up)).one() is True


@on_one_database
def test_a_removed_passkey_is_not_let_in(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    accept(phone, site)
    phone.page.goto("/indstillinger")
    phone.page.get_by_text("Fjern Linux-computer").click()
    phone.page.get_by_role("button", name="Fjern den").click()
    expect(phone.page.get_by_text("Adgangsnøglen virker ikke mere.")).to_be_visible()
    sign_off(phone)
    phone.page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(phone.page.get_by_text("Du blev ikke logget ind. Prøv igen, eller ring til os.")).to_be_visible()
    assert sign_ins(site) == 0


@on_one_database
def test_a_lost_line_is_told_and_the_next_tap_works(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    accept(phone, site)
    sign_off(phone)
    phone.page.route("**/log-ind/valg", lambda route: route.abort("internetdisconnected"))
    phone.page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(phone.told).to_contain_text("Der er ikke internet.")
    phone.page.unroute("**/log-ind/valg")
    phone.page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    phone.page.wait_for_url("/")


@on_one_database
def test_the_same_phone_is_not_given_two(phones: Shop, site: Site) -> None:
    phone = phones.phone()
    accept(phone, site)
    phone.page.goto("/indstillinger")
    phone.page.get_by_role("button", name="Lav adgangsnøgle").click()
    expect(phone.told).to_contain_text("Der er allerede en adgangsnøgle på telefonen.")
    assert len(phone.passkeys()) == 1


@on_one_database
@pytest.mark.parametrize("address", ["/log-ind", "/invitation"])
def test_without_javascript_no_button_is_dead(chromium: Browser, site: Site, address: str) -> None:
    context = chromium.new_context(base_url=site.url, viewport=SMALL, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.get_by_role("main").get_by_role("button").count() == 0
    expect(page.locator("noscript > p")).to_be_visible()  # a search by text passes it by
    expect(page.get_by_role("link", name="Ring 70 12 34 56")).to_be_visible()
    context.close()


@on_one_database
@pytest.mark.parametrize("address", ["/log-ind", "/invitation"])
def test_a_phone_that_knows_no_passkeys_says_what_to_do(phones: Shop, address: str) -> None:
    page = phones.phone().page
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(address)
    expect(page.get_by_text("Brug en nyere telefon eller computer")).to_be_visible()
    assert page.get_by_role("main").get_by_role("button").count() == 0


@on_one_database
def test_inside_another_app_the_phone_is_not_called_old(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, user_agent=IN_FACEBOOK)
    page = context.new_page()
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/log-ind")
    expect(page.get_by_text("Åbn siden i Safari")).to_be_visible()
    expect(page.get_by_text("for gammel")).to_be_hidden()
    context.close()


@on_one_database
def test_the_square_holds_the_link(chromium: Browser, site: Site) -> None:
    """Read back the dots of the drawing: dark and light as the standard's own generator lays them."""
    import segno  # noqa: PLC0415 — the independent word

    link = f"{site.url}/invitation#0123456789abcdefABCDEF"
    drawing = qr_path(link)
    page = chromium.new_page()
    dark = page.evaluate(script("dots"), [drawing.side, drawing.path])
    page.close()
    rows = segno.make_qr(link, error="q").matrix_iter(border=4)
    assert dark == [one for row in rows for one in row]


def test_from_the_invitation_to_the_plan(phones: Shop, site: Site) -> None:
    """Invited, in by passkey, written, taken into the plan, seen; and signed off without a trace."""
    line, anna = phones.phone(), phones.phone()
    accept(line, site, "line")
    line.page.goto(f"{PEOPLE.anna.url}/kontakt")
    line.page.get_by_role("link", name="Inviter Anna").click()
    line.page.get_by_role("button", name="Lav en invitation").click()
    code = line.page.locator(".code").inner_text()

    anna.page.goto("/invitation")
    anna.page.get_by_label("Din kode").fill(code)
    anna.page.get_by_role("button", name="Fortsæt").click()
    anna.page.get_by_role("button", name="Lav adgangsnøgle").click()
    anna.page.wait_for_url("/")
    sign_off(anna)
    anna.sign_in()
    anna.page.wait_for_url("/")

    write(anna.page, "En drøm", DREAM, "Del med Line")
    expect(anna.page.get_by_text(DREAM, exact=True)).to_be_visible()

    find_in_queue(line.page, DREAM)
    line.page.get_by_role("button", name="Godkend – tag med i planen").click()
    expect(line.page.get_by_role("status")).to_contain_text("med i planen")

    anna.page.goto("/plan?alle=1")
    expect(anna.page.get_by_text(DREAM, exact=True)).to_be_visible()
    sign_off(anna)
    until(anna.page, "!(await navigator.serviceWorker.getRegistrations()).length")
    assert anna.page.evaluate(script("left")) == {
        "kept": 0,
        "session": [],
        "databases": 0,
        "cached": [],
        "workers": 0,
    }
    assert anna.page.context.cookies() == []
