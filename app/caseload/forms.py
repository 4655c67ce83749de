"""What those who help send: a kind sentence to the citizen, when they are away, and whom they hand over."""

from datetime import date, timedelta
from uuid import UUID

from wtforms import HiddenField, StringField

from app.entries.rules import REPLY_MOST
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.plan.absence_queries import AbsenceInput
from app.plan.forms import CHOOSE_COLLEAGUE, NAME_MOST, ColleagueField, ColleagueForm
from app.plan.handovers import HandoverInput
from app.typed_text import read_day, read_id
from app.web.forms import NOT_A_DAY, BaseForm, LineField, LongTextField, SelectMultipleField

FARTHEST = timedelta(days=366)
NOTE_MOST = 1000


class ReadForm(BaseForm):
    """One field, and it may be empty: a sentence to one who has shown how it goes."""

    words = LongTextField(_l("Vil du skrive en sætning?"), most=REPLY_MOST)


class TalkForm(BaseForm):
    """One field: what to talk about, said kindly."""

    words = LongTextField(
        _l("Skriv en venlig sætning"),
        most=REPLY_MOST,
        missing=_l("Skriv en venlig sætning om det, I skal tale om."),
    )


def _read(field: StringField) -> date | None:
    """Return the day that was typed; None, and the field says so, if it is none."""
    try:
        day = read_day(field.data)
    except ValueError:
        day = None
    if day is None:
        field.errors = [str(NOT_A_DAY)]
    return day


class AbsenceForm(ColleagueForm):
    """Who is away, from which day to which, and who stands in. Nobody is asked why."""

    person = ColleagueField(_l("Hvem er væk?"), missing=_l("Vælg, hvem der er væk."))
    find_person = LineField(_l("Navnet på den, der er væk"), most=NAME_MOST)
    found_person = HiddenField()
    first = StringField(_l("Første dag"))
    last = StringField(_l("Sidste dag"))
    substitute = ColleagueField(
        _l("Hvem er vikar?"), missing=_l("Vælg, hvem der er vikar."), blank=CHOOSE_COLLEAGUE
    )
    find_substitute = LineField(_l("Vikarens navn"), most=NAME_MOST)
    found_substitute = HiddenField()

    _days: tuple[date, date]  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        first, last = _read(self.first), _read(self.last)
        if not self.substitute.data:
            self.substitute.errors = self.substitute.errors or [str(self.substitute.missing)]
        elif self.person.data == self.substitute.data:  # who is never offered
            self.substitute.errors = [_("Vælg en anden end den, der er væk.")]
        if first and last:
            self._check_days(first, last, today)
            self._days = first, last
        return fine and not self.errors

    def _check_days(self, first: date, last: date, today: date) -> None:
        if last < first:
            self.last.errors = [_("Den sidste dag kan ikke ligge før den første.")]
        elif last < today:
            self.last.errors = [_("Dagene er gået. Skriv nogle senere dage.")]
        elif last - today > FARTHEST:
            self.last.errors = [_("Skriv højst et år frem.")]

    @property
    def person_id(self) -> UUID:
        return UUID(self.person.data)

    @property
    def written(self) -> AbsenceInput:
        """What was written. Only of a form that is valid."""
        return AbsenceInput(*self._days, UUID(self.substitute.data))


class _HandoverForm(ColleagueForm):
    """Which colleague takes over, from which day, and a word along the way."""

    to = ColleagueField(
        _l("Hvem tager over?"), missing=_l("Vælg, hvem der tager over."), blank=CHOOSE_COLLEAGUE
    )
    find_to = LineField(_l("Navnet på den, der tager over"), most=NAME_MOST)
    found_to = HiddenField()
    on = StringField(_l("Fra hvilken dag?"))
    note = LongTextField(_l("Et par ord med på vejen"), most=NOTE_MOST)

    _day: date | None = None  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        if not self.to.data and not self.to.errors:
            self.to.errors = [str(self.to.missing)]
        self._day = _read(self.on) if self.on.data else today
        if self._day and self._day < today:
            self.on.errors = [_("Dagen er gået. Vælg dagen i dag eller en senere dag.")]
        elif self._day and self._day - today > FARTHEST:
            self.on.errors = [_("Skriv højst et år frem.")]
        return fine and not self.errors

    @property
    def day(self) -> date:
        """From when. Only of a form that is valid."""
        if self._day is None:
            raise ValueError("the form is not valid")
        return self._day

    @property
    def to_name(self) -> str:
        """Who takes over. Only of a form that is valid."""
        return next(str(one.label) for one in self.to.choices if one.value == self.to.data)

    def written(self, from_id: UUID) -> HandoverInput:
        """Return what was written. Only of a form that is valid."""
        return HandoverInput(from_id, UUID(self.to.data), self.day, self.note.data or None)


class HandoverForm(_HandoverForm):
    """Which citizens go over."""

    citizens = SelectMultipleField(
        _l("Hvilke borgere?"), missing=_l("Vælg mindst én borger."), validate_choice=False
    )

    @property
    def citizen_ids(self) -> set[UUID]:
        """Whom it is about; what is no id is nobody."""
        return {found for found in map(read_id, self.citizens.data or ()) if found}


class LedHandoverForm(_HandoverForm):
    """Whose citizens go over, all of them."""

    person = ColleagueField(
        _l("Hvilken kollegas borgere?"), missing=_l("Vælg en kollega."), blank=CHOOSE_COLLEAGUE
    )
    find_person = LineField(_l("Navnet på den, der har borgerne nu"), most=NAME_MOST)
    found_person = HiddenField()

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = super().check(today)
        if not self.person.data:
            self.person.errors = self.person.errors or [str(self.person.missing)]
        elif self.person.data == self.to.data:
            self.to.errors = [_("Vælg en anden end den, der har borgerne nu.")]
        return fine and not self.errors
