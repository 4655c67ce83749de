"""The forms themselves, each for one page."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import ValidationError

from app.booking.series import FEWEST, MOST_OCCURRENCES
from app.calendar.staff.forms.meeting_fields import (
    WHY_MOST,
    MeetingFieldsForm,
    MeetingVersionForm,
    choices_of,
    meeting_line,
    read_small_number,
    require_choice,
    require_length,
    require_text,
)
from app.calendar.staff.proposal import SearchWidth
from app.entries.forms import valid_key
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.meetings.rules import MOST_OPTIONS, Slot

REASON_MOST = 300
LENGTHS = ("15", "30", "45", "60", "90", "120")
WITHIN = {  # days from now
    "7": _l("Inden for en uge"),
    "14": _l("Inden for to uger"),
    "28": _l("Inden for fire uger"),
    "56": _l("Inden for otte uger"),
}
ONCE = "0"
EVERY = {
    ONCE: _l("Nej, det er ét møde"),
    "1": _l("Hver uge"),
    "2": _l("Hver anden uge"),
    "4": _l("Hver fjerde uge"),
}
YES, NO = "ja", "nej"
YEARS = range(2000, 9000)  # in which a time can be counted on from


def read_start(text: str) -> datetime | None:
    """Return the moment that a chosen time begins; None for what no page of ours sends."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.utcoffset() is None or found.year not in YEARS:
        return None
    return found.astimezone(UTC)


class ChosenTimesForm(Form):
    """Times that were ticked, of those shown."""

    tid = SelectMultipleField(_l("Hvilke tider vil du foreslå?"), choices=[], validate_choice=False)
    senere = HiddenField()  # look two weeks longer
    timer = HiddenField()  # look before and after office hours too

    @property
    def wide(self) -> SearchWidth:
        """How far is looked for times."""
        return SearchWidth(later=bool(self.senere.data), hours=bool(self.timer.data))

    def slots(self, length: timedelta) -> list[Slot]:
        """Return the chosen times, the earliest first."""
        starts = {read_start(one) for one in self.tid.data or ()} - {None}
        return sorted(Slot(start, start + length) for start in starts if start)

    def check_times(self, length: timedelta, *, only_one: str = "") -> bool:
        """Say whether the chosen times can be proposed; `only_one` is what is said when it must be one."""
        slots = self.slots(length)
        problem = ""
        if not slots:
            problem = _("Vælg mindst én tid.")
        elif len(slots) > MOST_OPTIONS:
            problem = _("Vælg højst tre tider.")
        elif only_one and len(slots) > 1:
            problem = only_one
        elif any(one.overlaps(other) for one, other in pairwise(slots)):
            problem = _("To af tiderne ligger oven i hinanden. Vælg kun den ene.")
        self.tid.errors = [problem] if problem else []
        return not problem

    def say(self, sentence: str) -> None:
        """Show one more problem; what was chosen and typed stands."""
        self.form_errors: list[str] = [*self.form_errors, sentence]


class ProposeForm(ChosenTimesForm, MeetingFieldsForm):
    """Why somebody should meet, who, how, and how often. The times come after."""

    key = HiddenField(filters=[valid_key])
    minutes = SelectField(_l("Hvor længe?"), default="45", validate_choice=False)
    within = SelectField(
        _l("Hvornår skal mødet være?"), choices=choices_of(WITHIN), default="14", validate_choice=False
    )
    duty = RadioField(
        _l("Er det en pligt at komme?"),
        choices=[SelectChoice(NO, _l("Nej, det er et tilbud")), SelectChoice(YES, _l("Ja, det er en pligt"))],
        default=NO,
        validate_choice=False,
    )
    every = SelectField(
        _l("Skal mødet gentages?"), choices=choices_of(EVERY), default=ONCE, validate_choice=False
    )
    times = StringField(_l("Hvor mange møder i alt?"))
    said_yes = BooleanField()

    def validate_why(self, field: Field) -> None:
        require_text(field, WHY_MOST, _("Skriv én sætning om, hvorfor I skal mødes."))

    def validate_minutes(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_within(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_duty(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_every(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_times(self, field: Field) -> None:
        count = read_small_number(field.data)
        if self.every.data != ONCE and (count is None or not FEWEST <= count <= MOST_OCCURRENCES):
            raise ValidationError(_("Skriv et tal fra 2 til 30."))

    @property
    def in_series(self) -> bool:
        return bool(self.every.data != ONCE)

    @property
    def every_weeks(self) -> int:
        return int(self.every.data)

    @property
    def occurrences(self) -> int:
        return read_small_number(self.times.data) or FEWEST

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=int(self.minutes.data))

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed, as hidden fields of the next step; the times are chosen there."""
        left = ("tid", "said_yes", "welcome", "needed")
        single = [(one.name, one.data or "") for one in self if one.name not in left]
        return single + [(name, one) for name in ("needed", "welcome") for one in self[name].data or ()]


class CancelMeetingForm(MeetingVersionForm):
    """Why a meeting will not be, for the citizen to read."""

    reason = StringField(_l("Hvorfor bliver mødet aflyst?"), filters=[meeting_line])

    def validate_reason(self, field: Field) -> None:
        require_text(field, REASON_MOST, _("Skriv én sætning om, hvorfor mødet bliver aflyst."))


class EndSeriesForm(CancelMeetingForm):
    """Why the rest of a series will not be. `rest` is which meetings the page showed, and how each stood."""

    rest = HiddenField()


ASK, MOVE, SAID_YES = "spoerg", "flyt", "ja"


class NewTimesForm(ChosenTimesForm, MeetingVersionForm):
    """Other times for a meeting, and what the citizen has said to them."""

    how = RadioField(_l("Hvad skal der ske?"), validate_choice=False)

    def validate_how(self, field: Field) -> None:
        require_choice(field, {field.data})


class RecordReplyForm(MeetingVersionForm):
    """What a citizen said on the phone."""

    said = RadioField(validate_choice=False)

    def validate_said(self, field: Field) -> None:
        require_choice(field, {field.data})


class EditMeetingForm(ChosenTimesForm, MeetingFieldsForm, MeetingVersionForm):
    """A meeting as it is to be. `before` is how the page showed it, so that what was not touched is known."""

    before = HiddenField()
    passer = HiddenField()  # whether the sentence that says why still fits has been asked

    def validate_why(self, field: Field) -> None:
        require_length(field, WHY_MOST)
