from wtforms import BooleanField, Form, StringField

from app.i18n import lazy_gettext as _l

PHONE_MOST = 60


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
