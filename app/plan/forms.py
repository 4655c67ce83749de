"""The yes to one plan, and what each professional may see of it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wtforms import Form, HiddenField, SelectChoice, StringField
from wtforms.validators import StopValidation

from app.access.policy import PlanExtent
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.plan.colleagues import Colleague, ColleagueOffer, ColleagueSearch, Group, Likely
from app.plan.queries import TeamReader
from app.typed_text import read_day_parts, read_id
from app.web.forms import BaseForm, RadioField, SelectField

NAME_MOST = 100
ENTER = "enter"  # what the Enter key presses, in a form that has a search
CHOOSE_COLLEAGUE = _l("Vælg en kollega")
WHICH = _l("Vælg en af dem, vi fandt.")
NOBODY = _l("Ingen hedder det. Prøv et andet stykke af navnet.")


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


class ColleagueField(SelectField):
    """A colleague: one of a list, or of many one who is looked for by name in the same form.

    The form has two more fields for that: what is looked for, and what of it the page has shown.
    """

    searched = False
    unsettled = False  # a name was typed, and nobody is chosen by it
    found: int | None = None
    more = False
    about: Mapping[str, tuple[Colleague, Likely | None]] = MappingProxyType({})  # by value

    def __init__(self, label: Any = None, *, blank: Any = None, optional: bool = False, **more: Any) -> None:
        super().__init__(label, **more)
        self.blank = blank  # what a list begins with, so that nobody is chosen by accident; None: nothing
        self.optional = optional

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent. Where no button was pressed it is nobody, and not whom the form began with."""
        self.data = ""
        super().process_formdata(valuelist)

    def pre_validate(self, form: Form) -> None:
        if not self.searched:
            super().pre_validate(form)
        elif self.unsettled:
            raise StopValidation(str(WHICH if self.found else NOBODY))
        elif (self.data or not self.optional) and self.data not in self.about:
            raise StopValidation(str(self.missing))


class ColleagueForm(BaseForm):
    """A form in which colleagues are chosen."""

    def read_search(self, name: str, group: Group, me: UUID, *, whose: UUID | None = None) -> ColleagueSearch:
        """Return what is to be looked for, for a field of these."""
        wanted, shown = self[f"find_{name}"].data or "", self[f"found_{name}"].data or ""
        chosen = read_id(self[name].data or "")
        return ColleagueSearch(group, me, chosen, wanted, bool(wanted) and wanted != shown, whose)

    def take_offer(self, name: str, offer: ColleagueOffer, labels: Mapping[UUID, str] | None = None) -> None:
        """Offer these in a field, by their names or as `labels` says."""
        chooser, is_new = self[name], self[f"find_{name}"].data != self[f"found_{name}"].data
        said = labels or {}
        chooser.choices = [SelectChoice(str(one.id), said.get(one.id, one.name)) for one in offer.listed]
        chooser.searched, chooser.found, chooser.more = offer.searched, offer.found, offer.more
        chooser.about = {str(one.id): (one, offer.likely.get(one.id)) for one in offer.listed}
        if not offer.searched:
            blank = [SelectChoice("", str(chooser.blank))] if chooser.blank else []
            chooser.choices = blank + chooser.choices
            self.drop_search(name)
            return
        if is_new and offer.found is not None:
            chooser.data = str(offer.chosen or "")
            chooser.unsettled = not chooser.data
        self[f"found_{name}"].data = self[f"find_{name}"].data

    def drop_search(self, name: str) -> None:
        """Let a field have no search: what there is to choose stands in its list."""
        del self[f"find_{name}"]
        del self[f"found_{name}"]

    def is_search(self, pressed: str | None) -> bool:
        """Say whether a name is looked for before the form is taken: as asked, or as Enter leaves it open."""
        unsettled = any(getattr(one, "unsettled", False) for one in self)
        return unsettled if pressed == ENTER else pressed is not None
