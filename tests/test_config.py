"""A real server does not start on missing or unsafe settings, and says which."""

from pathlib import Path

import pytest

from app.config import DEMO_SITE, BadConfiguration, read_settings, read_site

GOOD = {
    "ENPLAN_SECRET_KEY": "k" * 32,
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_DATABASE_URL": "sqlite:///x.db",
    "ENPLAN_TRUSTED_PROXY": "none",
}


def test_good_settings_are_read() -> None:
    settings = read_settings(GOOD)
    assert (settings.secure, settings.demo, settings.site.name) == (True, False, "Solbjerg Kommune")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENPLAN_SECRET_KEY", ""),
        ("ENPLAN_SECRET_KEY", "short"),
        ("ENPLAN_ORIGIN", ""),
        ("ENPLAN_ORIGIN", "http://plan.example.dk"),
        ("ENPLAN_ORIGIN", "https://"),
        ("ENPLAN_ORIGIN", "https://plan.example.dk/app"),
        ("ENPLAN_ORIGIN", "https://user:word@plan.example.dk"),
        ("ENPLAN_ORIGIN", "https://plan.example.dk?x=1"),
        ("ENPLAN_ORIGIN", "https://plan.example.dk:abc"),
        ("ENPLAN_ORIGIN", "https://plan example.dk"),
        ("ENPLAN_ORIGIN", "https://*"),
        ("ENPLAN_CONFIG", ""),
        ("ENPLAN_CONFIG", "/no/such/file.toml"),
        ("ENPLAN_DEMO", "1"),
        ("ENPLAN_TRUSTED_PROXY", ""),
        ("ENPLAN_TRUSTED_PROXY", "*"),
        ("ENPLAN_TRUSTED_PROXY", "proxy.example.dk"),
        ("ENPLAN_TRUSTED_PROXY", "0.0.0.0"),  # noqa: S104 — it must be refused
        ("ENPLAN_TRUSTED_PROXY", "::"),
        ("ENPLAN_TRUSTED_PROXY", "10.0.0.1, none"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=name):
        read_settings({**GOOD, name: value})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('name = "Solbjerg Kommune"', "", "name"),
        ('phone = "70 12 34 56"', 'phone = "ring til os"', "telefonnummer"),
        ("answer_working_days = 5", "answer_working_days = 0", "mindst 1"),
        ('"2026-12-24"', '"juleaften"', "juleaften"),
        ("promise_money = true", 'promise_money = "false"', "promise_money|true eller false"),
        ("[texts]", "[texts", "læses"),
    ],
)
def test_a_bad_municipality_file_is_explained(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = DEMO_SITE.read_text("utf-8")
    assert old in text
    broken = tmp_path / "kommune.toml"
    broken.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadConfiguration, match=named):
        read_site(broken)


def test_a_municipality_that_says_nothing_of_money_promises_nothing(tmp_path: Path) -> None:
    text = DEMO_SITE.read_text("utf-8").replace("promise_money = true", "", 1)
    (tmp_path / "kommune.toml").write_text(text, "utf-8")
    assert read_site(DEMO_SITE).promise_money
    assert not read_site(tmp_path / "kommune.toml").promise_money


@pytest.mark.parametrize(
    "written", ["https://Plan.Example.DK", "https://plan.example.dk:443", "https://plan.example.dk/"]
)
def test_the_address_is_kept_as_browsers_write_it(written: str) -> None:
    assert read_settings({**GOOD, "ENPLAN_ORIGIN": written}).origin == "https://plan.example.dk"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("none", set()),
        (" None ", set()),
        ("127.0.0.1", {"127.0.0.1"}),
        ("::ffff:10.0.0.1", {"10.0.0.1"}),
        ("10.0.0.1, 2001:DB8::0001", {"10.0.0.1", "2001:db8::1"}),
    ],
)
def test_the_proxies_in_front_are_named_or_said_to_be_none(written: str, known: set[str]) -> None:
    assert read_settings({**GOOD, "ENPLAN_TRUSTED_PROXY": written}).trusted_proxies == known
