"""Gives back what was typed when a form is refused outside its own page: labelled, and fit to be sent again.

A form carries its labels itself, in a hidden field, in the words its writer saw. Who refuses may not be able
to ask anybody: the sign-in has ended, the tie has, or the database is gone.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import g, request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from app.i18n import gettext as _
from app.web.context import settings

LABELS = "felter"
SENDER = (
    "afsender"  # whose page the form stands on: nobody else who is signed in on this phone by then sends it
)
MOST_BYTES = 2 * 1024 * 1024  # that are given back to one we know; the server itself takes no more
SECRETS = frozenset({"code", "link", "credential"})  # an invitation, a phone's answer: never given back
UNLABELLED = ("words", "text", "message")  # of a form that does not say what its fields are called

Labels = dict[str, tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field as its writer saw it: the label, and what was typed or the words of what was chosen."""

    label: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TypedForm:
    """What came with a form that was refused. `whole`: every field of it is given back."""

    fields: tuple[TypedField, ...] = ()
    # As it was sent, key and version included; empty: it can't be sent again.
    carried: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    unreadable: bool = False  # something was sent, and it can't be shown


NOTHING = TypedForm(whole=True)
UNREADABLE = TypedForm(unreadable=True)
WITHHELD = TypedForm()


def labels_field(form: Any, *names: str, **more: tuple[str, Mapping[str, str]] | None) -> Markup:
    """Return the hidden fields that say whose form it is, what its fields are called, and their choices.

    `names`: only these of its fields. `more`: fields that the page has beside, each a label and its choices;
    None: a field that it does not show.
    """
    shown = [one for one in form if one.type != "HiddenField" and (not names or one.name in names)]
    labels: dict[str, Any] = {one.name: _label(one) for one in shown}
    labels |= {name: one and [_plain(one[0]), _strings(one[1])] for name, one in more.items()}
    said = {name: one for name, one in labels.items() if one}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    whose = hidden.format(SENDER, sender_mark(current_user.id)) if current_user.is_authenticated else Markup()
    return hidden.format(LABELS, text) + whose


def sender_mark(person_id: UUID) -> str:
    """Return what the forms on somebody's pages carry, so that nobody else sends them; it tells not who."""
    return hmac.digest(settings().phone_key.encode(), f"a form of {person_id}".encode(), "sha256").hex()[:32]


def _label(field: Any) -> str | list[Any]:
    label = _plain(field.label.text)
    if field.type == "BooleanField":
        return [label, {"y": _("Ja")}]
    choices = getattr(field, "choices", None)
    return [label, _strings({one.value: one.label for one in choices})] if choices else label


def _strings(choices: Mapping[Any, Any]) -> dict[str, str]:
    return {str(value): _plain(words) for value, words in choices.items()}


def _plain(words: Any) -> str:
    return words.unescape() if isinstance(words, Markup) else str(words)


def withhold_typed() -> None:
    """Give nothing back for the rest of this request: it may be somebody else's words."""
    g.typed_withheld = True


def read_typed(*, known: bool = False) -> TypedForm:
    """Return what came with this request. `known`: its sender is, so that more than a form's size is read."""
    if request.method in ("GET", "HEAD"):
        return NOTHING
    if "typed_withheld" in g:
        return WITHHELD
    try:
        return _typed(known=known)
    except HTTPException:  # too large to read at all
        return UNREADABLE


def _typed(*, known: bool) -> TypedForm:
    if known or current_user.is_authenticated:
        request.max_content_length = request.max_form_memory_size = MOST_BYTES
    sent = request.form
    if not sent:
        return NOTHING
    labels = read_labels(sent.get(LABELS, ""))
    if not labels:
        words = tuple(TypedField("", sent[name], False) for name in UNLABELLED if sent.get(name))
        return TypedForm(words)
    again = not SECRETS & sent.keys()
    return TypedForm(tuple(_fields(labels)), tuple(sent.items(multi=True)) if again else (), whole=True)


def _fields(labels: Labels) -> Iterator[TypedField]:
    for name, (label, choices) in labels.items():
        # Each once: a label names the words of a value, and must not make a small form a large page.
        values = [
            one for one in dict.fromkeys(request.form.getlist(name)) if one.strip() and name not in SECRETS
        ]
        if values:
            text = ", ".join(choices.get(one, one) for one in values)
            yield TypedField(label, text, bool(choices))


def read_labels(text: str) -> Labels:
    """Return what a form says of its fields, by name: the label, and the words of each choice."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    pairs = {name: one if isinstance(one, list) else [one, {}] for name, one in said.items()}
    return {name: (_clean(one[0]), _words(one[1])) for name, one in pairs.items() if _is_label(one)}


def _words(choices: Mapping[str, Any]) -> dict[str, str]:
    return {value: _clean(words) for value, words in choices.items() if isinstance(words, str)}


def _clean(words: str) -> str:
    """Return words from a browser without what no page can be written with."""
    return words.encode("utf-8", "replace").decode("utf-8")


def _is_label(said: list[Any]) -> bool:
    return len(said) == 2 and isinstance(said[0], str) and isinstance(said[1], dict)  # noqa: PLR2004


def from_sender(typed: TypedForm, sender: str | None) -> TypedForm:
    """Return what was typed so that only its writer can send it again; nobody, if that can't be known.

    `sender`: the mark of who is known to have sent it, if the form itself says nothing.
    """
    known = request.form.get(SENDER) or sender if typed.carried else None
    rest = tuple(pair for pair in typed.carried if pair[0] != SENDER)
    return replace(typed, carried=(*rest, (SENDER, known)) if known else ())
