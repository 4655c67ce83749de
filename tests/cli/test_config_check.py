"""`config check` says all that is wrong at once, or what the settings come to; and makes nothing."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.cli.config_check import KNOWN
from app.environment import DEFAULT_DATABASE_URL
from tests.cli.conftest import ROOT, Run, one_sentence
from tests.cli.test_serve_refuses import SAFE

CHECK = ("config", "check")


def test_good_settings_are_told_as_they_are_understood(enplan: Run, tmp_path: Path) -> None:
    done = enplan(*CHECK, **SAFE)
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "Solbjerg Kommune",
        "https://plan.example.dk",
        "Proxyen foran: ingen",
        str(tmp_path / "site"),
    ):
        assert said in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert SAFE["ENPLAN_SECRET_KEY"] not in done.stdout


def test_every_fault_of_the_surroundings_and_the_file_is_a_line(enplan: Run, tmp_path: Path) -> None:
    (tmp_path / "k.toml").write_text('name = "X"\nphone = 5\n[days]\nclosed = ["i dag"]\n', "utf-8")
    wrong = {"ENPLAN_SW_OFF": "nope", "ENPLAN_ORIGIN": "http://x", "ENPLAN_LOG": "xml"}
    done = enplan(*CHECK, ENPLAN_CONFIG="k.toml", **wrong)
    named = (
        "LOG",
        "SECRET_KEY",
        "ORIGIN",
        "CONFIG: k.toml, linje 2",
        "CONFIG: k.toml, linje 4",
        "SW_OFF",
        "TRUSTED_PROXY",
    )
    assert done.returncode == 2
    assert [name for name in named if f"ENPLAN_{name}" not in done.stderr] == []
    assert all(line.startswith("ENPLAN_") for line in done.stderr.splitlines())


def test_serve_tells_all_of_it_too_and_migrate_what_is_given(enplan: Run, tmp_path: Path) -> None:
    env = SAFE | {"ENPLAN_ORIGIN": "http://x", "ENPLAN_SW_OFF": "nope", "ENPLAN_TRUSTED_PROXY": ""}
    served, migrated = enplan("serve", "--port", "0", **env), enplan("migrate", **env)
    assert [line.split()[0] for line in served.stderr.splitlines()] == [
        "ENPLAN_ORIGIN", "ENPLAN_SW_OFF", "ENPLAN_TRUSTED_PROXY"
    ]  # fmt: skip
    assert [line.split()[0] for line in migrated.stderr.splitlines()] == ["ENPLAN_ORIGIN", "ENPLAN_SW_OFF"]
    assert (served.returncode, migrated.returncode) == (2, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_name_is_told(enplan: Run) -> None:
    said = enplan(*CHECK, **SAFE, ENPLAN_SWOFF="1").stdout.splitlines()[0]
    assert said == "OBS: ENPLAN_SWOFF kendes ikke og bliver ikke brugt. Mente du ENPLAN_SW_OFF?"
    assert "OBS" not in enplan(*CHECK, **SAFE, ENPLAN_SW_OFF="0").stdout


def test_every_setting_that_the_app_reads_is_known() -> None:
    read = {
        word
        for file in (ROOT / "app").rglob("*.py")
        for word in file.read_text("utf-8").replace("(", " ").replace('"', " ").replace("'", " ").split()
        if word.startswith("ENPLAN_") and word != "ENPLAN_" and word.replace("_", "").isalpha()
    }
    assert read - KNOWN == set()


def test_a_database_server_that_is_not_there_is_one_sentence(enplan: Run) -> None:
    nowhere = {"ENPLAN_DATABASE_URL": "postgresql+psycopg://enplan:hemmelig@127.0.0.1:9/enplan"}
    said = one_sentence(enplan(*CHECK, **(SAFE | nowhere)))
    assert "ENPLAN_DATABASE_URL" in said
    assert "hemmelig" not in said


@pytest.mark.both_databases
def test_a_name_that_is_no_database_on_the_server_is_told_as_that(enplan: Run, database_url: str) -> None:
    url = make_url(database_url)
    if url.drivername == "sqlite":
        pytest.skip("a SQLite file that is not there is made by migrate")
    other = url.set(database="findes_ikke").render_as_string(hide_password=False)
    for words in (CHECK, ("migrate",), ("doctor",)):
        done = enplan(*words, **(SAFE | {"ENPLAN_DATABASE_URL": other}))
        assert "findes ikke på serveren" in done.stderr + done.stdout
        assert done.returncode == 1


def test_a_site_s_commands_never_mean_a_demo_that_lies_where_one_stands(enplan: Run, tmp_path: Path) -> None:
    """As `serve` has it: the settings name a municipality, so the default is its database and no demo's."""
    (tmp_path / ".data" / "demo").mkdir(parents=True)
    (tmp_path / ".data" / "demo" / "enplan.db").touch()
    (tmp_path / ".data" / "demo" / "origin").touch()
    unset = {name: value for name, value in SAFE.items() if name != "ENPLAN_DATABASE_URL"}
    ours = str(make_url(DEFAULT_DATABASE_URL).database)
    if Path(ours).exists():
        pytest.skip("a real database lies in this checkout")
    assert ours in one_sentence(enplan("token", "revoke", "x", **unset))
