"""Danish that can be read: short sentences, short words, and none that one must look up."""

import pytest
from flask import Flask

from app.cli.catalogue import read_texts
from tests.language.measured import CITIZENS, STAFF, pages_of, running_text
from tests.language.pages import texts
from tests.language.reading import (
    CITIZEN_MOST,
    FOR_STAFF_ALONE,
    STAFF_MOST,
    banned,
    long_sentences,
    read,
    sentences,
    words,
)

HEAVY = (
    "Kommunen iværksætter helhedsorienterede foranstaltninger vedrørende beskæftigelsesrettede aktiviteter. "
    "Undertegnede fremsender efterfølgende samtykkeerklæringen vedrørende videregivelse af oplysninger."
)
LONG = "Du kan " + "altid " * 18 + "ringe."


def all_texts() -> list[str]:
    """Return every text of ours, each form of a plural for itself."""
    forms: list[str] = []
    for one in read_texts():
        forms += [one.id] if isinstance(one.id, str) else list(one.id)
    return [one for one in forms if one]


@pytest.mark.parametrize(
    ("who", "most"),
    [*((who, CITIZEN_MOST) for who in CITIZENS), *((who, STAFF_MOST) for who in STAFF)],
)
def test_a_page_is_easy_to_read(who: str, most: int, app: Flask) -> None:
    found = running_text(app, who)
    assert sum(read(one).words for one in found.values()) > 20  # something was measured
    assert {kind: read(one).lix for kind, one in found.items() if read(one).lix > most} == {}
    assert [one for paragraphs in found.values() for one in long_sentences(paragraphs)] == []


def test_no_text_is_long_or_hard() -> None:
    found = all_texts()
    assert len(found) > 400
    assert long_sentences(found) == []
    assert [(one, word) for one in found for word in banned(one)] == []


@pytest.mark.parametrize("who", CITIZENS)
def test_a_citizen_meets_no_banned_word(who: str, app: Flask) -> None:
    for address, html in pages_of(app, who).items():
        running, labels = texts(html)
        found = [(one, word) for one in running + labels for word in banned(one, FOR_STAFF_ALONE)]
        assert (address, found) == (address, [])


def test_a_heavy_text_goes_red() -> None:
    assert read([HEAVY]).lix > STAFF_MOST
    assert long_sentences([HEAVY]) == []
    assert long_sentences([LONG]) == [LONG]
    assert {"undertegnede", "vedrørende", "fremsende"} > set(banned(HEAVY)) > {"vedrørende"}
    assert list(banned("Din sag er afvist!")) == ["sag", "afvist", "!"]
    assert list(banned("Fortæl borgeren det.", FOR_STAFF_ALONE)) == ["borgeren"]


def test_a_banned_word_is_a_whole_word() -> None:
    assert list(banned("Det er en sagte sang om en dag.")) == []
    assert list(banned("Se jf. loven.")) == ["jf."]


def test_a_date_and_a_time_do_not_end_a_sentence() -> None:
    assert sentences("Line svarer senest mandag den 9. marts kl. 10.30. Er det akut: ring 112.") == [
        "Line svarer senest mandag den 9. marts kl. 10.30.",
        "Er det akut:",
        "ring 112.",
    ]
    assert words("Det er kl. 10.30 – altid.") == ["Det", "er", "kl", "10.30", "altid"]


def test_what_people_wrote_is_not_measured() -> None:
    html = (
        "<main><h2>Din drøm</h2><blockquote>Jeg vil ud at sejle.</blockquote><p data-hx-disable>Mit.</p>"
        '<p>Line svarer snart.</p><p class="soft">Line Madsen</p>'
        '<ul><li><a href="/x">Se svaret.</a></li></ul></main>'
    )
    assert texts(html) == (["Line svarer snart."], ["Din drøm", "Line Madsen", "Se svaret."])
