"""What docs/drift tells an operator to type is typed here, block by block, in the order it stands.

Blocks without a language are ours, and are run. Those of `sh` are the machine's, its users and services: they
are read by the shell without being run, and told. Those of `nginx` are read by nginx where there is one.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from app.cli import build_parser
from tests.cli.conftest import ROOT, Run
from tests.cli.test_first_sign_in import environment, mend
from tests.cli.test_proxy_examples import TEMPORARY

DRIFT = ROOT / "docs" / "drift"
PAGES = {path.name: path.read_text("utf-8") for path in sorted(DRIFT.glob("*.md"))}
GUIDE = PAGES["README.md"]
PLACES = ("/srv/enplan", "/backup", "/media/noegle")
WAITS = ("serve", "worker")  # they go on until they are stopped; tests of their own start them
PERSON = re.compile(r"`(M1;[^`]*)`")
SETTING = re.compile(r"([A-Z_]+)=(.*)")


# Those whom the examples name besides; one of them has a citizen.
COLLEAGUES = (
    "L1;Lis Prøve;kontaktperson;;;;;\nL2;Ib Prøve;kontaktperson;;;;;\nF1;Per Prøve;fagperson;;;;;\n"
    "F2;Eva Prøve;fagperson;;;20304051;;\nB1;Bo Prøve;borger;;L1;;;\n"
)


def blocks(page: str, wanted: str = "") -> list[list[str]]:
    """Return the lines of each block in this language."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", PAGES[page], re.MULTILINE | re.DOTALL)
    found = [block for language, block in fenced if language == wanted]
    return [
        [line.partition("   #")[0].strip() for line in block.splitlines() if line.strip()] for block in found
    ]


class Operator:
    """Types what a page says, with the page's folders in a place of the test's own."""

    def __init__(self, enplan: Run, folder: Path) -> None:
        self.enplan, self.env = enplan, dict[str, str]()
        self.folders = {place: str(folder / place.strip("/").replace("/", "-")) for place in PLACES}
        for there in ("/backup", "/media/noegle"):
            Path(self.folders[there]).mkdir()
        self.typed = 0

    @property
    def site(self) -> Path:
        return Path(self.folders["/srv/enplan"])

    def begin(self) -> None:
        """Have what a page takes for granted: a site with its people in it."""
        for line in (
            "./enplan init /srv/enplan",
            "set -a; . /srv/enplan/enplan.env; set +a",
            "./enplan config check",
            "./enplan migrate",
            "./enplan import /srv/enplan/personer.csv",
        ):
            self.type(line)

    def type(self, line: str) -> None:
        said = line
        for place, folder in self.folders.items():
            said = said.replace(place, folder)
        if said.startswith("set -a"):
            self.env |= environment(said)
            return
        words = shlex.split(said)
        told = dict[str, str]()
        while found := SETTING.fullmatch(words[0]):
            told[found[1]] = found[2]
            words.pop(0)
        assert words[0] == "./enplan", line
        self.typed += 1
        if words[1] in WAITS:
            assert build_parser().parse_args(words[1:]).command == words[1]
            return
        if not told:
            self._prepare(words[1:])
        done = self.enplan(*words[1:], **(self.env | told))
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if words[1:3] == ["key", "backup"]:
            with (self.site / "enplan.env").open("a", encoding="utf-8") as file:
                file.write(done.stdout.splitlines()[-1] + "\n")

    def _prepare(self, words: list[str]) -> None:
        """Do what the words around a block tell one to do by hand."""
        if words == ["config", "check"]:
            mend(self.site / "enplan.toml", self.enplan(*words, **self.env).stderr)
        people = self.site / "personer.csv"
        if words[0] == "import" and len(people.read_text("utf-8").splitlines()) == 1:
            person = PERSON.search(GUIDE)
            assert person
            with people.open("a", encoding="utf-8") as file:
                file.write(f"{person[1]}\n{COLLEAGUES}")
        if words[0] == "restore":
            for one in (self.site / "data").iterdir():
                one.rename(self.site / one.name)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_does_what_it_says(page: str, enplan: Run, tmp_path: Path) -> None:
    operator, lines = Operator(enplan, tmp_path), [line for block in blocks(page) for line in block]
    if not any(" init " in line for line in lines):
        operator.begin()
    for line in lines:
        operator.type(line)
    assert operator.typed > (10 if page == "README.md" else 0)


@pytest.mark.parametrize("page", PAGES)
def test_what_the_machine_is_told_is_well_formed(page: str, enplan: Run, tmp_path: Path) -> None:
    laid = tmp_path / "site"
    assert enplan("init", laid).returncode == 0
    for block in blocks(page, "sh"):
        subprocess.run(["/bin/sh", "-n"], input="\n".join(block), text=True, check=True)
        for line in block:
            print(f"not run: {line}")  # noqa: T201 — what was left out is told
            for name in re.findall(r"/srv/enplan/([a-z-]+\.[a-z]+)", line):
                assert (laid / name).is_file(), name
            for name in re.findall(r"docs/drift/[\w./-]+\.yaml", line):
                assert (ROOT / name).is_file(), name


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
def test_nginx_reads_what_stands_about_two_servers(enplan: Run, tmp_path: Path) -> None:
    (lines,) = blocks("to-servere.md", "nginx")
    assert enplan("init", tmp_path / "site").returncode == 0
    ours = (tmp_path / "site" / "nginx.conf").read_text("utf-8").replace("127.0.0.1:8000", "enplan")
    ours = re.sub(r"ssl_certificate\S* .*;|listen 443 ssl http2;", "", ours).replace("/var/log/nginx", "/dev")
    kept = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in TEMPORARY)
    config = tmp_path / "nginx.conf"
    upstream = "\n".join(lines)
    ours = ours.replace("/dev/enplan.log", "/dev/null")
    config.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{kept}{upstream}\n{ours}}}\n", "utf-8")
    checked = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", config], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_each_page_leads_to_the_others() -> None:
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (DRIFT / target).exists(), (name, target)
    assert all(f"({name})" in GUIDE for name in PAGES if name != "README.md")


OPERATORS = (
    "init, config check, people find, people end, invite, import, token list, key backup, backup, restore,"
    " doctor"
)


@pytest.mark.parametrize("name", OPERATORS.split(", "))
def test_an_operator_s_command_stands_in_the_guide(name: str) -> None:
    assert f"./enplan {name}" in GUIDE
