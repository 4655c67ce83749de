"""Nobody's Danish words are read out by an Arabic voice: what people wrote says which language it is in."""

import pytest
from flask import Flask

from app import i18n
from app.web.written import cut, lang_attribute, write
from tests.language.heard import unmarked
from tests.language.measured import pages_of

IN_LAW = ("(arkivloven)", "(databeskyttelsesrådgiver)", "(afgørelse)", "enplan", "@solbjerg.example")


@pytest.mark.parametrize("who", ["karim", "anna"])
def test_what_people_wrote_in_danish_says_so_on_an_arabic_page(who: str, app: Flask) -> None:
    found = {(address, text) for address, html in pages_of(app, who, "ar").items() for text in unmarked(html)}
    assert sorted(one for one in found if not any(word in one[1] for word in IN_LAW)) == []


def test_danish_that_is_not_marked_is_heard() -> None:
    page = '<html lang="ar"><p>سطر</p><p>{}</p><a href="/" aria-label="{}">سطر</a></html>'
    assert unmarked(page.format("Ring til Line", "Line")) == ["Ring til Line"]
    assert unmarked(page.format("Line", "Ring til Line")) == ["Ring til Line"]
    assert unmarked(page.format('<bdi lang="da">Ring til Line</bdi>', "Line (ring)")) == []


@pytest.mark.parametrize(
    ("page", "words", "said"),
    [
        ("ar", "Jeg vil sove", ' lang="da"'),
        ("ar", "أريد أن أنام", ""),
        ("da", "»أريد أن أنام«", ' lang="ar"'),
        ("da", "Jeg vil sove", ""),
        ("en", "Jeg vil sove", ' lang="da"'),
        ("en", "2 · 3", ""),
        ("en", "An appointment", ""),  # ours, where a meeting isn't told of
        ("ar", None, ""),
    ],
)
def test_the_letters_say_which_language_words_are_in(page: str, words: str | None, said: str) -> None:
    i18n.answer_in(i18n.language_named(page))
    assert lang_attribute(words) == said
    assert write(words) == (f"<bdi{said}>{words}</bdi>" if words else "")


def test_words_are_cut_between_two_of_them() -> None:
    dog = "Jeg drømmer om en lille hund. Så kommer jeg ud hver dag, også når det regner."
    assert cut(dog) == "Jeg drømmer om en lille hund. Så kommer jeg ud hver dag…"
    assert cut(dog, 28) == "Jeg drømmer om en lille…"
    assert cut("Ringe til lægen") == "Ringe til lægen"
    assert cut("a" * 80) == "a" * 60 + "…"
