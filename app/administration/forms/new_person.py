"""Somebody new, as an administrator writes them: a colleague or a citizen. What a list takes, this takes.

What is written becomes the cells of a line (`people_import.rules.COLUMNS`). What is wrong with a cell is
found there, and said here in the words of a page.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hmac import digest

from wtforms import BooleanField, Field, SelectChoice, StringField

from app.administration.forms.acts import KEY_CHANGES, Words, midnight, read_coming_day, select_choices
from app.administration.rules import GIVEN
from app.dates.local_time import danish_day
from app.i18n import DANISH, offered
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.identity.cpr import has_cpr
from app.identity.rules import Role
from app.people_import import contacts
from app.people_import.fields import LONGEST, ROLES
from app.people_import.import_context import cell_context
from app.people_import.line_errors import WHOLE_FILE, BadFile, InvalidCell, LineProblem
from app.people_import.rules import read_one
from app.people_import.single import PersonToAdd
from app.web.forms import NOT_ON_THE_LIST, KeyedForm, LineField, SelectField

EMAIL_MOST, PHONE_MOST, BORN_MOST = 254, 40, 40

# A column of a list → the field of the form, and what is said of it where a cell can't be taken.
FIELDS = {
    "navn": ("name", _l("Skriv personens navn med bogstaver.")),
    "id": ("number", _l("Skriv nummeret, som det står i jeres system.")),
    "e-mail": ("email", _l("Skriv én e-mailadresse, f.eks. navn@eksempel.dk.")),
    "telefon": ("phone", _l("Skriv ét telefonnummer med otte tal, eller med + og landets kode.")),
    "titel": ("title", _l("Skriv titlen med bogstaver.")),
    "rolle": ("role", NOT_ON_THE_LIST),
    "afdeling": ("department", NOT_ON_THE_LIST),
    "fødselsdato": ("born", _l("Skriv fødselsdatoen som dag, måned og år, f.eks. 24-12-1990.")),
    "sprog": ("language", NOT_ON_THE_LIST),
    "kontaktperson": ("contact", _l("Skriv kontaktpersonens navn, nummer eller e-mail.")),
}
CONTACT_SAID = {
    contacts.CITIZENS_ONLY: _l("Kun en borger har en kontaktperson."),
    contacts.NOT_HERE: _l("Vi fandt ingen kontaktperson. Ret navnet, nummeret eller e-mailen."),
    contacts.NOT_BEGUN: _l("Kontaktpersonens rolle er ikke begyndt. Skriv en anden."),
    contacts.LEAVES: _l("Kontaktpersonens rolle har en slutdato. Skriv en, hvis rolle ikke har."),
    contacts.SEVERAL_WITH_EMAIL: _l("Flere kontaktpersoner har den e-mail. Skriv et nummer i stedet."),
    contacts.SEVERAL_OF_NAME: _l(
        "Flere kontaktpersoner hedder det samme. Skriv et nummer eller en e-mail i stedet."
    ),
    contacts.NO_CONTACT_PERSON: _l("Den, du har skrevet, har ikke rollen kontaktperson."),
}


class _SentForm(KeyedForm):
    """A form that is done once, and of which it is known whether it comes again as it was sent."""

    @property
    def sent(self) -> str:
        """Return a mark of all that is in it: by the way back the same form is sent with something else.

        It is kept with what was done, so nobody may guess from it what was typed: it is keyed with the form's
        own key, which is kept nowhere.
        """
        typed = [[field.name, field.data] for field in self if field is not self.key]
        return digest(str(self.key.data).encode(), json.dumps(typed).encode(), "sha256").hex()

    def say_other_key(self) -> None:
        """Say that nobody is known by a number now: the server has another key than the database."""
        self.say(str(KEY_CHANGES))


class ContactForm(_SentForm):
    """Who is contact person of a citizen who has none."""

    contact = LineField(
        _l("Hvem er kontaktperson?"), most=LONGEST, missing=_l("Skriv, hvem der skal være kontaktperson.")
    )

    def check(self) -> bool:
        """Say whether all is well; a CPR number is not given back."""
        self.validate()
        _refuse_cpr(self.contact)
        return not self.errors

    def refuse(self, why: InvalidCell | BadFile) -> None:
        """Say what a list would say of the cell, or of a database that can't take any."""
        if isinstance(why, BadFile):
            self.say(" ".join(problem.reason for problem in why.lines))
        else:
            self.contact.errors = [str(CONTACT_SAID.get(str(why), FIELDS["kontaktperson"][1]))]


def _refuse_cpr(field: Field) -> None:
    if isinstance(field.data, str) and has_cpr(field.data):
        field.data = ""
        field.errors = [_("Der står et CPR-nummer i feltet. Skriv noget andet.")]


