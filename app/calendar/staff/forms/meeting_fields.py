"""What forms about a meeting share: what it is about, who, how and where; and which state of it was seen."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import (
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

from app.entries.rules import plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.meetings.rules import BRING_MOST, PLACE_MOST, PURPOSE_MOST, Channel

WHY_MOST = 300  # one sentence
ELSEWHERE = ""  # the choice of a place that is not on the list
CHANNELS = {
    Channel.IN_PERSON: _l("Ansigt til ansigt"),
    Channel.PHONE: _l("På telefon"),
    Channel.VIDEO: _l("På video"),
    Channel.HOME: _l("Hjemme"),
}
MOST_DIGITS = 5


def meeting_line(text: str | None) -> str:
    """Return what somebody wrote, on one line."""
    return " ".join(plain_text(text).split())


def choices_of(named: dict[str, str] | dict[Channel, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), words) for value, words in named.items()]


def read_small_number(text: str | None) -> int | None:
    """Return a small whole number, or None."""
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else None


def read_ids(values: Sequence[str]) -> tuple[UUID, ...]:
    """Return ids that a page of ours sent; they have been looked for among the choices."""
    return tuple(UUID(one) for one in values)


def require_choice(field: Field, chosen: set[str | None]) -> None:
    if not chosen <= _values(field):
        raise ValidationError(_("Vælg en fra listen."))


def require_text(field: Field, most: int, sentence: str) -> None:
    if not field.data:
        raise ValidationError(sentence)
    require_length(field, most)


def require_length(field: Field, most: int) -> None:
    over = len(field.data) - most
    if over > 0:
        text = _("Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over)
        raise ValidationError(text)


def _values(field: Field) -> set[str]:
    return {str(one.value) for one in field.choices}


class MeetingFieldsForm(Form):
    """Why somebody should meet, who, how and where. When is another matter."""

    purpose = StringField(_l("Hvad skal I tale om?"), filters=[meeting_line])
    why = StringField(_l("Hvorfor?"), filters=[meeting_line])
    needed = SelectMultipleField(_l("Hvem skal med?"), validate_choice=False)
    welcome = SelectMultipleField(_l("Hvem må gerne komme?"), validate_choice=False)
    channel = RadioField(_l("Hvordan mødes I?"), validate_choice=False)
    place_id = SelectField(_l("Hvilket sted?"), default=ELSEWHERE, validate_choice=False)
    place = StringField(_l("Hvor?"), filters=[meeting_line])
    interpreter = SelectField(_l("Hvem tolker?"), default="", validate_choice=False)
    bring = StringField(filters=[meeting_line])

    def validate_purpose(self, field: Field) -> None:
        require_text(field, PURPOSE_MOST, _("Skriv, hvad I skal tale om."))

    def validate_bring(self, field: Field) -> None:
        require_length(field, BRING_MOST)

    def validate_place(self, field: Field) -> None:
        if self.channel.data == Channel.IN_PERSON and self.place_id.data == ELSEWHERE:
            require_text(field, PLACE_MOST, _("Skriv, hvor I skal mødes."))

    def validate_needed(self, field: Field) -> None:
        if not field.data or not set(field.data) <= _values(field):
            raise ValidationError(_("Vælg mindst én, der skal med."))

    def validate_welcome(self, field: Field) -> None:
        require_choice(field, set(field.data or ()))

    def validate_channel(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_place_id(self, field: Field) -> None:
        require_choice(field, {field.data})

    def validate_interpreter(self, field: Field) -> None:
        require_choice(field, {field.data})

    @property
    def interpreter_id(self) -> UUID | None:
        return UUID(self.interpreter.data) if self.interpreter.data else None

    @property
    def with_ids(self) -> tuple[UUID, ...]:
        return read_ids(self.needed.data)

    @property
    def optional_ids(self) -> tuple[UUID, ...]:
        """Who may come; somebody who must is not among them."""
        return tuple(one for one in read_ids(self.welcome.data or ()) if one not in self.with_ids)

    @property
    def known_place(self) -> str:
        """The chosen place or room; ELSEWHERE when it is typed, or they don't meet at a place."""
        return self.place_id.data if self.channel.data == Channel.IN_PERSON else ELSEWHERE

    @property
    def typed_place(self) -> str | None:
        """The place as it was typed, where it counts."""
        typed = self.channel.data == Channel.IN_PERSON and not self.known_place
        return self.place.data or None if typed else None


class MeetingVersionForm(Form):
    """A form about one meeting, which says which state of it the page showed."""

    seen = HiddenField()

    @property
    def sequence(self) -> int:
        """The state that was seen; -1, which none has, if the page does not say."""
        found = read_small_number(self.seen.data)
        return -1 if found is None else found
