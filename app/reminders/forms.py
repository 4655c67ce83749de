from datetime import date

from wtforms import HiddenField, StringField

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reminders.rules import WORDS_MOST
from app.typed_text import read_whole_number
from app.web.forms import BaseForm, KeyedForm, LineField, SelectField, check_day

WHAT, WHAT_MISSING = _l("Hvad skal du huske?"), _l("Skriv, hvad du skal huske. Et par ord er nok.")
BY_WHEN = _l("Senest hvornår?")
ABOUT_MISSING = _l("Vælg, hvem det handler om.")
NOBODY = ""  # the value of no citizen


class _Dated(BaseForm):
    """A form that says by when."""

    day: date  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        day = check_day(self.due, today, _("Skriv, hvornår du senest skal huske det."))
        self.day = day or today
        return fine and not self.errors


class ReminderForm(KeyedForm, _Dated):
    """A new reminder: what, and by when."""

    words = LineField(WHAT, most=WORDS_MOST, missing=WHAT_MISSING)
    due = StringField(BY_WHEN)


class ReminderOfSomebodyForm(KeyedForm, _Dated):
    """The same where it is not told yet about whom."""

    citizen = SelectField(_l("Hvem handler det om?"), missing=ABOUT_MISSING)
    words = LineField(WHAT, most=WORDS_MOST, missing=WHAT_MISSING)
    due = StringField(BY_WHEN)

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = super().check(today)
        if self.citizen.data == NOBODY:
            self.citizen.errors = [str(ABOUT_MISSING)]
        return fine and not self.errors


class ChangeForm(_Dated):
    """Other words or another day, seen as it was at a version."""

    version = HiddenField()
    words = LineField(WHAT, most=WORDS_MOST, missing=WHAT_MISSING)
    due = StringField(BY_WHEN)

    @property
    def seen(self) -> int:
        """The version that was read; 0, which none has, if the form does not say."""
        return read_whole_number(self.version.data) or 0
