from datetime import MAXYEAR, MINYEAR, datetime

from wtforms import BooleanField, Form, StringField

from app.calendar.rules import Reply
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

PHONE_MOST = 60
DIGITS = 5  # of a position or a sequence


class ReplyForm(Form):
    """The one tap that answers a meeting: what, to which of its times, and what the page showed."""

    reply = StringField()
    tid = StringField()  # the option's position; empty: the only time
    seen = StringField()  # the meeting's sequence as the page showed it

    def validate(self, extra_validators: object = None) -> bool:
        if self.reply.data in set(Reply) and self.position != 0:
            return True
        self.form_errors.append(_("Vælg et af svarene."))
        return False

    @property
    def position(self) -> int | None:
        """Which of the times; None: none was named; 0: what was sent is no number."""
        return _number(self.tid.data)

    @property
    def sequence(self) -> int | None:
        return _number(self.seen.data)


class TimeForm(Form):
    """A time that the citizen chose of those shown."""

    start = StringField()
    seen = StringField()

    def validate(self, extra_validators: object = None) -> bool:
        if self.chosen is not None and self.sequence is not None:
            return True
        self.form_errors.append(_("Vælg en af tiderne."))
        return False

    @property
    def chosen(self) -> datetime | None:
        try:
            found = datetime.fromisoformat(self.start.data or "")
        except ValueError:
            return None
        # At the edges of the calendar no hour can be added, and no other zone reckoned.
        return found if found.utcoffset() is not None and MINYEAR < found.year < MAXYEAR else None

    @property
    def sequence(self) -> int | None:
        return _number(self.seen.data)


def _number(text: str | None) -> int | None:
    """Return a small whole number; None: nothing was sent; 0: something else was."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


class FeedForm(Form):
    """A phone that is to read one's meetings: what it is called, and whether it is told more."""

    name = StringField(_l("Hvad skal telefonen hedde?"))
    detailed = BooleanField(_l("Vis også emne, sted og personer"))

    @property
    def chosen_name(self) -> str:
        """What the owner typed, on one line; empty if nothing."""
        printed = "".join(sign if sign.isprintable() else " " for sign in self.name.data or "")
        return " ".join(printed.split())[:PHONE_MOST].strip()


class BusyForm(Form):
    """The address at which a professional's own calendar is published."""

    url = StringField(_l("Kalenderens adresse"))

    @property
    def typed(self) -> str:
        return (self.url.data or "").strip()

    def refuse(self, sentence: str) -> None:
        """Say at the field why the address can't be used."""
        self.url.errors = [sentence]
