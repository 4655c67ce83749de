from wtforms import BooleanField, Form, StringField

from app.calendar.rules import Reply
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

PHONE_MOST = 60


class ReplyForm(Form):
    """The one tap that answers a meeting."""

    reply = StringField()

    def validate(self, extra_validators: object = None) -> bool:
        if self.reply.data in set(Reply):
            return True
        self.form_errors.append(_("Vælg et af svarene."))
        return False


class FeedForm(Form):
    """A phone that is to read one's meetings: what it is called, and whether it is told more."""

    name = StringField(_l("Hvad skal telefonen hedde?"))
    detailed = BooleanField(_l("Vis også, hvad mødet handler om, hvor det er, og hvem der er med"))

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
