import ast
import fcntl
import os
import subprocess
from dataclasses import replace

import pytest

from .conftest import APP_SAYS, ENPLAN, NPM_LOCK, Checkout

OFFLINE = "Pakkerne kunne ikke hentes. Den første start har brug for internet."
ANOTHER_USER = "if os.geteuid() == 0: os.seteuid(65534)"


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """Return the sentence that a failed start ends with."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_an_old_python_can_read_the_script() -> None:
    assert ast.parse(ENPLAN.read_text("utf-8"), feature_version=(3, 6))


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
    [((), "demo"), (("--port", "5001"), "demo --port 5001"), (("--help",), "--help")],
)
def test_no_command_means_the_demo(checkout: Checkout, words: tuple[str, ...], heard: str) -> None:
    checkout.start(*words)
    assert checkout.calls.read_text().splitlines()[-1] == f"-P -m app {heard}"


def test_the_second_start_needs_no_network(checkout: Checkout) -> None:
    checkout.start()
    assert checkout.start(fault="offline").returncode == APP_SAYS
    assert checkout.called("-m venv") == 1


def test_a_first_start_without_network_says_so_and_the_next_one_mends_it(checkout: Checkout) -> None:
    assert last_words(checkout.start(fault="offline")) == OFFLINE
    assert checkout.start().returncode == APP_SAYS


def test_what_worked_before_still_works_when_the_test_packages_cannot_be_fetched(checkout: Checkout) -> None:
    checkout.start()
    assert last_words(checkout.start("test", fault="offline")) == OFFLINE
    assert checkout.start(fault="offline").returncode == APP_SAYS


def test_a_new_lock_is_installed(checkout: Checkout) -> None:
    checkout.start()
    before = checkout.called("-m pip")
    (checkout.root / "requirements.txt").write_text("nothing==2\n")
    assert checkout.start().returncode == APP_SAYS
    assert checkout.called("-m pip") > before
    assert checkout.called("-m venv") == 1


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
    assert moved.called("-m venv") == 2


def test_a_python_that_is_gone_is_replaced(checkout: Checkout) -> None:
    checkout.start()
    newer = replace(checkout, python=checkout.python.rename(checkout.python.with_name("newer")))
    assert newer.start().returncode == APP_SAYS
    assert newer.called("-m venv") == 2


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
