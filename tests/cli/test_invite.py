"""`invite` prints a way in, once: a code that works, and who it can't be for."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from app import create_app
from app.cli.demo import clock_at, prepare
from app.dates.clock import system_clock
from app.demo.cast import CAST, person_id
from app.demo.demo_instance import DemoInstance
from app.identity.invitation_codes import read_code
from app.identity.models import PersonRole
from app.store.db import Database
from tests.cli.conftest import Done, Run, one_sentence

HERE = ("--data", "demo")
ORIGIN = "http://localhost:5123"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laid") / "demo"
    prepare(DemoInstance(folder), ORIGIN, clock_at(None)).extensions["db"].close()
    return folder


@pytest.fixture
def demo(laid: Path, tmp_path: Path) -> DemoInstance:
    """A demo of the test's own, in the folder that `enplan` stands in."""
    return DemoInstance(shutil.copytree(laid, tmp_path / "demo"))


@pytest.mark.parametrize("who", [["--slug", "anna"], [str(person_id("line"))]], ids=["citizen", "staff"])
def test_the_code_opens_the_door(who: list[str], enplan: Run, demo: DemoInstance) -> None:
    done = enplan("invite", *who, *HERE)
    assert done.returncode == 0, done.stderr
    code = done.stdout.splitlines()[-1]
    assert read_code(code)
    assert f"{ORIGIN}/invitation" in done.stdout  # where this demo is served
    assert "█" in done.stdout
    app = create_app(demo.settings(ORIGIN))
    own = {"Sec-Fetch-Site": "same-origin"}
    answer = app.test_client().post("/invitation", data={"code": code}, headers=own)
    app.extensions["db"].close()
    assert (answer.status_code, answer.location) == (303, "/invitation")


@pytest.mark.usefixtures("demo")
def test_who_can_not_be_invited_is_one_sentence(enplan: Run) -> None:
    assert "ingen aktiv person" in one_sentence(enplan("invite", NOBODY, *HERE))
    assert "people find NAVN" in one_sentence(enplan("invite", "99999999", *HERE))
    assert "ingen afdeling" in one_sentence(enplan("invite", "--unit", "Månen", *HERE))
    assert "napoleon" in one_sentence(enplan("invite", "--slug", "napoleon", *HERE))


@pytest.mark.parametrize("words", [[], [NOBODY, "--slug", "anna"], ["--unit", "x", "--slug", "anna"]])
def test_wrong_words_end_in_a_usage(words: list[str], enplan: Run) -> None:
    done = enplan("invite", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Brug: ./enplan invite" in done.stderr


def test_a_site_without_an_address_is_told(enplan: Run) -> None:
    done = enplan("invite", NOBODY, ENPLAN_DATABASE_URL="sqlite:///x.db", ENPLAN_SECRET_KEY="x" * 32)
    assert done.returncode == 2
    assert "ENPLAN_ORIGIN mangler" in done.stderr


@pytest.mark.usefixtures("demo")
def test_a_department_gets_a_sheet_each_and_who_has_a_way_in_is_left_out(enplan: Run, tmp_path: Path) -> None:
    first = enplan("invite", "--unit", "sundhed", "--paper", "ark.html", *HERE)
    assert first.returncode == 0, first.stderr
    page = (tmp_path / "ark.html").read_text("utf-8")
    names = [one.name for one in CAST if one.department == 2]  # Sundhed
    assert page.count("<section") == len(names) > 0
    assert [name for name in names if name not in page] == []
    assert (tmp_path / "ark.html").stat().st_mode & 0o777 == 0o600
    assert "er der allerede" in one_sentence(
        enplan("invite", "--unit", "Sundhed", "--paper", "ark.html", *HERE)
    )
    assert "http" not in page.replace(ORIGIN, "")  # nothing is fetched


@pytest.mark.usefixtures("demo")
def test_a_department_s_citizens_get_a_sheet_each_by_contact_person(enplan: Run, tmp_path: Path) -> None:
    words = ("--unit", "Fælles indgang", "--citizens", "--paper", "ark.html")
    assert enplan("invite", *words, *HERE).returncode == 0
    page = (tmp_path / "ark.html").read_text("utf-8")
    names = {one.slug: one.name for one in CAST}
    shown = [slug for slug in names if f"<bdi>{names[slug]}</bdi>" in page]
    assert sorted(shown) == ["anna", "bent", "emil", "karim", "ny", "signe"]
    assert page.index(names["anna"]) < page.index(names["karim"]) < page.index(names["signe"])
    assert enplan("invite", "--slug", "anna", "--citizens", *HERE).returncode == 2


def test_a_sheet_is_in_its_reader_s_own_language(enplan: Run, demo: DemoInstance, tmp_path: Path) -> None:
    people = [str(person_id(one)) for one in ("karim", "anna")]
    assert enplan("invite", *people, "--paper", "ark.html", *HERE).returncode == 0
    page = (tmp_path / "ark.html").read_text("utf-8")
    arabic, danish = page.split("<section ")[1:]
    assert arabic.startswith('lang="ar" dir="rtl"')
    assert "Din invitation" not in arabic
    assert "<h1>Din invitation</h1>" in danish


@pytest.mark.usefixtures("demo")
def test_paper_that_can_not_be_written_invites_nobody(enplan: Run, tmp_path: Path) -> None:
    anna = str(person_id("anna"))
    code = enplan("invite", anna, *HERE).stdout.splitlines()[-1]
    assert ".html" in one_sentence(enplan("invite", anna, "--paper", "ark.pdf", *HERE), code=2)
    assert "findes ikke" in one_sentence(enplan("invite", anna, "--paper", "væk/ark.html", *HERE))
    assert "ingen er inviteret" in one_sentence(ended(enplan, tmp_path, anna))
    app = create_app(DemoInstance(tmp_path / "demo").settings(ORIGIN))
    own = {"Sec-Fetch-Site": "same-origin"}
    assert app.test_client().post("/invitation", data={"code": code}, headers=own).status_code == 303
    app.extensions["db"].close()


def ended(enplan: Run, tmp_path: Path, anna: str) -> Done:
    """Invite Anna and one who has left."""
    database = Database(DemoInstance(tmp_path / "demo").database_url)
    with database.writing() as session:
        for role in session.exec(select(PersonRole).where(PersonRole.person_id == person_id("jonas"))):
            role.ends_at = system_clock()
    database.close()
    return enplan("invite", anna, str(person_id("jonas")), *HERE)
