"""True receipts: who is said to have been told, or to be told, reads it on the own first page.

Each sentence of ours that speaks of what somebody else learns stands in one of three lists: RECEIPTS (in
receipt_list.py), each tried through the two people's pages; ELSEWHERE, tried by another test; SAYS_NO_MORE
(both in told_sentences.py), which claims no more than who may see a thing, or speaks of the reader's own. A
new one is red until it does.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from tests.booking.fixtures import Booked
from tests.house.receipt_list import RECEIPTS
from tests.house.receipts import Receipt, Stage, is_said
from tests.house.told_sentences import ELSEWHERE, SAYS_NO_MORE

TEXTS = Path("translations/en/LC_MESSAGES/messages.po")
MACHINES = ("app/api/", "app/cli/", "app/templates/api/")  # speak to no person
TELLS = re.compile(
    r"\b(besked|at vide|fået|sendt|bedt om, at|ringer til|delt det|får|læser)\b"
    r"|\bkan( også)? se\b|\bser (det|den|dit|også)\b|\bfinder en anden tid\b",
    re.IGNORECASE,
)
UNSENT = re.compile(r"\bkun du\b|\bikke (er )?sendt\b|\bbliver sendt\b", re.IGNORECASE)  # nobody else knows


@pytest.mark.slow
@pytest.mark.parametrize("receipt", RECEIPTS, ids=str)
def test_who_is_said_to_be_told_reads_it_on_the_own_first_page(
    receipt: Receipt, app: Flask, booked: Booked
) -> None:
    stage = Stage(app, booked)
    given = receipt.given(stage)
    before = {slug: words in stage.first_page(slug) for slug, words in receipt.told.items()}
    said = receipt.does(stage, given)
    assert [one for one in receipt.says if not is_said(one, said)] == []
    after = {slug: words in stage.first_page(slug) for slug, words in receipt.told.items()}
    assert before == dict.fromkeys(receipt.told, False)
    assert after == dict.fromkeys(receipt.told, True)


def sentences() -> set[str]:
    """Return our sentences that speak of what somebody else learns, as they stand in the sources."""
    with TEXTS.open("rb") as file:
        catalogue = read_po(file)
    found = set()
    for message in catalogue:
        for_people = [where for where, _line in message.locations if not where.startswith(MACHINES)]
        if message.id and for_people:
            found.add(message.id if isinstance(message.id, str) else message.id[0])
    return {one for one in found if tells(one)}


def tells(sentence: str) -> bool:
    return bool(TELLS.search(sentence)) and not UNSENT.search(sentence)


def test_every_sentence_that_tells_of_telling_is_tried_and_each_list_is_of_today() -> None:
    tried = {sentence for receipt in RECEIPTS for sentence in receipt.says if tells(sentence)}
    listed = [tried, set(ELSEWHERE), SAYS_NO_MORE]
    assert sentences() == set().union(*listed)
    assert sum(map(len, listed)) == len(sentences())  # each in one list


def test_the_tests_that_are_named_are_there() -> None:
    places = [one.partition("::") for one in ELSEWHERE.values()]
    assert [name for file, _, name in places if f"def {name}(" not in Path(file).read_text("utf-8")] == []


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("Line har fået besked.", True),
        ("De andre får at vide, at du er syg.", True),
        ("Dit svar er sendt til Line.", True),
        ("Vi har bedt om, at du får et svar.", True),
        ("Omar kan se det nu.", True),
        ("Line ringer til dig.", True),
        ("Kun du kan se det.", False),
        ("Dit svar er ikke sendt endnu.", False),
        ("Mødet er aflyst.", False),
    ],
)
def test_a_sentence_that_tells_of_telling_is_seen(sentence: str, is_one: bool) -> None:
    assert tells(sentence) is is_one


def test_what_a_page_does_not_say_is_not_said() -> None:
    page = "<p>Tak. Line har\n fået besked.</p><script>Omar har fået besked.</script>"
    assert is_said("%(name)s har fået besked.", page)
    assert not is_said("Omar har fået besked.", page)
    assert not is_said("%(name)s har fået dit svar.", page)
