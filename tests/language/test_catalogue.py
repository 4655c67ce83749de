"""Every text is gathered, every catalogue is whole, and one that isn't is neither offered nor silent."""

import ast
import re
import shutil
from argparse import Namespace
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app import i18n
from app.cli import translate
from app.cli.catalogue import read_file, read_texts
from app.cli.error_messages import CommandFailed

TEMPLATES = sorted(Path("app/templates").rglob("*.html"))
MARKED = 'lang="da" dir="ltr"'  # a page for testers that says itself that it is in Danish alone
CODES = ("ar", "en")
NAMES = ("Én plan", "Dansk", "./enplan demo --reset")  # the same in every language
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
CODE = re.compile(r"<(style|script|svg)\b.*?</\1>|<[^>]*>|[\w-]+=\"[^\"]*\"", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:aria-label|alt|title)=["']([^"'{]*[^\W\d_][^"']*)["']""")

DRAFTS = "Du har en kladde"
TWO_TEXTS = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "ja"
msgstr "yes"

msgid "dag"
msgid_plural "dage"
msgstr[0] "day"
msgstr[1] "days"
"""

Edit = Callable[[str], str]


def put(text: str, instead: str) -> Edit:
    def edit(catalogue: str) -> str:
        assert text in catalogue
        return catalogue.replace(text, instead, 1)

    return edit


texts_of_the_source = cache(read_texts)  # a second of processor time


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogues, which the app reads instead; the texts of the source are read once a run."""
    copy = tmp_path / "translations"
    shutil.copytree(i18n.CATALOGUES, copy)
    monkeypatch.setattr(i18n, "CATALOGUES", copy)
    monkeypatch.setattr(translate, "read_texts", lambda: deepcopy(texts_of_the_source()))
    return copy


def catalogue(folder: Path, code: str) -> Path:
    return folder / code / "LC_MESSAGES" / "messages.po"


def run(new: str | None = None) -> int:
    return translate.run(Namespace(new=new))


def said_by(source: str) -> set[str]:
    """Return the texts that a template asks the catalogue for, as Jinja itself reads it."""
    calls = Environment(extensions=["jinja2.ext.i18n"]).parse(source).find_all(nodes.Call)  # noqa: S701
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext")
        if isinstance(call.args[0], nodes.Const)
    }


def test_all_that_a_template_says_is_gathered() -> None:
    said = {str(path): said_by(path.read_text("utf-8")) for path in TEMPLATES}
    assert sum(map(len, said.values())) > 400
    assert {
        str(path): {one if isinstance(one, str) else one[0] for one in read_file(path)} for path in TEMPLATES
    } == said


def untranslatable(source: str) -> list[str]:
    """Return the words of a template that stand outside what can be translated."""
    bare = JINJA.sub(" ", source)
    left = CODE.sub(" ", bare)
    for name in NAMES:
        left = left.replace(name, " ")
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", left)) + SPOKEN.findall(bare)


def test_no_template_says_what_can_not_be_translated() -> None:
    sources = {str(path): path.read_text("utf-8") for path in TEMPLATES}
    found = {path: untranslatable(source) for path, source in sources.items() if MARKED not in source}
    assert len(found) > 50
    assert {path: words for path, words in found.items() if words} == {}


def test_what_can_not_be_translated_is_seen() -> None:
    assert untranslatable('<p aria-label="Luk">{{ _("Fortryd") }} straks</p>') == ["straks", "Luk"]
    assert said_by('{{ _("ja") }}{{ ngettext("dag", "dage", 2) }}') == {"ja", "dag"}


def test_the_reason_of_a_refusal_is_gathered() -> None:
    texts = texts_of_the_source()
    assert "Tag det tilbage først. Så kan du rette det." in texts  # stands only as a reason


def test_the_catalogues_are_whole_and_the_command_changes_nothing(folder: Path) -> None:
    before = {code: catalogue(folder, code).read_bytes() for code in CODES}
    assert run() == 0, "run ./enplan translate, and translate what it names"
    assert {code: catalogue(folder, code).read_bytes() for code in CODES} == before
    assert [one.code for one in i18n.offered()] == ["da", "en", "ar"]


