from datetime import MAXYEAR, MINYEAR, datetime

from wtforms import Form, StringField

from app.i18n import gettext as _
from app.meetings.rules import Reply

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
