"""One message: a text, what it is about, and the draft it was written in."""

from uuid import UUID

from wtforms import HiddenField

from app.i18n import lazy_gettext as _l
from app.messages.rules import WORDS_MOST, About, DraftVersion
from app.typed_text import read_id
from app.web.forms import BaseForm, KeyedForm, LongTextField


class MessageForm(KeyedForm):
    """What is written in the thread, by either."""

    words = LongTextField(_l("Skriv en besked"), most=WORDS_MOST, missing=_l("Skriv, hvad du vil sige."))
    om = HiddenField()
    kladde = HiddenField()
    seneste = HiddenField()  # the newest message that the page showed

    @property
    def about(self) -> About | None:
        return About.read(self.om.data)

    @property
    def draft(self) -> DraftVersion | None:
        return DraftVersion.read(self.kladde.data)

    @property
    def seen_id(self) -> UUID | None:
        return read_id(self.seneste.data)


class PlanAnswerForm(BaseForm):
    """The citizen's own words as they are to stand in the plan, and whom they were told can read them."""

    words = LongTextField(
        _l("Sådan skal det stå i planen"), most=WORDS_MOST, missing=_l("Skriv, hvad der skal stå i planen.")
    )
    laesere = HiddenField()
