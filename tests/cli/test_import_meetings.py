"""Meetings come in from a calendar file: all of them, or none."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_import import GOOD, SITE

PEOPLE = (
    "Nummer;Navn;Rolle;E-mail\r\n1;Åse Bjørn;kontaktperson;aase@solbjerg.example\r\n"
    "2;Søren Ægidius;borger;soren@solbjerg.example\r\n"
)
ENTRY = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20270305T100000\r\nDURATION:PT1H\r\nSUMMARY:Samtale\r\n"
    "ORGANIZER:mailto:aase@solbjerg.example\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:soren@solbjerg.example\r\nEND:VEVENT\r\n"
)


def calendar(*uids: str) -> str:
    entries = "".join(ENTRY.format(uid=uid) for uid in uids)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{entries}END:VCALENDAR\r\n"


@pytest.fixture
def site(enplan: Run, tmp_path: Path) -> Path:
    assert enplan("migrate", **SITE).returncode == 0
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert enplan("import", "people.csv", **SITE).returncode == 0
    return tmp_path


def test_a_good_file_is_taken_once(site: Path, enplan: Run) -> None:
    (site / "meetings.ics").write_text(calendar("one"), newline="")
    first, again = (enplan("import", "meetings.ics", **SITE) for _time in range(2))
    assert (first.returncode, first.stdout) == (0, "Nye møder: 1.\n"), first.stderr
    assert again.stdout == "Nye møder: 0.\nVar her i forvejen: 1.\n"


def test_a_clash_is_named_and_changes_nothing(site: Path, enplan: Run) -> None:
    (site / "meetings.ics").write_text(calendar("one", "another"), newline="")
    done = enplan("import", "meetings.ics", **SITE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0].startswith("Møde 2 (linje 12, den 5. marts 2027 kl. 10.00–11.00)")
    assert done.stderr.splitlines()[-1] == "Intet er ændret: ret møderne, og hent filen igen."
    (site / "meetings.ics").write_text(calendar("one"), newline="")
    assert enplan("import", "meetings.ics", **SITE).stdout == "Nye møder: 1.\n"


def test_other_files_are_neither(site: Path, enplan: Run) -> None:
    (site / "people.txt").write_text(GOOD)
    assert enplan("import", "people.txt", **SITE).returncode == 1
