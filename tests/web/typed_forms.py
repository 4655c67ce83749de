"""The forms of a page as a browser knows them, filled in as a person would: no two fields have one word."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count

from flask import Flask

# Every form with a field that is seen, by its route: what test_nothing_typed_is_lost.py sweeps.
MEETING = {
    "purpose",
    "why",
    "needed",
    "welcome",
    "channel",
    "place_id",
    "place",
    "video_link",
    "interpreter",
    "bring",
}
FIELDS = {
    "absence.register": {"person", "first", "last", "substitute"},
    "absence.save": {"first", "last", "substitute"},
    "account.add_passkey": {"name"},
    "account.save_settings": {"text_size", "language"},
    "assessments.save": {"answer", "words"},
    "administration_import.preview": {"new_departments"},
    "administration_new.add_citizen": {
        *("name", "number", "email", "phone", "born", "language", "protected", "contact")
    },
    "administration_new.add_staff": {
        *("name", "number", "email", "phone", "title", "role", "department", "first", "last")
    },
    "administration_new.give_contact": {"contact"},
    "administration_people.find": {"wanted"},
    "administration_roles.end": {"what", "last", "to"},
    "administration_roles.give": {"role", "department", "first", "last"},
    "administration_systems.make": {"name", "scopes"},
    "availability.add": {"hard", "kind"},
    "availability.answer": {"answer"},
    "busy.save": {"url"},
    "caseload.read": {"words"},
    "day_reminder.add": {"citizen", "words", "due"},
    "caseload.talk": {"words"},
    "edit.save": {*MEETING, "tid"},
    "end_series.confirm_end": {"reason"},
    "entries.add": {"words"},
    "entries.revise": {"words"},
    "feed.make": {"name", "detailed"},
    "goal_details.save": {"area", "dream", "because"},
    "goals.answer": {"answer", "words"},
    "handover.confirm": {"citizens", "to", "on", "note"},
    "handover_led.confirm": {"person", "to", "on", "note"},
    "hours.save": {"hours"},
    "inclusion.answer": {"words"},
    "messages.write": {"words"},
    "minutes.save": {"words", "words_", "kind_", "doer_", "due_", "goal_"},
    "minutes.save_own_words": {"words"},
    "plan_access.choose": {"extent", "last_day", "last_month", "last_year"},
    "new_work.add_promise": {"words", "who", "due", "goal"},
    "new_work.add_step": {"words", "who", "due", "goal"},
    "promises.save": {"words", "due", "reason"},
    "propose.propose": {
        *(*MEETING, "minutes", "within", "day", "clock", "duty", "every", "times", "tid", "said_yes", "dag")
    },
    "reminders.add": {"words", "due"},
    "reminders.save": {"words", "due"},
    "settle.confirm_cancel": {"reason"},
    "settle.settle": {"tid", "how", "which"},
    "swap.confirm": {"other", "how"},
    "settle.write_answer": {"said"},
    "step_proposals.add": {"words", "due", "goal"},
    "step_proposals.save": {"words", "due", "goal"},
    "steps.halt": {"how", "reason"},
}
SECRET = {"invitation.claim_code": {"code"}}  # an invitation's code is given back to nobody
UNSEEN = ("hidden", "submit", "radio", "checkbox", "option")  # what stands in them can't be read
GIVEN_BACK = "kept-"  # how the ids begin on the page of a refusal


@dataclass(slots=True)
class Control:
    """One input, option or textarea: what it sends, and the words that stand at it."""

    name: str
    kind: str  # the input's type, or the tag
    value: str
    on: bool = False  # checked or selected
    id: str = ""
    words: str = ""  # of an option


@dataclass(slots=True)
class PageForm:
    """A form that is sent by POST. `button`: the first that would send it, if it says which it is."""

    action: str
    controls: list[Control] = field(default_factory=list)
    button: tuple[str, str] | None = None

    @property
    def visible(self) -> list[Control]:
        """What is typed or chosen; not a file, which lies where it was: no page can give one back."""
        return [one for one in self.controls if one.kind not in ("hidden", "submit", "file")]

    @property
    def fields(self) -> set[str]:
        """The names of what is seen; those of many lines once."""
        return {one.name.rstrip("0123456789") for one in self.visible}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        return [(one.name, one.value) for one in self.controls if one.kind == "hidden"]


class FormsOfPage(HTMLParser):
    """Reads the forms, the label of each control, and the text of each element that has a class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.controls: list[Control] = []
        self.labels: dict[str, str] = {}  # by the id of what they belong to
        self._form: PageForm | None = None
        self._into: list[Control] = []
        self._label: str | None = None
        self._note = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {key: value or "" for key, value in attrs}
        if tag == "form" and has.get("method") == "post" and has["action"] != "/hurtig-vaek":  # on every page
            self._form = PageForm(has["action"])
            self.forms.append(self._form)
        elif tag == "label":
            self._label = has["for"]
            self.labels.setdefault(self._label, "")
        elif tag == "button" and self._form and "name" in has and self._form.button is None:
            self._form.button = (has["name"], has["value"])
        elif tag == "select":
            self._select = has
        self._note = "note" in has.get("class", "")
        if tag in ("input", "option", "textarea"):
            self._control(tag, has)

    def _control(self, tag: str, has: dict[str, str]) -> None:
        of = self._select if tag == "option" else has
        kind = has.get("type", "text") if tag == "input" else tag
        made = Control(
            of.get("name", ""), kind, has.get("value", ""), {"checked", "selected"} & has.keys() != set()
        )
        made.id = of.get("id", "")
        self.controls.append(made)
        if self._form is not None and made.name:
            self._form.controls.append(made)
        if tag != "input":
            self._into.append(made)

    def handle_endtag(self, tag: str) -> None:
        self._note = False
        if tag == "form":
            self._form = None
        elif tag == "label":
            self._label = None
        elif tag in ("option", "textarea"):
            made = self._into.pop()
            if tag == "textarea":
                made.value = made.words.removeprefix("\n")

    def handle_data(self, data: str) -> None:
        for one in self._into:
            one.words += data
        if self._label is not None and not self._note:
            self.labels[self._label] += data