@pytest.mark.parametrize(
    ("code", "edit", "named"),
    [
        ("en", put('msgid "Fortryd"\nmsgstr "Undo"', 'msgid "Fortryd"\nmsgstr ""'), "mangler: Fortryd"),
        ("en", put('msgid "Fortryd"', '#, fuzzy\nmsgid "Fortryd"'), "usikker: Fortryd"),
        ("en", put("Hello %(name)s", "Hello %(nmae)s"), "andre pladser: Hej %(name)s"),
        ("en", put("Hello %(name)s", "Hello"), "andre pladser: Hej %(name)s"),
        ("en", put("Hello %(name)s", "Hello %(name)s, 100 %"), "et %-tegn for sig selv: Hej %(name)s"),
        ("en", put("Hello %(name)s", "Hello <b>%(name)s</b>"), "andre HTML-mærker: Hej %(name)s"),
        ("en", put('" or "', '" or"'), "andre mellemrum i enderne:  eller "),
        ("ar", put("لديك %(num)s مسودات", "لديك مسودات"), f"andre pladser: {DRAFTS}"),
        ("ar", put("لديك مسودتان", ""), f"mangler: {DRAFTS}"),
    ],
    ids=["missing", "fuzzy", "misspelt place", "lost place", "percent", "html", "edge", "number", "plural"],
)
def test_what_is_wrong_is_named(
    folder: Path, code: str, edit: Edit, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = catalogue(folder, code)
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    assert run() == 1
    assert f"{code}: {named}" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("edit", "is_offered"),
    [
        (put("ja", "ja"), True),
        (put('"yes"', '""'), False),
        (put('msgid "ja"', '#, fuzzy\nmsgid "ja"'), False),
        (put('msgstr[1] "days"', 'msgstr[1] ""'), False),
        (lambda _: "", False),
    ],
    ids=["whole", "missing", "fuzzy", "plural", "empty"],
)
def test_only_a_whole_language_is_offered(
    edit: Edit, is_offered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = catalogue(tmp_path, "en")
    path.parent.mkdir(parents=True)
    path.write_text(edit(TWO_TEXTS), "utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    assert [one.code for one in i18n.offered()] == (["da", "en"] if is_offered else ["da"])
    assert i18n.translations("en").gettext("ja") == ("yes" if is_offered else "ja")


def test_a_text_that_is_no_more_leaves_the_catalogue(folder: Path) -> None:
    path = catalogue(folder, "en")
    path.write_bytes(path.read_bytes() + b'\nmsgid "Gammel tekst"\nmsgstr "Old text"\n')
    run()
    assert "Old text" not in path.read_text("utf-8")
    assert "Undo" in path.read_text("utf-8")


def test_a_new_language_begins_empty_and_is_not_offered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(new="uk") == 1
    assert "uk: mangler: Fortryd" in capsys.readouterr().out.splitlines()
    assert "Plural-Forms: nplurals=" in catalogue(folder, "uk").read_text("utf-8")
    assert "uk" not in [one.code for one in i18n.offered()]
    assert i18n.translations("uk").gettext("Fortryd") == "Fortryd"


def test_a_catalogue_that_can_not_be_read_is_told_in_a_sentence(folder: Path) -> None:
    catalogue(folder, "en").write_text('msgid "a"\nnonsense\n', "utf-8")
    with pytest.raises(CommandFailed, match="kan ikke læses"):
        run()


def test_no_catalogue_tells_when_or_where_it_was_made() -> None:
    for code in CODES:
        text = catalogue(i18n.CATALOGUES, code).read_text("utf-8")
        assert "POT-Creation-Date" not in text
        assert re.search(r"^#: .*(?: /|:\d)", text, re.MULTILINE) is None


def in_f_strings(source: str) -> list[str]:
    """Return the texts that are asked for inside an f-string, where no gathering finds them."""
    strings = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.JoinedStr))
    calls = (one for string in strings for one in ast.walk(string) if isinstance(one, ast.Call))
    return [ast.unparse(one) for one in calls if ast.unparse(one.func) in ("_", "_l", "ngettext")]


def test_no_text_hides_in_an_f_string() -> None:
    found = {path: in_f_strings(path.read_text("utf-8")) for path in Path("app").rglob("*.py")}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_a_text_that_hides_is_seen() -> None:
    assert in_f_strings("said = f\"{_('Mødet er flyttet.')} {told}\"") == ["_('Mødet er flyttet.')"]
    assert in_f_strings('said = f"{moved} {told}"') == []


def test_arabic_has_one_word_for_the_last_day_and_says_of_nobody_whether_they_are_a_woman() -> None:
    """A name comes from the rows: "Line" is "غائب" only if she is a man."""
    with (i18n.CATALOGUES / "ar" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        found = list(read_po(source, locale="ar"))
    said = {one.id: str(one.string) for one in found if isinstance(one.id, str) and one.id}
    last_day = [text for danish, text in said.items() if re.search(r"senest %\(day\)s", danish)]
    assert [text for text in last_day if "آخر موعد" not in text] == []
    assert [
        text for text in said.values() if re.search(r"%\(\w+\)s (?:ليس|غائب|يرى|يقرر|يقترح)\b", text)
    ] == []
