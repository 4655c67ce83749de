"""What the pages of those who help are sent. No field takes a time of day: times are shown, then chosen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

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

from app.calendar.booking.series import FEWEST, MOST_OCCURRENCES
from app.calendar.rules import BRING_MOST, MOST_OPTIONS, PLACE_MOST, PURPOSE_MOST, Channel, Slot
from app.entries.forms import known_key
from app.entries.rules import plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

WHY_MOST = 300  # one sentence
REASON_MOST = 300
ELSEWHERE = ""  # the choice of a place that is not on the list
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
CHANNELS = {
    Channel.IN_PERSON: _l("Ansigt til ansigt"),
    Channel.PHONE: _l("På telefon"),
    Channel.VIDEO: _l("På video"),
    Channel.HOME: _l("Hjemme"),
}
YES, NO = "ja", "nej"
MOST_DIGITS = 5
YEARS = range(2000, 9000)  # in which a time can be counted on from


def one_line(text: str | None) -> str:
    """Return what somebody wrote, on one line."""
    return " ".join(plain_text(text).split())


def choices_of(named: dict[str, str] | dict[Channel, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), words) for value, words in named.items()]


def read_start(text: str) -> datetime | None:
    """Return the moment that a chosen time begins; None for what no page of ours sends."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.utcoffset() is None or found.year not in YEARS:
        return None
    return found.astimezone(UTC)


def read_number(text: str | None) -> int | None:
    """Return a small whole number, or None."""
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else None


def read_ids(values: Sequence[str]) -> tuple[UUID, ...]:
    """Return ids that a page of ours sent; they have been looked for among the choices."""
    return tuple(UUID(one) for one in values)


class Chosen(Form):
    """Times that were ticked, of those shown."""

    tid = SelectMultipleField(_l("Hvilke tider vil du foreslå?"), choices=[], validate_choice=False)

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


class NeedForm(Chosen):
    """Why somebody should meet, who, and how. The times come after."""

    key = HiddenField(filters=[known_key])
    purpose = StringField(_l("Hvad skal I tale om?"), filters=[one_line])
    why = StringField(_l("Hvorfor?"), filters=[one_line])
    needed = SelectMultipleField(_l("Hvem skal med?"), validate_choice=False)
    welcome = SelectMultipleField(_l("Hvem må gerne komme?"), validate_choice=False)
    minutes = SelectField(_l("Hvor længe?"), default="45", validate_choice=False)
    within = SelectField(
        _l("Hvornår skal mødet være?"), choices=choices_of(WITHIN), default="14", validate_choice=False
    )
    channel = RadioField(_l("Hvordan mødes I?"), validate_choice=False)
    place_id = SelectField(_l("Hvilket sted?"), default=ELSEWHERE, validate_choice=False)
    place = StringField(_l("Hvor?"), filters=[one_line])
    bring = StringField(filters=[one_line])
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
    interpreter = HiddenField()  # who interprets at the times that are shown
    said_yes = BooleanField()

    def validate_purpose(self, field: Field) -> None:
        _must_say(field, PURPOSE_MOST, _("Skriv, hvad I skal tale om."))

    def validate_why(self, field: Field) -> None:
        _must_say(field, WHY_MOST, _("Skriv én sætning om, hvorfor I skal mødes."))

    def validate_bring(self, field: Field) -> None:
        _must_fit(field, BRING_MOST)

    def validate_place(self, field: Field) -> None:
        if self.channel.data == Channel.IN_PERSON and self.place_id.data == ELSEWHERE:
            _must_say(field, PLACE_MOST, _("Skriv, hvor I skal mødes."))

    def validate_needed(self, field: Field) -> None:
        if not field.data or not set(field.data) <= _values(field):
            raise ValidationError(_("Vælg mindst én, der skal med."))

    def validate_welcome(self, field: Field) -> None:
        _must_be_there(field, set(field.data or ()))

    def validate_minutes(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_within(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_channel(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_place_id(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_duty(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_every(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    def validate_times(self, field: Field) -> None:
        count = read_number(field.data)
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
        return read_number(self.times.data) or FEWEST

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=int(self.minutes.data))

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed, as hidden fields of the next step; the times are chosen there."""
        left = ("tid", "said_yes", "welcome", "needed")
        single = [(one.name, one.data or "") for one in self if one.name not in left]
        return single + [(name, one) for name in ("needed", "welcome") for one in self[name].data or ()]

    @property
    def interpreter_id(self) -> UUID | None:
        try:
            return UUID(self.interpreter.data or "")
        except ValueError:
            return None


class CancelForm(Form):
    """Why a meeting will not be, for the citizen to read."""

    seen = HiddenField()
    reason = StringField(_l("Hvorfor bliver mødet aflyst?"), filters=[one_line])

    def validate_reason(self, field: Field) -> None:
        _must_say(field, REASON_MOST, _("Skriv én sætning om, hvorfor mødet bliver aflyst."))

    @property
    def sequence(self) -> int:
        return _sequence(self.seen)


ASK, MOVE, SAID_YES = "spoerg", "flyt", "ja"


class NewTimesForm(Chosen):
    """Other times for a meeting, and what the citizen has said to them."""

    seen = HiddenField()
    how = RadioField(_l("Hvad skal der ske?"), validate_choice=False)

    def validate_how(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    @property
    def sequence(self) -> int:
        return _sequence(self.seen)


class SaidForm(Form):
    """What a citizen said on the phone."""

    seen = HiddenField()
    said = RadioField(validate_choice=False)

    def validate_said(self, field: Field) -> None:
        _must_be_there(field, {field.data})

    @property
    def sequence(self) -> int:
        return _sequence(self.seen)


def _sequence(field: Field) -> int:
    """Return which state of the meeting the page showed; -1, which none has, if it does not say."""
    found = read_number(field.data)
    return -1 if found is None else found


def _values(field: Field) -> set[str]:
    return {str(one.value) for one in field.choices}


def _must_be_there(field: Field, chosen: set[str | None]) -> None:
    if not chosen <= _values(field):
        raise ValidationError(_("Vælg en fra listen."))


def _must_say(field: Field, most: int, sentence: str) -> None:
    if not field.data:
        raise ValidationError(sentence)
    _must_fit(field, most)


def _must_fit(field: Field, most: int) -> None:
    over = len(field.data) - most
    if over > 0:
        text = _("Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over)
        raise ValidationError(text)
