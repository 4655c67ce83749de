"""A database takes one secret key: with another, numbers would be hashed anew, and people made twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli.demo import clock_at, prepare
from app.cli.error_messages import CommandFailed
from app.config import DEMO_SITE
from app.demo.cast import person_id
from app.demo.demo_instance import DemoInstance
from app.store.db import Database
from app.store.key_fingerprint import fingerprint_of
from tests.cli.conftest import Done, Run, command_names, one_sentence
from tests.upkeep.conftest import change

pytestmark = pytest.mark.both_databases

OURS, THEIRS = "the key of this site, 32 bytes and more", "the key of another one, 32 bytes and more"
PEOPLE = "Nummer;Navn;Rolle\r\n1;Åse Bjørn;kontaktperson\r\n2;Søren Ægidius;borger\r\n"
NO_ADDRESS = ("--host", "192.0.2.1", "--port", "0")  # of another machine: `serve` stops there
OLD_KEY_BACK = "sæt den gamle nøgle tilbage"

# Every command that takes a key, as it is typed; and what each of the others does without one.
COMMANDS: dict[str, tuple[str, ...]] = {
    "serve": ("serve", *NO_ADDRESS),
    "worker": ("worker",),
    "migrate": ("migrate",),
    "import people": ("import", "people.csv"),
    "import meetings": ("import", "meetings.ics"),
    "invite": ("invite", str(person_id("anna"))),
    "people end": ("people", "end", str(person_id("jonas"))),
    "people find": ("people", "find", "Anna"),
    "token create": ("token", "create", "--system", "fag", "--scope", "meetings"),
    "retention": ("retention", "--now"),
    "doctor": ("doctor",),
    "restore": ("restore", "saved.db"),
}
WITHOUT_KEY = {
    "demo": "has a key of its own",
    "backup": "only copies: a copy must not hang on the settings",
    "token list": "only reads",
    "token revoke": "takes an access away, which must not hang on them either",
    "init": "makes a new key, in a folder of its own",
    "key rotate": "goes over to another, from the one that is in use",
    "key backup": "makes another kind of key, and touches no database",
    "config check": "tells of another key, and changes nothing",
    "seed": "takes an empty database, which nobody has used with a key",
    "translate": "touches no database",
}


@pytest.fixture
def site(enplan: Run, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a site with people in it, used with our key."""
    settings = {
        "ENPLAN_DATABASE_URL": database_url,
        "ENPLAN_SECRET_KEY": OURS,
        "ENPLAN_ORIGIN": "https://plan.example.dk",
        "ENPLAN_TRUSTED_PROXY": "none",
        "ENPLAN_CONFIG": str(DEMO_SITE),
    }
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "meetings.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
    done = enplan("import", "people.csv", **settings)
    assert done.returncode == 0, done.stderr
    return settings


@pytest.fixture
def site_database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def ask(database: Database, question: str) -> list[object]:
    with database.engine.connect() as connection:
        return list(connection.execute(text(question)).scalars())


