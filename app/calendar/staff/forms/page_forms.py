"""The forms themselves, each for one page."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from wtforms import BooleanField, Field, HiddenField, SelectChoice, StringField, ValidationError

from app.booking.series import FEWEST, MOST_OCCURRENCES
from app.calendar.staff.forms.meeting_fields import (
    WHY_MOST,
    MeetingFieldsForm,
    MeetingVersionForm,
    choices_of,
)
from app.calendar.staff.time_search import SearchWidth
from app.dates.local_time import to_instant
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.meetings.rules import MOST_OPTIONS, Slot
from app.typed_text import read_clock, read_day, read_whole_number
from app.web.forms import (
    NOT_A_DAY,
    BaseForm,
    LineField,
    RadioField,
    SelectField,
    SelectMultipleField,
    require_number,
    require_text,
    valid_key,
)

REASON_MOST = 300
LENGTHS = ("15", "30", "45", "60", "90", "120")
USUAL_LENGTH = "45"
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


class ChosenTimesForm(BaseForm):
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


class ProposeForm(ChosenTimesForm, MeetingFieldsForm):
    """Why somebody should meet, who, how, and how often. The times come after."""

    key = HiddenField(filters=[valid_key])
    besked = HiddenField()  # the message it is proposed because of
    soegt = HiddenField()  # what the times beside the form were found by; empty: none are shown
    minutes = SelectField(_l("Hvor længe?"), default=USUAL_LENGTH)
    within = SelectField(_l("Hvornår skal mødet være?"), choices=choices_of(WITHIN), default="14")
    day = StringField(_l("Hvilken dag?"))  # these two only when a time was agreed elsewhere
    clock = StringField(_l("Hvad tid begynder mødet?"))
    duty = RadioField(
        _l("Er det en pligt at komme?"),
        choices=[SelectChoice(NO, _l("Nej, det er et tilbud")), SelectChoice(YES, _l("Ja, det er en pligt"))],
        default=NO,
    )
    every = SelectField(_l("Skal mødet gentages?"), choices=choices_of(EVERY), default=ONCE)
    times = StringField(_l("Hvor mange møder i alt?"))
    said_yes = BooleanField()

    def validate_why(self, field: Field) -> None:
        require_text(field, WHY_MOST, _("Skriv én sætning om, hvorfor I skal mødes."))

    def validate_times(self, field: Field) -> None:
        if self.every.data != ONCE:
            require_number(field, FEWEST, MOST_OCCURRENCES)

    def validate_day(self, field: Field) -> None:
        if not (field.data or self.clock.data):
            return
        try:
            day = read_day(field.data)
        except ValueError:
            day = None
        if day is None:
            raise ValidationError(str(NOT_A_DAY))

    def validate_clock(self, field: Field) -> None:
        if (self.day.data or field.data) and read_clock(field.data) is None:
            raise ValidationError(_("Skriv klokken som 10.30."))
        readable = self.day.data and not (self.day.errors or self.minutes.errors)
        if readable and self.exact is None:
            raise ValidationError(_("Den tid findes ikke. Uret bliver stillet den nat."))

    @property
    def exact(self) -> Slot | None:
        """The time that was agreed elsewhere; None when times are to be found, or the clock skips it."""
        day, clock = read_day(self.day.data), read_clock(self.clock.data)
        start = to_instant(day, clock) if day and clock is not None else None
        return Slot(start, start + self.length) if start else None

    @property
    def in_series(self) -> bool:
        return bool(self.every.data != ONCE)

    @property
    def every_weeks(self) -> int:
        return int(self.every.data)

    @property
    def occurrences(self) -> int:
        return read_whole_number(self.times.data) or FEWEST

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=int(self.minutes.data))

    @property
    def chosen(self) -> list[Slot]:
        """The times that were ticked so far; as long as is usual while the length is none of ours."""
        minutes = self.minutes.data if self.minutes.data in LENGTHS else USUAL_LENGTH
        return self.slots(timedelta(minutes=int(minutes)))

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed, as hidden fields of the next step; the times are chosen there."""
        left = ("tid", "said_yes", "welcome", "needed")
        single = [(one.name, one.data or "") for one in self if one.name not in left]
        single += [("said_yes", "y")] if self.said_yes.data else []
        return single + [(name, one) for name in ("needed", "welcome") for one in self[name].data or ()]


class CancelMeetingForm(MeetingVersionForm):
    """Why a meeting will not be, for the citizen to read."""

    reason = LineField(
        _l("Hvorfor bliver mødet aflyst?"),
        most=REASON_MOST,
        missing=_l("Skriv én sætning om, hvorfor mødet bliver aflyst."),
    )


class EndSeriesForm(CancelMeetingForm):
    """Why the rest of a series will not be. `rest` is which meetings the page showed, and how each stood."""

    rest = HiddenField()


ASK, MOVE, SAID_YES = "spoerg", "flyt", "ja"


ALONE, REST = "alene", "resten"


class NewTimesForm(ChosenTimesForm, MeetingVersionForm):
    """Other times for a meeting, and what the citizen has said to them; `rest` of a series as shown."""

    how = RadioField(_l("Hvad skal der ske?"))
    which = RadioField(
        _l("Hvilke møder?"),
        choices=[
            SelectChoice(ALONE, _l("Kun det her møde")),
            SelectChoice(REST, _l("Det her og de næste møder")),
        ],
        default=ALONE,
    )
    rest = HiddenField()

    @property
    def moves_rest(self) -> bool:
        return bool(self.which.data == REST)


class SwapForm(MeetingVersionForm):
    """Another meeting to change times with, as its id and the state that was seen, and the citizen's word."""

    other = RadioField(
        _l("Hvilket møde skal det bytte tid med?"), missing=_l("Vælg det møde, der skal byttes tid med.")
    )
    how = RadioField(_l("Hvad skal der ske?"))


class RecordReplyForm(MeetingVersionForm):
    """What a citizen said on the phone."""

    said = RadioField()


class EditMeetingForm(ChosenTimesForm, MeetingFieldsForm, MeetingVersionForm):
    """A meeting as it is to be. `before` is how the page showed it, so that what was not touched is known."""

    before = HiddenField()
    passer = HiddenField()  # whether the sentence that says why still fits has been asked
