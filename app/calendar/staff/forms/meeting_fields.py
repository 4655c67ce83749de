"""What forms about a meeting share: what it is about, who, how and where; and which state of it was seen."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Field, HiddenField, SelectChoice, StringField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.meetings.rules import BRING_MOST, PLACE_MOST, PURPOSE_MOST, Channel
from app.meetings.video_link import LINK_MOST, read_link
from app.typed_text import read_whole_number, single_line
from app.web.forms import (
    BaseForm,
    LineField,
    RadioField,
    SelectField,
    SelectMultipleField,
    require_text,
)

WHY_MOST = 300  # one sentence
ELSEWHERE = ""  # the choice of a place that is not on the list
CHANNELS = {
    Channel.IN_PERSON: _l("Ansigt til ansigt"),
    Channel.PHONE: _l("På telefon"),
    Channel.VIDEO: _l("På video"),
    Channel.HOME: _l("Hjemme"),
}


def choices_of(named: dict[str, str] | dict[Channel, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), words) for value, words in named.items()]


def read_ids(values: Sequence[str]) -> tuple[UUID, ...]:
    """Return ids that a page of ours sent; they have been looked for among the choices."""
    return tuple(UUID(one) for one in values)


class MeetingFieldsForm(BaseForm):
    """Why somebody should meet, who, how and where. When is another matter."""

    purpose = LineField(
        _l("Hvad skal I tale om?"), most=PURPOSE_MOST, missing=_l("Skriv, hvad I skal tale om.")
    )
    why = LineField(_l("Hvorfor?"), most=WHY_MOST)
    needed = SelectMultipleField(_l("Hvem skal med?"), missing=_l("Vælg mindst én, der skal med."))
    welcome = SelectMultipleField(_l("Hvem må gerne komme?"))
    channel = RadioField(_l("Hvordan mødes I?"))
    place_id = SelectField(_l("Hvilket sted?"), default=ELSEWHERE)
    place = StringField(_l("Hvor?"), filters=[single_line])
    video_link = LineField(_l("Link til videomødet"), most=LINK_MOST)
    interpreter = SelectField(_l("Hvem tolker?"), default="")
    bring = LineField(most=BRING_MOST)

    def validate_place(self, field: Field) -> None:
        if self.channel.data == Channel.IN_PERSON and self.place_id.data == ELSEWHERE:
            require_text(field, PLACE_MOST, _("Skriv, hvor I skal mødes."))

    def validate_video_link(self, field: Field) -> None:
        if self.channel.data == Channel.VIDEO and field.data and read_link(field.data) is None:
            raise StopValidation(_("Indsæt hele linket. Det begynder med https://"))

    @property
    def typed_link(self) -> str | None:
        """The link, where it counts."""
        return read_link(self.video_link.data or "") if self.channel.data == Channel.VIDEO else None

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


class MeetingVersionForm(BaseForm):
    """A form about one meeting, which says which state of it the page showed."""

    seen = HiddenField()

    @property
    def sequence(self) -> int:
        """The state that was seen; -1, which none has, if the page does not say."""
        found = read_whole_number(self.seen.data)
        return -1 if found is None else found
