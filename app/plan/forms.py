"""The yes to one plan, and what each professional may see of it."""

from datetime import date
from typing import Any

from wtforms import HiddenField, SelectChoice, StringField

from app.access.policy import PlanExtent
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.plan.queries import TeamReader
from app.typed_text import read_day_parts
from app.web.forms import BaseForm, RadioField


class ConsentForm(BaseForm):
    """The button that says yes: nothing is typed, so nothing can be wrong but that it is of an older text.

    `version` is of the text that stood on the page: the one that was read.
    """

    version = HiddenField()


class AccessForm(BaseForm):
    """How much of the plan one professional may see, and the last day of it if there is to be one."""

    extent = RadioField(missing=_l("Vælg, hvad der må ses."))
    last_day = StringField(_l("Dag"))
    last_month = StringField(_l("Måned"))
    last_year = StringField(_l("År"))

    reader: TeamReader
    until: date | None = None  # what was read, when all is well

    @classmethod
    def of(cls, reader: TeamReader, sent: Any = None, *, areas: str) -> "AccessForm":
        """Return the form about this professional: as it was sent, or as it stands.

        `areas` names what they help with, in the reader's language; empty: it is not to be told.
        """
        form = cls(sent) if sent is not None else cls(**_standing(reader))
        form.reader = reader
        form.extent.label.text = _("Hvad må %(name)s se?", name=reader.helper.first_name)
        form.extent.choices = [
            SelectChoice(PlanExtent.PLAN.value, _("Hele planen")),
            *([SelectChoice(PlanExtent.AREA.value, _("Kun %(areas)s", areas=areas))] if areas else []),
            SelectChoice(PlanExtent.NONE.value, _("Ikke planen")),
        ]
        return form

    def check(self, today: date) -> bool:
        """Say whether a choice is made, and the day is one to come; the form says what is wrong."""
        right = self.validate()
        try:
            self.until = read_day_parts(self.last_year.data, self.last_month.data, self.last_day.data)
        except ValueError:
            self.last_day.errors = [_("Skriv dagen med tal, for eksempel 3 12 2026.")]
            return False
        if self.until and self.extent.data == PlanExtent.NONE:
            self.last_day.errors = [_("Du har valgt »Ikke planen«. Så skal du ikke skrive en dag.")]
        elif self.until and self.until < today:
            self.last_day.errors = [_("Dagen er gået. Skriv en senere dag.")]
        return right and not self.last_day.errors


def _standing(reader: TeamReader) -> dict[str, Any]:
    """Return what the form says as it stands. A last day that has passed is for nothing any more."""
    last = reader.until if reader.extent is not PlanExtent.NONE else None
    parts = {"last_day": last.day, "last_month": last.month, "last_year": last.year} if last else {}
    return {"extent": reader.extent.value, **parts}
