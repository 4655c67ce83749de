import ast
import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from .conftest import APP_SAYS, ENPLAN, NPM_LOCK, Checkout

OFFLINE = "Pakkerne kunne ikke hentes. Den første start har brug for internet."
ANOTHER_USER = "if os.geteuid() == 0: os.seteuid(65534)"
NOT_ROOT = "os.geteuid = lambda: 1000"  # apt isn't asked for anything
# The one number that is a wait is made small; what happens when it is over is the script's own.
IMPATIENT = (
    "run = subprocess.run\nsubprocess.run = lambda *a, timeout=None, **k: run(*a, timeout=timeout and 1, **k)"
)


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """Return the sentence that a failed start ends with."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_an_old_python_can_read_the_script() -> None:
    assert ast.parse(ENPLAN.read_text("utf-8"), feature_version=(3, 6))


def test_the_rooms_of_the_quick_half_are_there() -> None:
    """One that was given up is left out of `check` without a word otherwise."""
    lines = [line for line in ENPLAN.read_text("utf-8").splitlines() if line.startswith("QUICK = ")]
    assert [
        room
        for room in ast.literal_eval(lines[0].partition(" = ")[2])
        if not any((ENPLAN.parent / "tests" / room).glob("test_*.py"))
    ] == []


def test_an_old_python_gets_one_sentence(checkout: Checkout) -> None:
    done = checkout.start(prelude="sys.version_info = (3, 8, 10)")
    assert done.stderr == "Én plan kræver Python 3.11 eller nyere. Denne er 3.8.\n"
    assert done.returncode == 1
    assert not (checkout.root / ".venv").exists()


def test_the_app_gets_its_words_and_gives_its_exit_code(checkout: Checkout) -> None:
    assert checkout.start("token", "revoke", "x").returncode == APP_SAYS
    assert checkout.called("-P -m app token revoke x") == 1


@pytest.mark.parametrize(
    ("words", "heard"),
    [((), "demo"), (("--port", "5001"), "demo --port 5001")],
)
def test_no_command_means_the_demo(checkout: Checkout, words: tuple[str, ...], heard: str) -> None:
    checkout.start(*words)
    assert checkout.calls.read_text().splitlines()[-1] == f"-P -m app {heard}"


@pytest.mark.parametrize("words", [("help",), ("-h",), ("--help",), ("help", "serve")])
def test_help_answers_before_anything_is_set_up_and_sets_nothing_up(
    checkout: Checkout, words: tuple[str, ...]
) -> None:
    done = checkout.start(*words)
    assert (done.returncode, done.stderr, checkout.called("")) == (0, "", 0)
    assert "./enplan [KOMMANDO]" in done.stdout


def test_help_shows_the_apps_own_commands_once_they_are_there(checkout: Checkout) -> None:
    checkout.start()
    assert "check [RUM]" in checkout.start("help").stdout
    assert checkout.calls.read_text().splitlines()[-1] == "-P -m app --help"
    checkout.start("help", "serve")
    assert checkout.calls.read_text().splitlines()[-1] == "-P -m app serve --help"
    checkout.start("help", "token", "create")
    assert checkout.calls.read_text().splitlines()[-1] == "-P -m app token create --help"
    before = checkout.called("")
    assert checkout.start("help", "help").stdout.startswith("  help [KOMMANDO]")
    assert checkout.start("help", "check").stdout.startswith("  check [RUM]")
    assert checkout.called("") == before


def test_the_version_names_release_schema_and_commit(checkout: Checkout) -> None:
    (checkout.root / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    steps = checkout.root / "app" / "migrations" / "versions"
    steps.mkdir(parents=True)
    for step in ("0009_before", "0010_newest", "__init__"):
        (steps / f"{step}.py").touch()
    assert checkout.start("--version").stdout == "Én plan 1.2\nskema 0010_newest\ncommit ukendt\n"
    if shutil.which("git") is None:
        pytest.skip("without git there is no commit to name")
    git = ("git", "-C", str(checkout.root), "-c", "user.name=x", "-c", "user.email=x")
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "x")):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    said = checkout.start("--version").stdout.splitlines()[-1].removeprefix("commit ")
    assert len(said) >= 7
    assert head.startswith(said)
    assert checkout.called("") == 0


def test_the_second_start_needs_no_network(checkout: Checkout) -> None:
    checkout.start()
    assert checkout.start(fault="offline").returncode == APP_SAYS
    assert checkout.called("-I -m venv") == 1


def test_a_first_start_without_network_says_so_and_the_next_one_mends_it(checkout: Checkout) -> None:
    assert last_words(checkout.start(fault="offline")) == OFFLINE
    assert checkout.start().returncode == APP_SAYS


def test_what_worked_before_still_works_when_the_test_packages_cannot_be_fetched(checkout: Checkout) -> None:
    checkout.start()
    assert last_words(checkout.start("test", fault="offline")) == OFFLINE
    assert checkout.start(fault="offline").returncode == APP_SAYS


def test_a_new_lock_is_installed(checkout: Checkout) -> None:
    checkout.start()
    before = checkout.called("-I -m pip install")
    (checkout.root / "requirements.txt").write_text("nothing==2\n")
    assert checkout.start().returncode == APP_SAYS
    assert checkout.called("-I -m pip install") > before
    assert checkout.called("-I -m venv") == 1


def test_the_checkers_from_npm_are_fetched_once_for_each_lock(checkout: Checkout) -> None:
    for runs in (1, 2):
        checkout.start("test", "x")
        assert (checkout.called("npm ci"), checkout.called("-m pytest x")) == (1, runs)
    (checkout.root / NPM_LOCK).write_text('{"packages": {}}')
    checkout.start("test", "x")
    assert checkout.called("npm ci") == 2


def test_the_demo_needs_nothing_from_npm(checkout: Checkout) -> None:
    checkout.start()
    assert checkout.called("npm") == 0


def test_without_npms_packages_the_tests_run_and_the_next_run_fetches_them(checkout: Checkout) -> None:
    without = checkout.start("test", "x", fault="no-npm")
    assert without.stderr.splitlines()[-1].endswith("springes over.")
    assert "Traceback" not in without.stderr
    assert checkout.called("-m pytest x") == 1
    checkout.start("test", "x")
    assert (checkout.called("npm ci"), checkout.called("-m pytest x")) == (2, 2)


def test_a_folder_that_cannot_be_written_gets_one_sentence(checkout: Checkout) -> None:
    checkout.root.chmod(0o555)
    done = checkout.start(prelude=ANOTHER_USER)
    assert last_words(done) == done.stderr.strip()
    assert "kan ikke skrives" in done.stderr
    assert checkout.called("") == 0


def test_a_folder_that_cannot_be_written_still_starts_when_all_is_there(checkout: Checkout) -> None:
    checkout.start()
    checkout.calls.chmod(0o666)
    checkout.root.chmod(0o555)
    assert checkout.start(prelude=ANOTHER_USER).returncode == APP_SAYS


def test_a_full_disk_gets_one_sentence(checkout: Checkout) -> None:
    assert last_words(checkout.start(fault="full")) == "Disken er fuld. Gør plads, og start igen."
    assert checkout.start().returncode == APP_SAYS


def test_a_start_that_was_killed_is_mended_by_the_next(checkout: Checkout) -> None:
    assert checkout.start(fault="killed").returncode < 0
    assert (checkout.root / ".venv").exists()
    (checkout.root / ".venv" / "half").touch()
    assert checkout.start().returncode == APP_SAYS
    assert not (checkout.root / ".venv" / "half").exists()


def test_a_checkout_that_was_moved_is_set_up_anew(checkout: Checkout) -> None:
    checkout.start()
    moved = replace(checkout, root=checkout.root.rename(checkout.root.with_name("moved")))
    assert moved.start().returncode == APP_SAYS
    assert moved.called("-I -m venv") == 2


def test_a_python_that_is_gone_is_replaced(checkout: Checkout) -> None:
    checkout.start()
    newer = replace(checkout, python=checkout.python.rename(checkout.python.with_name("newer")))
    assert newer.start().returncode == APP_SAYS
    assert newer.called("-I -m venv") == 2


def test_what_cannot_be_imported_is_not_called_installed(checkout: Checkout) -> None:
    done = checkout.start(fault="broken")
    assert last_words(done) == ("Pakkerne virker ikke på denne maskine: nothing: ImportError: no _nothing")
    assert checkout.called("-P -m app") == 0
    assert checkout.start().returncode == APP_SAYS
    assert checkout.called("-I -m venv") == 2


def test_a_file_that_was_exchanged_is_looked_into_and_the_broken_made_anew(checkout: Checkout) -> None:
    checkout.start()
    pip = checkout.called("-I -m pip install")
    os.utime(checkout.python, (1, 1))
    assert checkout.start(fault="offline").returncode == APP_SAYS  # looked into; nothing is wrong
    assert (checkout.called("-I -m pip install"), checkout.called("-I -m venv")) == (pip, 1)
    looks = sum(" --verify " in call for call in checkout.calls.read_text().splitlines())
    assert checkout.start().returncode == APP_SAYS
    assert sum(" --verify " in call for call in checkout.calls.read_text().splitlines()) == looks
    os.utime(checkout.python, (2, 2))
    assert checkout.start(fault="broken").returncode == 1
    assert checkout.called("-I -m venv") == 2


def test_a_stamp_from_before_files_were_marked_is_looked_into(checkout: Checkout) -> None:
    checkout.start()
    stamp = checkout.root / ".venv" / "enplan.json"
    seen = json.loads(stamp.read_text())
    del seen["files"]
    stamp.write_text(json.dumps(seen))
    assert checkout.start(fault="offline").returncode == APP_SAYS
    assert json.loads(stamp.read_text())["files"]


def test_a_network_that_never_answers_is_not_waited_for(checkout: Checkout) -> None:
    """The stand-in sleeps a minute; that the set-up has given up before it wakes is told by the words."""
    assert last_words(checkout.start(fault="silent", prelude=IMPATIENT)) == OFFLINE


def test_a_python_without_packages_is_not_called_a_missing_network(checkout: Checkout) -> None:
    assert "findes ikke til denne maskine med Python" in last_words(checkout.start(fault="wheel"))


HOSTILE = {
    "PIP_TARGET": "/nowhere",
    "PIP_PYTHON_VERSION": "3.9",
    "UV_SYSTEM_PYTHON": "1",
    "PYTHONPATH": "/nowhere",
    "VIRTUAL_ENV": "/nowhere",
}


def test_a_tool_hears_only_how_packages_are_reached(checkout: Checkout) -> None:
    checkout.start(
        fault="offline", PIP_PROXY="http://proxy.example", HTTPS_PROXY="http://p.example", **HOSTILE
    )
    told = checkout.told  # the last call was the first contact
    assert told["HTTPS_PROXY"] == "http://p.example"
    assert told["PIP_CONFIG_FILE"] == os.devnull
    assert set(HOSTILE) & set(told) == set()


def test_the_app_gets_no_modules_from_elsewhere(checkout: Checkout) -> None:
    checkout.start(**HOSTILE)
    assert checkout.told["PYTHONPATH"] == str(checkout.root.resolve())
    assert "VIRTUAL_ENV" not in checkout.told


def test_without_a_browser_the_other_tests_run_and_the_package_is_named(checkout: Checkout) -> None:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        (checkout.tools / name).write_text("#!/bin/sh\nexit 1\n")
        (checkout.tools / name).chmod(0o755)
    done = checkout.start("test", "x", fault="no-browser", prelude=NOT_ROOT, ENPLAN_CHROMIUM="")
    assert "sudo apt install" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("springes over.")
    assert checkout.called("-m pytest x") == 1
    assert "sudo apt install" in checkout.told["ENPLAN_NO_BROWSER"]


def test_a_room_that_is_not_there_names_those_that_are(checkout: Checkout) -> None:
    for room in ("goals", "plan"):
        (checkout.root / "tests" / room).mkdir(parents=True)
        (checkout.root / "tests" / room / "test_rules.py").touch()
    done = checkout.start("check", "gaols")
    assert last_words(done) == "Det rum kender vi ikke: gaols. Der er: goals, plan."
    (checkout.root / "app" / "goals").mkdir(parents=True)
    (checkout.root / ".venv" / "bin" / "lint-imports").symlink_to(shutil.which("true") or "/bin/true")
    checkout.start("check", "goals")
    assert checkout.called("-m mypy app/goals tests/goals") == 1
    assert checkout.calls.read_text().splitlines()[-1] == "-m pytest -n 2 -m not slow tests/goals"


def test_the_whole_run_tells_its_slowest_tests(checkout: Checkout) -> None:
    checkout.start("test", "x")
    (checkout.root / ".venv" / "bin" / "lint-imports").symlink_to(shutil.which("true") or "/bin/true")
    checkout.start("test")
    assert checkout.calls.read_text().splitlines()[-1] == "-m pytest -n 2 --dist worksteal -rs --durations=20"


def test_a_foreign_file_in_the_way_is_left_alone(checkout: Checkout) -> None:
    (checkout.root / ".venv").write_text("mine")
    assert "er i vejen" in last_words(checkout.start())
    assert (checkout.root / ".venv").read_text() == "mine"


def test_two_starts_wait_for_each_other(checkout: Checkout) -> None:
    folder = os.open(checkout.root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with subprocess.Popen(
        checkout.command(), env=checkout.environment(), stderr=subprocess.PIPE, text=True
    ) as other:
        assert other.stderr is not None
        assert other.stderr.readline() == "Venter på en anden opsætning i samme mappe.\n"
        assert checkout.called("") == 0
        os.close(folder)
        assert other.wait() == APP_SAYS
