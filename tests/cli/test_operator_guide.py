"""What docs/drift tells an operator to type is typed here, block by block, in the order it stands."""

import re
import shlex
from pathlib import Path

import pytest

from app.cli import build_parser
from tests.cli.conftest import ROOT, Run
from tests.cli.test_first_sign_in import environment, mend

GUIDE = (ROOT / "docs" / "drift" / "README.md").read_text("utf-8")
PLACES = ("/srv/enplan", "/backup")
WAITS = ("serve", "worker")  # they go on until they are stopped; tests of their own start them
PERSON = re.compile(r"`(M1;[^`]*)`")


# Those whom the examples name besides; one of them has a citizen.
COLLEAGUES = (
    "L1;Lis Prøve;kontaktperson;;;;;\nL2;Ib Prøve;kontaktperson;;;;;\nF1;Per Prøve;fagperson;;;;;\n"
    "F2;Eva Prøve;fagperson;;;20304051;;\nB1;Bo Prøve;borger;;L1;;;\n"
)


def blocks() -> list[list[str]]:
    """Return the lines that are typed, a list for each block."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    found = [block for language, block in fenced if not language]  # the others show what comes out
    return [
        [line.partition("   #")[0].strip() for line in block.splitlines() if line.strip()] for block in found
    ]


def test_every_command_of_the_guide_does_what_it_says(enplan: Run, tmp_path: Path) -> None:
    folders = {place: str(tmp_path / place.strip("/").replace("/", "-")) for place in PLACES}
    Path(folders["/backup"]).mkdir()
    env: dict[str, str] = {}
    typed = 0
    for line in (line for block in blocks() for line in block):
        said = line
        for place, folder in folders.items():
            said = said.replace(place, folder)
        if said.startswith("set -a"):
            env |= environment(said)
            continue
        words = shlex.split(said)
        assert words[0] == "./enplan", line
        typed += 1
        if words[1] in WAITS:
            assert build_parser().parse_args(words[1:]).command == words[1]
            continue
        _before(words[1:], Path(folders["/srv/enplan"]), env, enplan)
        done = enplan(*words[1:], **env)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert typed > 10


def _before(words: list[str], folder: Path, env: dict[str, str], enplan: Run) -> None:
    """Do what the words around a block tell one to do by hand."""
    if words == ["config", "check"]:
        mend(folder / "enplan.toml", enplan(*words, **env).stderr)
    people = folder / "personer.csv"
    if words[0] == "import" and len(people.read_text("utf-8").splitlines()) == 1:
        person = PERSON.search(GUIDE)
        assert person
        with people.open("a", encoding="utf-8") as file:
            file.write(f"{person[1]}\n{COLLEAGUES}")
    if words[0] == "restore":
        for one in (folder / "data").iterdir():
            one.rename(folder / one.name)


OPERATORS = "init, config check, people find, people end, invite, import, token list, backup, restore, doctor"


@pytest.mark.parametrize("name", OPERATORS.split(", "))
def test_an_operator_s_command_stands_in_the_guide(name: str) -> None:
    assert f"./enplan {name}" in GUIDE
