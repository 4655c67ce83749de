"""People come in from a spreadsheet: all of them, or none."""

from pathlib import Path

import pytest

from app.config import DEMO_SITE
from tests.cli.conftest import Run

SITE = {
    "ENPLAN_DATABASE_URL": "sqlite:///enplan.db",
    "ENPLAN_SECRET_KEY": "32 bytes and more, for tests only",
    "ENPLAN_CONFIG": str(DEMO_SITE),
}
GOOD = "Nummer;Navn;Rolle;Afdeling\r\n1;Åse Bjørn;kontaktperson;Sundhed\r\n2;Søren Ægidius;borger;\r\n"
BAD = "Nummer;Navn;Rolle\r\n1;Åse Bjørn;trold\r\n"


@pytest.fixture
def site(enplan: Run, tmp_path: Path) -> Path:
    assert enplan("migrate", **SITE).returncode == 0
    return tmp_path


def test_a_good_file_is_taken_once(site: Path, enplan: Run) -> None:
    (site / "people.csv").write_bytes(GOOD.encode("cp1252"))
    first, again = (enplan("import", "people.csv", **SITE) for _time in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert "Borgere. Nye: 1." in first.stdout
    assert "Borgere. Nye: 0. Ændret: 0. Uændret: 1." in again.stdout


def test_a_bad_file_names_its_line_and_changes_nothing(site: Path, enplan: Run) -> None:
    (site / "people.csv").write_text(BAD)
    done = enplan("import", "people.csv", **SITE)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("Linje 2")
    assert done.stderr.splitlines()[-1].startswith("Intet er ændret")


@pytest.mark.parametrize("name", ["ENPLAN_SECRET_KEY", "ENPLAN_CONFIG"])
def test_what_it_needs_is_named(name: str, site: Path, enplan: Run) -> None:
    (site / "people.csv").write_text(GOOD)
    done = enplan("import", "people.csv", **(SITE | {name: ""}))
    assert (done.returncode, name in done.stderr) == (2, True)


def test_a_preview_says_what_would_change_and_changes_nothing(site: Path, enplan: Run) -> None:
    (site / "people.csv").write_bytes(GOOD.encode("cp1252"))
    shown = enplan("import", "people.csv", "--preview", **SITE)
    assert (shown.returncode, shown.stdout.splitlines()[-1][:16]) == (0, "Intet er ændret:")
    assert "Borgere. Nye: 1." in shown.stdout
    assert "Borgere. Nye: 1." in enplan("import", "people.csv", **SITE).stdout


def test_a_department_more_needs_to_be_asked_for(site: Path, enplan: Run) -> None:
    (site / "people.csv").write_text(GOOD.replace("Sundhed", "Sundhedd"), "utf-8")
    refused = enplan("import", "people.csv", **SITE)
    assert (refused.returncode, "--new-departments" in refused.stderr) == (1, True)
    assert "Afdelinger. Nye: 1." in enplan("import", "people.csv", "--new-departments", **SITE).stdout
