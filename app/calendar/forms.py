from datetime import datetime

from wtforms import StringField

from app.i18n import gettext as _
from app.meetings.rules import Reply
from app.typed_text import read_aware_datetime, read_whole_number
from app.web.forms import BaseForm

DIGITS = 5  # of a position or a sequence


class ReplyForm(BaseForm):
    """The one tap that answers a meeting: what, to which of its times, and what the page showed."""

    reply = StringField()
    tid = StringField()  # the option's position; empty: the only time
    seen = StringField()  # the meeting's sequence as the page showed it
    stood = StringField()  # and the answer that stood then

    def validate(self, extra_validators: object = None) -> bool:
        if self.reply.data in set(Reply) and self.position != 0:
            return True
        self.say(_("Vælg et af svarene."))
        return False

    @property
    def position(self) -> int | None:
        """Which of the times; None: none was named; 0: what was sent is no number."""
        return _number(self.tid.data)

    @property
    def sequence(self) -> int | None:
        return _number(self.seen.data)


class TimeForm(BaseForm):
    """A time that the citizen chose of those shown."""

    start = StringField()
    seen = StringField()
    stood = StringField()

    def validate(self, extra_validators: object = None) -> bool:
        if self.chosen is not None and self.sequence is not None:
            return True
        self.say(_("Vælg en af tiderne."))
        return False

    @property
    def chosen(self) -> datetime | None:
        return read_aware_datetime(self.start.data)

    @property
    def sequence(self) -> int | None:
        return _number(self.seen.data)


def _number(text: str | None) -> int | None:
    """Return a small whole number; None: nothing was sent; 0: something else was."""
    return read_whole_number(text, most_digits=DIGITS) or 0 if text else None