def everything(database: Database) -> list[list[object]]:
    tables = ("person", "invitation", "system_token", "meeting", "key_fingerprint")
    return [ask(database, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608


def keys(database: Database) -> list[object]:
    return ask(database, "SELECT fingerprint FROM key_fingerprint")


REFUSES = [name for name in COMMANDS if name not in ("doctor", "restore")]


@pytest.mark.parametrize("name", REFUSES)
def test_another_key_is_refused_and_changes_nothing(
    name: str, site: dict[str, str], site_database: Database, enplan: Run
) -> None:
    before = everything(site_database)
    said = one_sentence(enplan(*COMMANDS[name], **(site | {"ENPLAN_SECRET_KEY": THEIRS})), code=2)
    assert said.startswith("ENPLAN_SECRET_KEY er en anden nøgle")
    assert OLD_KEY_BACK in said
    assert OURS not in said
    assert THEIRS not in said
    assert everything(site_database) == before


@pytest.mark.parametrize("name", [name for name in REFUSES if name != "worker"])
def test_the_same_key_is_taken(name: str, site: dict[str, str], enplan: Run) -> None:
    done = enplan(*COMMANDS[name], **site)
    assert "nøgle" not in done.stderr.replace("Gem nøglen nu", "")
    if name == "serve":
        assert "192.0.2.1" in one_sentence(done)
    elif name == "import meetings":
        assert "møde" in done.stderr.lower() + done.stdout.lower()
    else:
        assert done.returncode == 0, done.stderr


def test_every_command_has_said_what_it_does_with_another_key() -> None:
    """A new command must be given its place above."""
    known = {name.removesuffix(" people").removesuffix(" meetings") for name in (*COMMANDS, *WITHOUT_KEY)}
    assert set(command_names()) == known


def finding(done: Done) -> str:
    """Return what the doctor says of the key and the database."""
    (line,) = [line for line in done.stdout.splitlines() if "nøgle" in line and "lang nok" not in line]
    return line


def test_the_doctor_tells_one_key_from_another(
    site: dict[str, str], site_database: Database, enplan: Run
) -> None:
    assert finding(enplan("doctor", **site)).startswith("i orden")
    done = enplan("doctor", **(site | {"ENPLAN_SECRET_KEY": THEIRS}))
    assert finding(done).startswith("SE HER")
    assert OLD_KEY_BACK in finding(done)
    assert done.returncode == 1


def test_the_doctor_records_nothing(site: dict[str, str], site_database: Database, enplan: Run) -> None:
    forget_key(site_database)
    assert finding(enplan("doctor", **site)).startswith("i orden")
    assert keys(site_database) == []


def forget_key(database: Database) -> None:
    """Make the database one from before it knew its key."""
    with database.writing() as session:
        session.connection().execute(text("DELETE FROM key_fingerprint"))


def test_a_database_from_before_takes_the_first_key_and_says_so_once(
    site: dict[str, str], site_database: Database, enplan: Run
) -> None:
    forget_key(site_database)
    first, again = (enplan("migrate", **site) for _time in range(2))
    assert "har nu noteret" in first.stderr
    assert again.stderr == ""
    assert (first.stdout, first.returncode) == (again.stdout, 0)
    assert keys(site_database) == [fingerprint_of(OURS)]


def test_a_new_database_takes_its_key_without_a_word(enplan: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    done = enplan("migrate", ENPLAN_DATABASE_URL=url, ENPLAN_SECRET_KEY=OURS)
    assert (done.returncode, done.stderr) == (0, "")
    database = Database(url)
    assert keys(database) == [fingerprint_of(OURS)]
    database.close()


def test_migrate_needs_no_key(site: dict[str, str], site_database: Database, enplan: Run) -> None:
    forget_key(site_database)
    for_migrate = {"ENPLAN_DATABASE_URL": site["ENPLAN_DATABASE_URL"]}
    assert enplan("migrate", **for_migrate).returncode == 0
    assert keys(site_database) == []


def test_a_copy_and_taking_an_access_away_never_hang_on_the_key(
    site: dict[str, str], enplan: Run, tmp_path: Path
) -> None:
    assert enplan(*COMMANDS["token create"], **site).returncode == 0
    for words in (("backup", "saved.db"), ("token", "revoke", "fag")):
        assert enplan(*words, **(site | {"ENPLAN_SECRET_KEY": THEIRS})).returncode == 0


@pytest.fixture
def saved(site: dict[str, str], enplan: Run, tmp_path: Path) -> Path:
    assert enplan("backup", "saved.db", **site).returncode == 0
    return tmp_path / "saved.db"


def new_place(tmp_path: Path, key: str) -> dict[str, str]:
    return {"ENPLAN_DATABASE_URL": f"sqlite:///{tmp_path}/new.db", "ENPLAN_SECRET_KEY": key}


@pytest.mark.parametrize("key", [THEIRS, ""], ids=["another", "none"])
def test_a_backup_does_not_come_back_with_another_key(
    key: str, saved: Path, enplan: Run, tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    said = one_sentence(enplan("restore", saved, **new_place(tmp_path, key)))
    assert OLD_KEY_BACK in said
    assert set(tmp_path.iterdir()) == before


def test_a_backup_comes_back_with_its_own_key(saved: Path, enplan: Run, tmp_path: Path) -> None:
    place = new_place(tmp_path, OURS)
    done = enplan("restore", saved, **place)
    assert (done.returncode, done.stderr) == (0, "")
    assert enplan("migrate", **(place | {"ENPLAN_SECRET_KEY": THEIRS})).returncode == 2


def test_a_backup_from_before_comes_back_and_it_is_said_that_its_key_is_not_known(
    site: dict[str, str], site_database: Database, enplan: Run, tmp_path: Path
) -> None:
    forget_key(site_database)
    assert enplan("backup", "saved.db", **site).returncode == 0
    done = enplan("restore", "saved.db", **new_place(tmp_path, OURS))
    assert done.returncode == 0, done.stderr
    assert "nøgle" in done.stdout


HERE = ("--data", "demo")


@pytest.fixture
def demo(enplan: Run, tmp_path: Path) -> DemoInstance:
    folder = DemoInstance(tmp_path / "demo")
    start(folder)
    return folder


def start(folder: DemoInstance, *, reset: bool = False) -> None:
    app = prepare(folder, "http://localhost:5000", clock_at(None), reset=reset)
    app.extensions["db"].close()


def files(folder: DemoInstance) -> set[str]:
    return {path.name for path in folder.path.iterdir()}


def test_a_demo_starts_again_with_its_own_key(demo: DemoInstance) -> None:
    start(demo)
    start(demo, reset=True)


@pytest.mark.parametrize("beside", ["", OURS], ids=["", "a site's key is set"])
@pytest.mark.parametrize("key", [None, THEIRS], ids=["lost", "another"])
def test_a_demo_without_its_key_says_where_it_was_and_can_begin_again(
    key: str | None, beside: str, demo: DemoInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_key(demo, key)
    before = files(demo)
    if beside:
        monkeypatch.setenv("ENPLAN_SECRET_KEY", beside)  # a demo doesn't ask for it
    with pytest.raises(CommandFailed, match=r"demo/secret\.key.*--reset") as fault:
        start(demo)
    assert THEIRS not in str(fault.value)
    assert files(demo) == before
    start(demo, reset=True)
    start(demo)


@pytest.mark.parametrize("key", [None, THEIRS], ids=["lost", "another"])
@pytest.mark.parametrize("name", ["import people", "invite"])
def test_the_commands_beside_a_demo_say_the_same(
    name: str, key: str | None, demo: DemoInstance, enplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    lose_key(demo, key)
    before = files(demo)
    said = one_sentence(enplan(*COMMANDS[name], *HERE), code=2)
    assert "demo/secret.key" in said
    assert "--reset" in said
    assert files(demo) == before


@pytest.mark.parametrize("key", [None, THEIRS], ids=["lost", "another"])
def test_the_doctor_names_a_demos_key(key: str | None, demo: DemoInstance, enplan: Run) -> None:
    lose_key(demo, key)
    done = enplan("doctor", *HERE)
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("SE HER")]
    assert "demo/secret.key" in said
    assert not demo.key_file.exists() or key is not None


def lose_key(demo: DemoInstance, instead: str | None) -> None:
    demo.key_file.unlink()
    if instead is not None:
        demo.key_file.write_text(instead)


def test_a_sites_key_beside_a_demo_is_named(demo: DemoInstance, enplan: Run) -> None:
    said = one_sentence(enplan(*COMMANDS["invite"], *HERE, ENPLAN_SECRET_KEY=THEIRS), code=2)
    assert "fjern ENPLAN_SECRET_KEY" in said


def test_a_demo_from_before_takes_its_own_key(demo: DemoInstance, enplan: Run) -> None:
    change(demo.database_file, "DELETE FROM key_fingerprint")
    done = enplan(*COMMANDS["invite"], *HERE)
    assert done.returncode == 0, done.stderr
    assert "noteret" not in done.stderr
    lose_key(demo, THEIRS)
    assert enplan(*COMMANDS["invite"], *HERE).returncode == 2
