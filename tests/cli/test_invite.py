"""`invite` prints a way in, once: a code that works, and who it can't be for."""

from pathlib import Path

import pytest

from app import create_app
from app.cli.demo import clock_at, prepare
from app.demo.cast import person_id
from app.demo.demo_instance import DemoInstance
from app.identity.invitation_codes import read_code
from tests.cli.conftest import Run, one_sentence

HERE = ("--data", "demo")
ORIGIN = "http://localhost:5123"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def demo(enplan: Run, tmp_path: Path) -> DemoInstance:
    folder = DemoInstance(tmp_path / "demo")
    prepare(folder, ORIGIN, clock_at(None)).extensions["db"].close()
    return folder


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
    assert "napoleon" in one_sentence(enplan("invite", "--slug", "napoleon", *HERE))


@pytest.mark.parametrize("words", [["anna"], [], [NOBODY, "--slug", "anna"]])
def test_wrong_words_end_in_a_usage(words: list[str], enplan: Run) -> None:
    done = enplan("invite", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Brug: ./enplan invite" in done.stderr


def test_a_site_without_an_address_is_told(enplan: Run) -> None:
    done = enplan("invite", NOBODY, ENPLAN_DATABASE_URL="sqlite:///x.db", ENPLAN_SECRET_KEY="x" * 32)
    assert done.returncode == 2
    assert "ENPLAN_ORIGIN mangler" in done.stderr
