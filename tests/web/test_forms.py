"""Every form says what is wrong in a sentence of ours, in the reader's language; WTForms never does.

All forms are filled with all kinds of bad input, one field at a time and all at once.
"""

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import wtforms
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectChoice
from wtforms.validators import InputRequired

from app.account.forms import InvitationForm
from app.availability.forms import DatesForm
from app.calendar.staff.forms.page_forms import ChosenTimesForm
from app.i18n import CATALOGUES, LANGUAGES, Language, answer_in
from app.i18n import lazy_gettext as _l
from app.minutes.forms import MinutesForm, minutes_form
from app.web.forms import BaseForm, LineField, LongTextField, RadioField, SelectField, SelectMultipleField

LINE = UUID(int=1)
CHOICES = [SelectChoice("a", "A"), SelectChoice(str(LINE), "Line")]
LONG = "x" * 5000
BAD = (LONG, "", " ", "x\r\nx", "\x00", "\u200b", "\ud800", "hverken-eller", "-1", "1e9", "²", "99.99.9999")
BAD_ALONE = (LONG, "", "\ud800", "-1")
LANGUAGES_TO_SEE = [one for one in LANGUAGES if one.code in ("en", "ar")]


@cache
def forms() -> list[type[Form]]:
    """Return every form of the house."""
    for path in sorted(Path("app").rglob("*forms*")):
        if path.suffix == ".py" or (path / "__init__.py").exists():
            import_module(".".join(path.with_suffix("").parts))
        for one in path.glob("*.py"):
            import_module(".".join(one.with_suffix("").parts))
    made = minutes_form(2, [(LINE, "Anna"), (LINE, "Line")], first_day=date(2026, 3, 2))
    known = {one for one in {*_below(Form), made} if one.__module__.startswith("app.") or one is made}
    return sorted(known, key=lambda one: one.__qualname__)  # the same for each worker


def _below(form: type[Form]) -> Iterator[type[Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)


def filled(form: type[Form], sent: dict[str, str]) -> Form:
    """Return the form as it was sent, with something to choose from where a page would offer it."""
    made = form(MultiDict(sent))
    for one in made:
        if getattr(one, "choices", CHOICES) in (None, []):
            one.choices = CHOICES
    return made


def right(form: type[Form], which: int) -> dict[str, str]:
    """Return what may well be right in each field; of choices the first or the last."""
    found = {}
    for one in filled(form, {}):
        offered = list(getattr(one, "choices", ()) or ())
        found[one.name] = offered[which].value if offered else "2"
    return found


def bad(form: type[Form]) -> Iterator[dict[str, str]]:
    """Yield what nobody should send: bad in each field, and in all of them."""
    names = [one.name for one in form()]
    yield {}
    yield from (dict.fromkeys(names, words) for words in BAD)
    for which in (0, -1):
        fine = right(form, which)
        yield from (fine | {name: words} for name, words in product(names, BAD_ALONE))


def problems(form: type[Form], sent: dict[str, str]) -> list[str]:
    """Return every sentence that a form says of what was sent."""
    made = filled(form, sent)
    made.validate()
    said = _all_of(made)
    for check in (
        lambda: isinstance(made, DatesForm) and made.check(date(2026, 3, 2)),
        lambda: isinstance(made, ChosenTimesForm) and made.check_times(timedelta(hours=1), only_one="En."),
        lambda: isinstance(made, InvitationForm) and made.read(),
    ):
        check()
        said += _all_of(made)
    return [one for one in said if one != "En."]


def _all_of(made: Form) -> list[str]:
    return [*map(str, made.form_errors), *(str(one) for field in made for one in field.errors)]


@cache
def danish_texts() -> frozenset[str]:
    with (CATALOGUES / "en/LC_MESSAGES/messages.po").open("rb") as file:
        return frozenset(one.id for one in read_po(file) if isinstance(one.id, str) and one.id)


def is_ours(said: str) -> bool:
    """Say whether it is a Danish text of the catalogue, whatever stands for its names and numbers."""
    asked = (one for one in danish_texts() if "%(" in one and one[:8] == said[:8])
    return said in danish_texts() or any(
        re.fullmatch(re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(one)), said) for one in asked
    )


