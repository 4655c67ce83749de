"""What an administrator sends: whom to find, a role with its days, and what ends."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from wtforms import BooleanField, FileField, HiddenField, SelectChoice, StringField

from app.administration.rules import RoleToGive
from app.dates.local_time import DANISH_TIME
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.identity.cpr import has_cpr
from app.identity.rules import STAFF, Role
from app.identity.tokens import NAME_MOST
from app.offboarding.rules import EndOfAccess
from app.plan.forms import CHOOSE_COLLEAGUE, ColleagueField, ColleagueForm
from app.typed_text import read_day
from app.web.forms import NOT_A_DAY, BaseForm, KeyedForm, LineField, SelectField, SelectMultipleField

FIND_MOST = 120
FARTHEST = timedelta(days=3653)
Words = list[tuple[str, str]]  # the choices of a list: each value, and what it is called
ALL = "alt"  # every role of somebody's work
# The server has another key than the database, and nobody is known by a number.
KEY_CHANGES = _l("Kommunens nøgle bliver skiftet lige nu. Intet er gemt. Prøv igen om lidt.")


class FindForm(BaseForm):
    """One field: a name, or what else somebody is known by. A CPR number is not looked for here."""

    wanted = LineField(
        _l("Navn, nummer, e-mail eller telefon"),
        most=FIND_MOST,
        missing=_l("Skriv et navn, et nummer, en e-mail eller et telefonnummer."),
    )

    def check(self) -> bool:
        """Say whether all is well; a CPR number is not given back either."""
        fine = self.validate()
        if has_cpr(self.wanted.data or ""):
            self.refuse_cpr()
        return fine and not self.errors

    @property
    def is_name(self) -> bool:
        """True when it can be a name alone."""
        return not any(sign.isdigit() or sign == "@" for sign in self.wanted.data)

    def refuse_cpr(self) -> None:
        """Say that a CPR number is not looked for, and don't give it back."""
        self.wanted.data = ""
        self.wanted.errors = [_("Skriv ikke et CPR-nummer her. Brug navn, e-mail eller telefon.")]


def select_choices(first: str, rest: Words) -> list[SelectChoice]:
    """Return the choices of a list that begins with none of them chosen."""
    return [SelectChoice("", first), *(SelectChoice(*one) for one in rest)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DANISH_TIME)


def read_coming_day(field: StringField, today: date) -> date | None:
    """Return the day that was typed, from today on; None where nothing was. The field says what is wrong."""
    try:
        day = read_day(field.data)
    except ValueError:
        field.errors = [str(NOT_A_DAY)]
        return None
    if day is not None and day < today:
        field.errors = [_("Dagen er gået. Vælg dagen i dag eller en senere dag.")]
    elif day is not None and day > today + FARTHEST:
        field.errors = [_("Skriv højst ti år frem.")]
    return day


class GiveRoleForm(BaseForm):
    """Which role, in which department, from which day and, if it ends, to which."""

    role = SelectField(_l("Hvilken rolle?"), missing=_l("Vælg en rolle."))
    department = SelectField(_l("I hvilken afdeling?"), missing=_l("Vælg en afdeling."))
    first = StringField(_l("Første dag"))
    last = StringField(_l("Sidste dag"))
    seen = HiddenField()

    _first: date | None = None  # what was read, when all is well
    _last: date | None = None

    def offer(self, roles: Words, departments: Words) -> None:
        """Offer these roles and these departments."""
        self.role.choices = select_choices(_("Vælg en rolle"), roles)
        self.department.choices = select_choices(_("Vælg en afdeling"), departments)

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        for field in (self.role, self.department):
            if not field.data and not field.errors:
                field.errors = [str(field.missing)]
        self._first, self._last = (
            read_coming_day(self.first, today) or today,
            read_coming_day(self.last, today),
        )
        if self._last and self._last < self._first and not self.last.errors:
            self.last.errors = [_("Den sidste dag kan ikke ligge før den første.")]
        return fine and not self.errors

    def written(self, person_id: UUID, today: date, now: datetime) -> RoleToGive:
        """Return what was written. Only of a form that is valid."""
        starts = now if self._first in (None, today) else midnight(self._first or today)
        ends = midnight(self._last + timedelta(days=1)) if self._last else None
        return RoleToGive(person_id, Role(self.role.data), starts, ends, UUID(self.department.data))


class EndRoleForm(ColleagueForm):
    """What ends, when, and who takes over the citizens of a contact person."""

    what = SelectField(_l("Hvad skal slutte?"), missing=_l("Vælg, hvad der skal slutte."))
    last = StringField(_l("Sidste dag"))
    to = ColleagueField(_l("Hvem overtager borgerne?"), blank=CHOOSE_COLLEAGUE, optional=True)
    find_to = LineField(_l("Navnet på den, der tager over"), most=NAME_MOST)
    found_to = HiddenField()

    _last: date | None = None

    def offer(self, roles: Words) -> None:
        """Offer these roles, all of them where several are work."""
        of_work = [value for value, _name in roles if value in STAFF]
        every = [(ALL, _("Alle roller som medarbejder"))] if len(of_work) > 1 else []
        self.what.choices = [SelectChoice(*one) for one in [*every, *roles]]

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        self._last = read_coming_day(self.last, today)
        return fine and not self.errors

    def written(self, person_id: UUID, now: datetime) -> EndOfAccess:
        """Return what was written. Only of a form that is valid."""
        at = midnight(self._last + timedelta(days=1)) if self._last else now
        role = None if self.what.data == ALL else Role(self.what.data)
        return EndOfAccess(person_id, at, role, UUID(self.to.data) if self.to.data else None)

    @property
    def can_choose(self) -> bool:
        """True when what is to end is offered."""
        return any(one.value == self.what.data for one in self.what.choices)

    @property
    def day(self) -> date | None:
        """The last day with access; None: it ends at once."""
        return self._last

    @property
    def to_name(self) -> str:
        """Who takes over; empty: nobody is chosen."""
        found = (str(one.label) for one in self.to.choices if one.value == self.to.data)
        return next(found, "") if self.to.data else ""

    @property
    def what_name(self) -> str:
        """What ends, in the words it was chosen by."""
        return next((str(one.label) for one in self.what.choices if one.value == self.what.data), "")


class KeyForm(KeyedForm):
    """Which system gets a key, and what it opens."""

    name = LineField(_l("Systemets navn"), most=NAME_MOST, missing=_l("Skriv systemets navn."))
    scopes = SelectMultipleField(_l("Hvad må systemet?"), missing=_l("Vælg mindst én ting."))

    def offer(self, scopes: Words) -> None:
        """Offer these scopes."""
        self.scopes.choices = [SelectChoice(*one) for one in scopes]

    def check(self) -> bool:
        """Say whether all is well; the form says what is wrong."""
        return bool(self.validate())


class ImportForm(BaseForm):
    """A list of people, and whether it may bring new departments."""

    file = FileField(_l("CSV-fil"))
    new_departments = BooleanField(_l("Filen må lave nye afdelinger"))
