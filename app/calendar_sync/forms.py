from wtforms import BooleanField, StringField

from app.i18n import lazy_gettext as _l
from app.typed_text import single_line
from app.web.forms import BaseForm

PHONE_MOST = 60


class FeedForm(BaseForm):
    """A phone that is to read one's meetings: what it is called, and whether it is told more."""

    name = StringField(_l("Hvad skal telefonen hedde?"))
    detailed = BooleanField(_l("Vis også emne, sted og personer"))

    @property
    def chosen_name(self) -> str:
        """What the owner typed, on one line; empty if nothing."""
        return single_line(self.name.data)[:PHONE_MOST].strip()


class BusyForm(BaseForm):
    """The address at which a professional's own calendar is published."""

    url = StringField(_l("Kalenderens adresse"))

    @property
    def typed(self) -> str:
        return (self.url.data or "").strip()

    def refuse(self, sentence: str) -> None:
        """Say at the field why the address can't be used."""
        self.url.errors = [sentence]