@cache
def wtforms_sentences() -> set[str]:
    """Return every sentence that WTForms can say by itself."""
    found = set()
    for path in Path(wtforms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("gettext"):
                found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return {one for one in found if isinstance(one, str)}


def in_language(language: Language) -> Any:
    """Return a request whose reader has chosen this language."""
    request = Flask("forms").test_request_context()
    request.push()
    answer_in(language)
    return request


def test_every_form_is_made_of_the_one_that_knows_our_sentences() -> None:
    assert {one.__name__ for one in forms() if not issubclass(one, BaseForm)} == set()
    assert len(forms()) > 20


@pytest.mark.parametrize("form", forms(), ids=lambda one: one.__name__)
def test_whatever_is_sent_is_answered_in_sentences_of_ours(form: type[Form]) -> None:
    said = {one for sent in bad(form) for one in problems(form, sent)}
    assert said & wtforms_sentences() == set()
    assert [one for one in said if not is_ours(one) or one[-1] != "."] == []


@pytest.mark.parametrize("language", LANGUAGES_TO_SEE, ids=lambda one: one.code)
def test_the_sentences_are_in_the_readers_language(language: Language) -> None:
    sent = {form: [dict.fromkeys([one.name for one in form()], words) for words in BAD] for form in forms()}
    danish = {one for form, all_sent in sent.items() for each in all_sent for one in problems(form, each)}
    request = in_language(language)
    try:
        told = {one for form, all_sent in sent.items() for each in all_sent for one in problems(form, each)}
    finally:
        request.pop()
    assert len(told) > 15
    assert told & danish == set()


class OneOfEach(BaseForm):
    line = LineField(most=5, missing=_l("Skriv, hvad I skal tale om."))
    text = LongTextField(most=5)
    one = RadioField(choices=CHOICES)
    listed = SelectField(choices=CHOICES)
    some = SelectMultipleField(choices=CHOICES, missing=_l("Vælg mindst én, der skal med."))
    any_of = SelectMultipleField(choices=CHOICES)
    foreign = wtforms.IntegerField(validators=[InputRequired()])  # a field that says something of its own


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        ("line", " \n ", "Skriv, hvad I skal tale om."),
        ("line", "1\r\n345", ""),
        ("line", "1 3456", "Din tekst er 1 tegn for lang. Gør den kortere. Den står her endnu."),
        ("text", "1\n3456789", "Din tekst er 4 tegn for lang. Gør den kortere. Den står her endnu."),
        ("text", "", ""),
        ("one", "b", "Vælg et svar."),
        ("listed", "b", "Vælg en fra listen."),
        ("some", "b", "Vælg mindst én, der skal med."),
        ("any_of", "b", "Vælg en fra listen."),
        ("some", None, "Vælg mindst én, der skal med."),
        ("foreign", "x", "Det her kan ikke bruges. Ret det, og send igen."),
        ("foreign", "", "Det her kan ikke bruges. Ret det, og send igen."),
    ],
)
def test_each_field_says_what_to_do(field: str, sent: str | None, said: str) -> None:
    form = OneOfEach(MultiDict({} if sent is None else {field: sent}))
    form.validate()
    assert [str(one) for one in form[field].errors][:1] == ([said] if said else [])
    assert form[field].data is None or "\r" not in str(form[field].data)


def test_a_problem_of_the_whole_form_stands_beside_the_others() -> None:
    form = MinutesForm(MultiDict({"key": "0" * 32}))
    form.say("Et")
    form.say("To")
    assert form.form_errors == ["Et", "To"]
    assert form.key.data != "0" * 32  # sent again it is a new intent