class NewPersonForm(_SentForm):
    """Who somebody is, and what the municipality knows them by."""

    name = LineField(_l("Navn"), most=LONGEST, missing=_l("Skriv personens navn."))
    number = LineField(_l("Nummer i jeres fagsystem"), most=LONGEST)
    email = LineField(_l("E-mail"), most=EMAIL_MOST)
    phone = LineField(_l("Telefon"), most=PHONE_MOST)

    known_by: tuple[str, ...] = ("number", "email")  # one of these at least
    unknown = _l("Skriv et nummer eller en e-mail, så personen kan genkendes.")

    def check(self, now: datetime) -> bool:
        """Say whether all is well, each field what is wrong with it; a CPR number is not given back."""
        self.validate()
        for field in self:
            if field is not self.key:  # ours: digits in it are no number
                _refuse_cpr(field)
        known_by = [self[name] for name in self.known_by]
        if not any(field.data or field.errors for field in known_by):
            known_by[0].errors = [str(self.unknown)]
        self.check_more(danish_day(now))
        try:
            read_one(self.written(now).cells, cell_context(now))
        except BadFile as bad:
            self.refuse(bad.lines)
        return not self.errors

    def check_more(self, today: date) -> None:
        """Let the fields say what is wrong that this kind of person has alone."""

    def refuse(self, problems: Iterable[LineProblem]) -> None:
        """Say at each field what a list would say of its cell."""
        for problem in problems:
            if problem.line == WHOLE_FILE or problem.column not in FIELDS:
                self.say(problem.reason)
                continue
            name, said = FIELDS[problem.column]
            field = self[name]
            field.errors = field.errors or [str(CONTACT_SAID.get(problem.reason, said))]

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield what was written as the cells of a line."""
        for column in ("navn", "id", "e-mail", "telefon"):
            yield column, self[FIELDS[column][0]].data or ""

    def written(self, now: datetime) -> PersonToAdd:
        """Return what was written, once it is checked."""
        return PersonToAdd({column: cell for column, cell in self.cells() if cell})


class NewStaffForm(NewPersonForm):
    """A colleague, with one role from a day to another."""

    title = LineField(_l("Titel"), most=LONGEST)
    role = SelectField(_l("Hvilken rolle?"), missing=_l("Vælg en rolle."))
    department = SelectField(_l("I hvilken afdeling?"), missing=_l("Vælg en afdeling."))
    first = StringField(_l("Første dag"))
    last = StringField(_l("Sidste dag"))

    _first: date | None = None  # what was read, when all is well
    _last: date | None = None

    def offer(self, roles: Words, departments: Words) -> None:
        """Offer these roles and these departments; a department is sent by its name."""
        self.role.choices = select_choices(_("Vælg en rolle"), roles)
        self.department.choices = select_choices(_("Vælg en afdeling"), departments)

    def check_more(self, today: date) -> None:
        for field in (self.role, self.department):
            if not field.data and not field.errors:
                field.errors = [str(field.missing)]
        self._first, self._last = read_coming_day(self.first, today), read_coming_day(self.last, today)
        if self._last and self._last < (self._first or today) and not self.last.errors:
            self.last.errors = [_("Den sidste dag kan ikke ligge før den første.")]

    def cells(self) -> Iterator[tuple[str, str]]:
        yield from super().cells()
        yield "titel", self.title.data or ""
        yield "rolle", ROLES[Role(self.role.data)][0] if self.role.data in GIVEN else ""
        yield "afdeling", self.department.data or ""
        yield "til", self._last.isoformat() if self._last and self.role.data else ""

    def written(self, now: datetime) -> PersonToAdd:
        begins = midnight(self._first) if self._first and self._first > danish_day(now) else None
        return PersonToAdd(super().written(now).cells, begins)


class NewCitizenForm(NewPersonForm):
    """A citizen, with their contact person."""

    born = LineField(_l("Fødselsdato"), most=BORN_MOST)
    language = SelectField(_l("Sprog i Én plan"), default=DANISH.code)
    protected = BooleanField(_l("Personen har beskyttet adresse"))
    contact = LineField(_l("Hvem er kontaktperson?"), most=LONGEST)

    known_by = ("number", "email", "phone", "born")
    unknown = _l("Skriv nummer, e-mail, telefon eller fødselsdato, så personen kan genkendes.")

    def offer(self) -> None:
        """Offer the languages that the app speaks here, each by its own name."""
        self.language.choices = [SelectChoice(one.code, one.own_name) for one in offered()]

    def check_more(self, today: date) -> None:
        if not self.contact.data and not self.contact.errors:
            self.contact.errors = [_("Skriv, hvem der er kontaktperson. Hver borger skal have én.")]

    def cells(self) -> Iterator[tuple[str, str]]:
        yield from super().cells()
        yield "rolle", ROLES[Role.CITIZEN][0]
        yield "fødselsdato", self.born.data or ""
        yield "sprog", self.language.data or ""
        yield "beskyttet adresse", "ja" if self.protected.data else ""
        yield "kontaktperson", self.contact.data or ""