@dataclass(slots=True)
class FilledForm:
    """A form as it is sent; and by field's name what its writer would miss, were it not given back."""

    form: PageForm
    pairs: list[tuple[str, str]]
    typed: dict[str, str]  # the unique words
    chosen: dict[str, str]  # the words of what was ticked or picked
    values: dict[str, str]  # and what it is sent as
    labels: dict[str, str]  # of what was typed


def fill(form: PageForm, labels: dict[str, str], *, words: Iterator[int], more: str = "") -> FilledForm:
    """Type words of its own into each field, with `more` behind, and choose the last of each list."""
    filled = FilledForm(form, form.hidden.copy(), {}, {}, {}, {})
    for one in form.visible:
        if one.kind in ("radio", "checkbox", "option"):
            if one.value:  # the last one stands
                filled.chosen[one.name] = " ".join((one.words or labels.get(one.id, "")).split())
                filled.values[one.name] = one.value
        else:
            filled.typed[one.name] = f"ord{next(words)}ende"
            filled.labels[one.name] = labels[one.id].partition("(frivilligt)")[0].strip()
            filled.pairs.append((one.name, filled.typed[one.name] + more))
    filled.pairs += filled.values.items()
    if form.button:
        filled.pairs.append(form.button)
    return filled


def lost(filled: FilledForm, html: str) -> set[str]:
    """Return the fields that an answer does not give back: as their words, or in the form itself."""
    page = FormsOfPage(html)
    shown = [" ".join(one.value.split()) for one in page.controls if one.kind not in UNSEEN]
    titles = [words.strip() for of, words in page.labels.items() if of.startswith(GIVEN_BACK)]
    gone = {name for name, word in filled.typed.items() if not any(word in one for one in shown)}
    gone |= {name for name, label in filled.labels.items() if titles and label not in titles}
    for name, said in filled.chosen.items():
        stands = any(
            one.name == name and one.on and one.value == filled.values[name] for one in page.controls
        )
        told = f"<li>{said}</li>" in html  # a time that can't be had any more, in words
        if not stands and not told and not any(said in one for one in (*shown, *titles)):
            gone.add(name)
    return gone


def endpoint_of(app: Flask, form: PageForm) -> str:
    return str(app.url_map.bind("localhost").match(form.action, "POST")[0])


def unswept(app: Flask, html: str) -> set[tuple[str, str]]:
    """Return the fields of a page's forms that nobody has looked after when they are refused."""
    known = FIELDS | SECRET
    forms = [(endpoint_of(app, one), one.fields) for one in FormsOfPage(html).forms if one.visible]
    return {(route, name) for route, names in forms for name in names - known.get(route, set())}


def numbers() -> Iterator[int]:
    return count(100)
