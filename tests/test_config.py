"""A real server does not start on missing or unsafe settings, and says which."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from app.config import DEMO_SITE, read_settings, read_site
from app.config_faults import BadConfiguration
from app.environment import DEFAULT_DATABASE_URL, NO, YES, read_truth

OTHER_PLACE = '[[place]]\nname = "birkehuset"\naddress = "x"\n'
KINDS = (
    "sqlite:///",
    "postgresql+psycopg://",
    "postgresql+psycopg://enplan:",
    "postgresql+psycopg://enplan:k@db",
)
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
        ("ENPLAN_DEMO", "ja"),
        ("ENPLAN_DEMO", "måske"),
        ("ENPLAN_SW_OFF", "måske"),
        ("ENPLAN_SW_OFF", "2"),
        ("ENPLAN_SECRET_KEY", "\udcff" * 32),  # bytes that are no text
        ("ENPLAN_DATABASE_URL", "notes.txt"),
        ("ENPLAN_DATABASE_URL", "sqlite://"),
        ("ENPLAN_DATABASE_URL", "sqlite://srv/enplan.db"),  # a host, where a slash is missing
        ("ENPLAN_DATABASE_URL", "postgresql+psycopg://enplan:k@d/e:r@db/enplan"),
        ("ENPLAN_DATABASE_URL", "postgresql+psycopg://enplan:kode@db:54x2/enplan"),
        ("ENPLAN_DATABASE_URL", "postgresql+psycopg://enplan:kode@db"),
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
        (
            "promise_money = true",
            'promise_money = "false"',
            "progress.promise_money skal være true eller false",
        ),
        ("promise_money = true", "promise_mony = true", "promise_mony kendes ikke. Mente du promise_money"),
        (
            "hidden = true }",
            'hidden = "ja" }',
            "linje 7: departments nr. 6: hidden skal være true eller false",
        ),
        ("hidden = true\n", "hidden = 1\n", "linje 13: place nr. 1: hidden skal være true eller false"),
        ("hidden = true\n", "hiden = true\n", "linje 13: place nr. 1: hiden kendes ikke. Mente du hidden"),
        ("hidden = true }", "skjult = true }", "departments nr. 6: skjult kendes ikke"),
        ('["Job og uddannelse", "Helbred"', '["Helbred", "Helbred"', "areas har »Helbred« to gange"),
        ('"Hverdag og fritid"]', f'"{"å" * 61}"]', "areas nr. 5 skal være på 1 til 60 tegn"),
        ('"Fælles indgang", ', '"Sundhed", ', "linje 7: departments har »sundhed« to gange"),
        ('"Fælles indgang", ', f'"{"å" * 121}", ', "departments nr. 1: name skal være på 1 til 120 tegn"),
        ('"Fælles indgang", ', "5, ", "departments nr. 1 skal være en tabel"),
        (
            "[[place]]",
            '[[place]]\nname = "birkehuset"\naddress = "x"\n[[place]]',
            "place har »birkehuset« to gange",
        ),
        ("consent = [", "consent = ['a', 5,", "texts.consent nr. 2 skal være en tekst"),
        ('name = "Solbjerg Kommune"', "name = 5", "name skal være en tekst"),
        ("[texts]", "[texts", "linje 34: her kan filen ikke læses"),
        ("[texts]", "[days]", "linje 34: det, der står her, står to gange"),
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


def test_every_fault_is_told_at_once_with_its_line_and_an_example(tmp_path: Path) -> None:
    text = DEMO_SITE.read_text("utf-8").replace('phone = "70 12 34 56"', 'phone = "+45 70 12 34 56"', 1)
    text = text.replace("reply_working_days = 3", "reply_working_days = 0").replace(
        'label = "Lægevagten', 'labl = "L'
    )
    (tmp_path / "kommune.toml").write_text(text, "utf-8")
    with pytest.raises(BadConfiguration) as bad:
        read_settings({"ENPLAN_CONFIG": str(tmp_path / "kommune.toml"), "ENPLAN_SW_OFF": "måske"})
    said = str(bad.value).splitlines()
    assert [line.split(" ")[0] for line in said[:2]] == ["ENPLAN_SECRET_KEY", "ENPLAN_ORIGIN"]
    assert [line.split(": ", 2)[1:] for line in said[2:6]] == [
        [
            "kommune.toml, linje 3",
            'phone er ikke et telefonnummer: kun tal, uden landekode. Skriv f.eks. phone = "70 12 34 56"',
        ],
        [
            "kommune.toml, linje 19",
            'emergency nr. 2: label mangler. Skriv f.eks. label = "Hvis nogen er i fare lige nu"',
        ],
        ["kommune.toml, linje 20", "emergency nr. 2: labl kendes ikke. Mente du label?"],
        [
            "kommune.toml, linje 32",
            "days.reply_working_days skal være et helt tal på mindst 1. Skriv f.eks. reply_working_days = 3",
        ],
    ]
    assert [line.split(" ")[0] for line in said[6:]] == ["ENPLAN_SW_OFF", "ENPLAN_TRUSTED_PROXY"]


@pytest.mark.parametrize(("coding", "taken"), [("utf-8-sig", True), ("utf-16", False), ("cp1252", False)])
def test_a_file_as_an_editor_saves_it_is_read_or_said_how_to_save(
    tmp_path: Path, coding: str, taken: bool
) -> None:
    text = DEMO_SITE.read_text("utf-8").partition("[translations.ar]")[0].replace("\n", "\r\n")
    (tmp_path / "kommune.toml").write_bytes(text.encode(coding))
    if taken:
        assert read_site(tmp_path / "kommune.toml").name == "Solbjerg Kommune"
        return
    with pytest.raises(BadConfiguration, match="gem den som UTF-8"):
        read_site(tmp_path / "kommune.toml")


@given(st.text(max_size=12))
def test_a_yes_or_no_takes_its_own_words_alone(word: str) -> None:
    said = word.strip().lower()
    if said in YES | NO:
        assert read_truth({"X": word}, "X") == (said in YES)
    else:
        with pytest.raises(BadConfiguration, match="hverken ja eller nej"):
            read_truth({"X": word}, "X")


def test_no_is_no_in_every_spelling() -> None:
    assert [read_truth({"X": word}, "X") for word in ("nej", "Nej", "0", "false", "off", "")] == [False] * 6
    assert [read_truth({"X": word}, "X") for word in ("ja", "JA ", "1", "true", "on")] == [True] * 5


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30), st.sampled_from(["", *KINDS])
)
def test_whatever_is_typed_for_the_database_is_taken_or_named(typed: str, kind: str) -> None:
    said = ""
    try:
        read_settings({**GOOD, "ENPLAN_DATABASE_URL": kind + typed})
    except BadConfiguration as bad:
        said = str(bad)
    assert said == "" or said.startswith("ENPLAN_DATABASE_URL ")


def test_a_password_may_hold_any_sign_written_as_the_sentence_says() -> None:
    for typed in ("k:d/e", "k%40d%3Ae"):
        url = f"postgresql+psycopg://enplan:{typed}@db/enplan"
        assert read_settings({**GOOD, "ENPLAN_DATABASE_URL": url}).database_url == url


def test_the_database_has_a_place_of_its_own_whatever_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unset = {name: value for name, value in GOOD.items() if name != "ENPLAN_DATABASE_URL"}
    found = make_url(read_settings(unset).database_url).database
    assert found == make_url(DEFAULT_DATABASE_URL).database
    assert found is not None
    assert Path(found).is_absolute()
    assert tmp_path not in Path(found).parents


def test_a_municipality_without_a_number_for_what_can_not_wait_is_told(tmp_path: Path) -> None:
    parts = DEMO_SITE.read_text("utf-8").split("[[emergency]]")
    rest = parts[-1].partition("[days]")
    (tmp_path / "kommune.toml").write_text(parts[0] + "[days]" + rest[2], "utf-8")
    with pytest.raises(BadConfiguration, match="emergency mangler"):
        read_site(tmp_path / "kommune.toml")
