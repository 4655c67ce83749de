"""What the wish pages are sent. Nothing is chosen beforehand that nobody has said."""

from datetime import date

from wtforms import Field, HiddenField, SelectChoice, StringField
from wtforms.validators import ValidationError

from app.availability.rules import WishKind
from app.availability.steps import TIMES
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.typed_text import read_day_parts
from app.web.forms import BaseForm, LineField, RadioField, SelectField

COMPANION_MOST = 100
LANGUAGE_MOST = 60


class TopicForm(BaseForm):
    """One question with its answers."""

    answer = RadioField()


class CompanionForm(BaseForm):
    """Who comes along, in the citizen's own words; empty when nobody does."""

    answer = LineField(most=COMPANION_MOST)


class LanguageForm(BaseForm):
    """What the interpreter speaks, in the citizen's own words."""

    answer = LineField(most=LANGUAGE_MOST, missing=_l("Skriv, hvilket sprog tolken skal tale."))


class DatesForm(BaseForm):
    """The first and the last day, as people write a day: Dag, Måned, År."""

    first_day = StringField(_l("Dag"))
    first_month = StringField(_l("Måned"))
    first_year = StringField(_l("År"))
    last_day = StringField(_l("Dag"))
    last_month = StringField(_l("Måned"))
    last_year = StringField(_l("År"))

    days: tuple[date, date] | None = None  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether the days can be read, come in order and are to come; the form says what is wrong."""
        first = self._day("first")
        last = self._day("last", first)
        if first is None:
            self.first_day.errors = [_("Skriv den første dag med tal, for eksempel 3 12 2026.")]
        elif last is None:
            self.last_day.errors = [_("Skriv den sidste dag med tal, for eksempel 5 12 2026.")]
        elif last < first:
            self.last_day.errors = [_("Den sidste dag kan ikke ligge før den første.")]
        elif last < today:
            self.first_day.errors = [_("Dagene er gået. Skriv nogle senere dage.")]
        else:
            self.days = first, last
        return self.days is not None

    def _day(self, which: str, otherwise: date | None = None) -> date | None:
        parts = [self[f"{which}_{part}"].data for part in ("year", "month", "day")]
        try:
            return read_day_parts(*parts) or otherwise
        except ValueError:
            return None


class HoursForm(BaseForm):
    """From when until when, on the wall."""

    fra = SelectField(_l("Fra kl."), choices=[SelectChoice(one, one) for one in TIMES], validate_choice=False)
    til = SelectField(_l("Til kl."), choices=[SelectChoice(one, one) for one in TIMES], validate_choice=False)

    def validate_til(self, field: Field) -> None:
        if field.data == self.fra.data or not {field.data, self.fra.data} <= set(TIMES):
            raise ValidationError(_("Vælg to forskellige tider."))


class WishForm(BaseForm):
    """How much it binds, and why if one will say: the kind is optional, and nobody else reads it."""

    dag, foerste, sidste, tid, fra, til = (HiddenField() for _n in range(6))
    hard = RadioField(
        _l("Kan du slet ikke, eller vil du bare helst være fri?"),
        choices=[
            SelectChoice("ja", _l("Jeg kan ikke")),
            SelectChoice("nej", _l("Jeg vil helst ikke")),
        ],
        missing=_l("Vælg, om du ikke kan, eller helst ikke vil."),
    )
    kind = RadioField(
        _l("Hvad er grunden?"),
        choices=[
            SelectChoice(WishKind.OTHER.value, _l("Ingen grund")),
            SelectChoice(WishKind.TREATMENT.value, _l("Behandling")),
            SelectChoice(WishKind.CHILD.value, _l("Mit barn")),
            SelectChoice(WishKind.REST.value, _l("Hvile")),
            SelectChoice(WishKind.ENERGY.value, _l("For få kræfter")),
        ],
        default=WishKind.OTHER.value,
        validate_choice=False,
    )

    @property
    def why(self) -> WishKind:
        """The kind, or that it is not told."""
        return WishKind(self.kind.data) if self.kind.data in set(WishKind) else WishKind.OTHER
