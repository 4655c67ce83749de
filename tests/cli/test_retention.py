"""`retention` shows what is old and changes nothing; `--now` deletes it; so says the page for operators."""

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from app.config import DEMO_SITE, read_site
from app.config_faults import BadConfiguration
from app.dates.clock import system_clock
from app.identity.credentials import LoginAttempt
from app.retention.tables import KEPT
from app.retention_periods import PERIODS
from app.store.db import Database
from tests.cli.conftest import ROOT, Run, one_sentence
from tests.cli.test_serve_refuses import SAFE

PAGE = (ROOT / "docs" / "drift" / "opbevaring.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\d+)–(\d+) \| (.*) \| (.*) \|$", re.MULTILINE)


def typed() -> list[str]:
    """Return the lines of the page that one types."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [line for kind, block in fenced if not kind for line in block.splitlines()]


@pytest.fixture
def old_tries(database: Database) -> int:
    """1,200 wrong codes of a week ago: more than two steps."""
    at = system_clock() - timedelta(days=7)
    with database.writing() as session:
        session.add_all(LoginAttempt(key_hash="0" * 64, at=at) for _ in range(1200))
    return 1200


def test_it_shows_what_would_go_and_only_now_deletes_it(
    enplan: Run, cast_site: dict[str, str], old_tries: int
) -> None:
    for _ in range(2):
        shown = enplan("retention", **cast_site)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert "For gamle nu: 1.200, den ældste fra" in shown.stdout
        assert shown.stdout.endswith("Intet er ændret.\n")
    said = [f"{one.key} = {one.days}: {one.reason}." for one in PERIODS] + list(KEPT)
    assert [one for one in said if one not in shown.stdout] == []
    assert "door_try, slettet: 1.200." in enplan("retention", "--now", **cast_site).stdout
    assert "Intet var for gammelt." in enplan("retention", "--now", **cast_site).stdout
    after = enplan("retention", **cast_site).stdout
    assert "For gamle nu: 0. Slettet før: 1.200." in after
    assert after.endswith("Intet er for gammelt nu.\n")


def test_every_command_of_the_page_is_run(
    enplan: Run, cast_site: dict[str, str], tmp_path: Path, old_tries: int
) -> None:
    (changed,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    own = tmp_path / "enplan.toml"
    own.write_text(DEMO_SITE.read_text("utf-8") + "\n" + changed, "utf-8")
    env = SAFE | cast_site | {"ENPLAN_CONFIG": str(own)}
    said = [enplan(*shlex.split(line)[1:], **env) for line in typed()]
    assert [one.returncode for one in said] == [0] * len(typed())
    assert "access_log_days = 730:" in said[-1].stdout
    assert "Opbevaring: 730 dage for adgangsloggen; 1 frist er jeres egen" in said[-2].stdout


def test_the_table_of_the_page_is_what_holds() -> None:
    told = {key: tuple(map(int, days)) for key, *days in (row[:4] for row in ROW.findall(PAGE))}
    assert told == {one.key: (one.days, one.least, one.most) for one in PERIODS}


@pytest.mark.parametrize("written", ["0", "-5", '"1 år"', "179", "3651", "true", "365.5"])
def test_a_senseless_period_is_refused_with_its_line_and_the_reason(
    enplan: Run, tmp_path: Path, written: str
) -> None:
    own = tmp_path / "k.toml"
    own.write_text(DEMO_SITE.read_text("utf-8") + f"\n[retention]\naccess_log_days = {written}\n", "utf-8")
    line = len(own.read_text("utf-8").splitlines())
    said = one_sentence(enplan("config", "check", **(SAFE | {"ENPLAN_CONFIG": str(own)})), 2)
    assert f"k.toml, linje {line}: retention.access_log_days skal være" in said
    assert said.endswith("Skriv f.eks. access_log_days = 1825")


def test_a_misspelt_period_is_no_period(tmp_path: Path) -> None:
    own = tmp_path / "k.toml"
    own.write_text(DEMO_SITE.read_text("utf-8") + "\n[retention]\nacces_log_days = 200\n", "utf-8")
    with pytest.raises(BadConfiguration, match="Mente du access_log_days"):
        read_site(own)
