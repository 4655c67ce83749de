"""Every accident of a start: one sentence, an exit code, and nothing damaged."""

import re
import resource
import shlex
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from app.config import DEMO_SITE
from tests.cli.conftest import Run, in_a_process, one_sentence, running, surroundings
from tests.cli.conftest import command as cli_words

KEY = {"ENPLAN_SECRET_KEY": "only for tests, 32 bytes and more"}
FULL = "Disken er fuld, så intet er ændret: gør plads, og prøv igen."


def write_at_most(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_port_in_use_is_named_with_another_to_choose(enplan: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = one_sentence(enplan("demo", "--port", str(port), "--data", "d"))
    assert said.startswith(f"Port {port} er optaget")
    assert f"--port {port + 1}" in said
    assert not (tmp_path / "d").exists()


def test_an_address_of_another_machine(enplan: Run) -> None:
    assert "192.0.2.1" in one_sentence(enplan("demo", "--port", "0", "--host", "192.0.2.1", "--data", "d"))


@pytest.mark.parametrize("moment", ["i morgen", "2026-11-24", "2026-11-24T10:00"])
def test_now_needs_an_offset(moment: str, enplan: Run) -> None:
    assert "--now" in one_sentence(enplan("demo", "--port", "0", "--data", "d", "--now", moment), code=2)


def test_a_file_where_the_folder_should_be(enplan: Run, tmp_path: Path) -> None:
    (tmp_path / "d").write_text("mine noter")
    assert "d er i vejen" in one_sentence(enplan("demo", "--port", "0", "--data", "d"))
    assert (tmp_path / "d").read_text() == "mine noter"


def test_a_folder_that_cannot_be_made(enplan: Run) -> None:
    said = one_sentence(enplan("demo", "--port", "0", "--data", "/proc/enplan"))
    assert "/proc/enplan" in said


@pytest.mark.parametrize(
    "words", [("demo", "--port", "0", "--reset"), ("migrate",), ("token", "revoke", "x")]
)
def test_a_file_that_is_no_database_is_left_alone(
    words: tuple[str, ...], enplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    file = tmp_path / "d" / "enplan.db"
    file.write_text("Kære dagbog")
    assert "enplan.db" in one_sentence(enplan(*words, "--data", "d"))
    assert file.read_text() == "Kære dagbog"


@pytest.mark.parametrize(
    "words", [("demo", "--port", "0", "--reset"), ("migrate",), ("token", "revoke", "x")]
)
def test_a_database_of_another_program_is_left_alone(
    words: tuple[str, ...], enplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    file = tmp_path / "d" / "enplan.db"
    with sqlite3.connect(file) as theirs:
        theirs.execute("CREATE TABLE person (name TEXT)")
        theirs.execute("INSERT INTO person VALUES ('Olga')")
    theirs.close()
    before = file.read_bytes()
    assert "andet program" in one_sentence(enplan(*words, "--data", "d"))
    assert file.read_bytes() == before


@pytest.mark.slow
def test_a_disk_that_is_full_at_once(tmp_path: Path) -> None:
    done = in_a_process("demo", "--port", "0", "--data", "d", cwd=tmp_path, limit=lambda: write_at_most(0))
    assert one_sentence(done) == FULL


@pytest.mark.slow
def test_a_disk_that_gets_full_leaves_a_demo_that_the_next_start_finishes(
    enplan: Run, tmp_path: Path
) -> None:
    some = 300_000  # bytes: enough to begin
    done = in_a_process("demo", "--port", "0", "--data", "d", cwd=tmp_path, limit=lambda: write_at_most(some))
    assert one_sentence(done) == FULL
    with running("demo", "--port", "0", "--data", "d", cwd=tmp_path):
        pass
    assert people(tmp_path / "d" / "enplan.db") == 17


def people(file: Path) -> int:
    with sqlite3.connect(file) as ours:
        return int(ours.execute("SELECT count(*) FROM person").fetchone()[0])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo in it, whose server has been stopped."""
    folder = tmp_path_factory.mktemp("demo")
    with running("demo", "--port", "0", "--data", "d", cwd=folder) as (process, _said):
        process.terminate()
        assert process.wait(30) == 0
    return folder / "d"


@pytest.mark.slow
def test_stopping_folds_the_log_into_the_file(demo: Path) -> None:
    assert sorted(path.name for path in demo.iterdir()) == ["enplan.db", "origin", "secret.key"]
    assert (demo / "secret.key").stat().st_mode & 0o777 == 0o600
    assert people(demo / "enplan.db") == 17


@pytest.mark.slow
def test_beside_a_running_demo(demo: Path, enplan: Run, tmp_path: Path) -> None:
    """One can make a token for it, and can't reset it."""
    words = ("token", "create", "--system", "fag", "--scope", "meetings", "people")
    with running("demo", "--port", "0", "--data", demo, cwd=tmp_path):
        said = one_sentence(enplan("demo", "--port", "0", "--data", demo, "--reset"))
        made = enplan(*words, ENPLAN_DATABASE_URL=f"sqlite:///{demo}/enplan.db")
    assert str(demo) in said
    assert people(demo / "enplan.db") == 17
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"[\w-]{43}", made.stdout.splitlines()[-1])


def test_a_system_has_one_key_until_it_is_revoked(demo: Path, enplan: Run) -> None:
    words = ("token", "create", "--system", "løn", "--scope", "meetings", "--data", demo)
    first = enplan(*words).stdout
    assert "løn" in one_sentence(enplan(*words))
    assert enplan("token", "revoke", "løn", "--data", demo).returncode == 0
    assert "løn" in one_sentence(enplan("token", "revoke", "løn", "--data", demo))
    assert enplan(*words).stdout != first


@pytest.mark.slow
def test_a_reset_starts_over(demo: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(demo, tmp_path / "copy")
    with sqlite3.connect(copy / "enplan.db") as ours:
        ours.execute("UPDATE person SET phone = '99999999'")
    with running("demo", "--port", "0", "--data", copy, "--reset", cwd=tmp_path):
        pass
    with sqlite3.connect(copy / "enplan.db") as ours:
        assert ours.execute("SELECT count(*) FROM person WHERE phone = '99999999'").fetchone() == (0,)


def test_the_demo_where_one_stands_is_the_one_that_is_meant(demo: Path, enplan: Run, tmp_path: Path) -> None:
    shutil.copytree(demo, tmp_path / ".data" / "demo")
    assert enplan("token", "create", "--system", "x", "--scope", "meetings").returncode == 0


def test_nothing_is_made_where_no_database_is(enplan: Run, tmp_path: Path) -> None:
    said = one_sentence(enplan("token", "create", "--system", "x", "--scope", "meetings", "--data", "d"))
    assert "./enplan migrate" in said
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("name", ["people.xlsx", "people"])
def test_only_csv_can_be_imported(name: str, demo: Path, enplan: Run, tmp_path: Path) -> None:
    (tmp_path / name).write_text("x")
    assert name in one_sentence(enplan("import", name, "--data", demo))


def test_a_file_that_is_not_there(demo: Path, enplan: Run) -> None:
    assert "væk.csv" in one_sentence(enplan("import", "væk.csv", "--data", demo))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("flyv",), "Ukendt kommando: flyv"),
        (("demo", "--hurtig"), "Det forstod vi ikke: --hurtig"),
        (("demo", "--port", "90000"), "--port: en port er et tal fra 0 til 65535."),
        (("token", "create", "--system", "x"), "Der mangler: --scope"),
        (("token", "create", "--system", "x", "--scope", "alt"), "--scope kan ikke være alt."),
        (("token",), "Der mangler: KOMMANDO"),
    ],
)
def test_words_that_are_wrong_get_a_short_usage(words: tuple[str, ...], said: str, enplan: Run) -> None:
    done = enplan(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("Brug: ./enplan")
    assert done.stderr.splitlines()[-1].startswith(said)
    assert len(done.stderr.splitlines()) < 8


READ_ONLY = "mount --bind {0} {0} && mount -o remount,bind,ro {0}"


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor"])
def test_a_disk_that_can_not_be_written_is_not_called_a_strange_file(
    command: str, enplan: Run, tmp_path: Path
) -> None:
    """There SQLite can't open its log: the file is sound, and must not be moved away."""
    alone = ["unshare", "-m", "sh", "-c"]
    if subprocess.run([*alone, READ_ONLY.format(tmp_path)], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets us mount nothing")
    site = KEY | {"ENPLAN_DATABASE_URL": f"sqlite:///{tmp_path}/enplan.db", "ENPLAN_CONFIG": str(DEMO_SITE)}
    site |= {"ENPLAN_ORIGIN": "https://plan.example.dk", "ENPLAN_TRUSTED_PROXY": "none"}
    assert enplan("migrate", **site).returncode == 0
    words = f"{READ_ONLY.format(tmp_path)} && exec {shlex.join(cli_words(command))}"
    done = subprocess.run(
        [*alone, words], env=surroundings(**site), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "se, om disken er skrivebeskyttet" in done.stdout + done.stderr
    assert "flyt filen" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
