"""A count that can be one is said so: "1 borgere" is no Danish, on a page or in a terminal."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app.cli.catalogue import read_texts

PLURALS = (
    *("afdelinger", "adgangsnøgler", "aftaler", "beskeder", "borgere", "dage", "drømme", "gange"),
    *("invitationer", "kalenderlinks", "kladder", "kolleger", "linjer", "livsområder", "løfter", "minutter"),
    *("møder", "nye", "optagede", "numre", "personer", "rækker", "sekunder", "steder", "tider", "tilstande"),
    *("timer", "uger", "ulæste"),
)
ONE_OF_MANY = re.compile(rf"(?<![\w.–-])1 (?:{'|'.join(PLURALS)})\b")
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
NEVER_ONE = {
    "(%(number)s gange)": "said when it is more than one",
    "Vælg mellem %(number)s tider": "one time is not chosen among",
    "%(name)s foreslår et møde. Vælg mellem %(number)s tider.": "one time is not chosen among",
    "Skriv 1 til %(most)s minutter.": "a limit",
    "Skriv en liste med 2 til %(most)s tider.": "a limit",
    "Spørg om højst %(most)s dage ad gangen.": "a limit",
    "{said} passer på {len(active)} personer: find den rigtige med ./enplan people find {said},"
    " og skriv id'et, der står sidst på linjen.": "one is found",
    "skal være fra {period.least} til {period.most} dage: {period.bounds}.": "a limit",
    "Opbevaring: {periods['access_log_days'].days} dage for adgangsloggen": "half a year at the least",
    "Den sidste tid, højst {DAYS_MOST} dage efter.": "a limit",
}


def with_one(text: str) -> str:
    return PLACE.sub("1", text)


def of_the_catalogue() -> Iterator[str]:
    """Yield what is said of a number that no plural is chosen by, and what is said of one."""
    for text in read_texts():
        yield text.id if isinstance(text.id, str) else text.id[0]


def of_a_source(source: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a module, and as it is with one in all its places."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else None for one in node.values]
            yield ast.unparse(node)[2:-1], "".join("1" if one is None else str(one) for one in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, with_one(node.value)


def test_no_text_says_one_of_many() -> None:
    of_several = {text.id[1] for text in read_texts() if not isinstance(text.id, str)}
    found = {text for text in of_the_catalogue() if ONE_OF_MANY.search(with_one(text))}
    for path in Path("app").rglob("*.py"):
        for text, said in of_a_source(path.read_text("utf-8")):
            found |= {text} if ONE_OF_MANY.search(said) else set()
    assert found - of_several == NEVER_ONE.keys()


def test_one_of_many_is_seen() -> None:
    assert ONE_OF_MANY.search(with_one("kontaktperson for %(count)s borgere"))
    assert [text for text, said in of_a_source('f"{n} numre venter"') if ONE_OF_MANY.search(said)]
    assert not ONE_OF_MANY.search(with_one("%(num)s borger"))
    assert not ONE_OF_MANY.search("Den 11 møder, og kl. 0.1 timer")
