from wtforms import HiddenField, SelectChoice, StringField
from wtforms.validators import Optional

from app.dates.office_hours import HOURS_MOST, read_hours, write_hours
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.i18n import offered
from app.identity.invitation_codes import read_code
from app.identity.invitations import InvitationClaim
from app.identity.rules import TextSize
from app.typed_text import single_line
from app.web.forms import BaseForm, RadioField

LINK_MOST = 100
NAME_MOST = 60
ANSWER_MOST = 32 * 1024  # a phone's answer is one or two thousand characters


def _languages() -> list[SelectChoice]:
    """Return the languages the app speaks today, each by its own name."""
    return [SelectChoice(one.code, one.own_name) for one in offered()]


class SettingsForm(BaseForm):
    """What people choose for themselves: the size of the words and the language."""

    text_size = RadioField(
        _l("Størrelse på teksten"),
        choices=[
            SelectChoice(TextSize.NORMAL.value, _l("Almindelig")),
            SelectChoice(TextSize.LARGE.value, _l("Stor")),
            SelectChoice(TextSize.LARGEST.value, _l("Størst")),
        ],
        missing=_l("Vælg en af de tre størrelser."),
    )
    language = RadioField(  # optional: where only one is offered, there is nothing to choose
        _l("Sprog"),
        choices=_languages,
        validators=[Optional()],
        missing=_l("Vælg et af sprogene."),
    )


class OfficeHoursForm(BaseForm):
    """When one who helps can be called; empty: not told."""

    hours = StringField(_l("Hvornår kan man ringe til dig?"))

    def read(self) -> str | None:
        """Return the hours as they are stored, or None; say so at the field if they can't be counted with."""
        typed = single_line(self.hours.data).strip()
        stored = write_hours(read_hours(typed))
        if typed and not 0 < len(stored) <= HOURS_MOST:
            self.hours.errors = [_("Skriv dage og tider som i eksemplet.")]
        return stored or None


class InvitationForm(BaseForm):
    """The code somebody types, or the secret of a link that a script put here."""

    code = StringField(_l("Din kode"))
    link = HiddenField()

    def read(self) -> InvitationClaim | None:
        """Return what somebody came with; None, and say so at the field, if it can't be a code at all."""
        link = (self.link.data or "").strip()
        if 0 < len(link) <= LINK_MOST:
            return InvitationClaim(link_secret=link)
        code = read_code(self.code.data or "")
        if code is None:
            self.code.errors = [_("Skriv de otte tegn fra invitationen. Der er to grupper med fire tegn.")]
            return None
        return InvitationClaim(code=code)

    def refuse(self) -> None:
        """Say that it does not work; which of the reasons it was is told to nobody."""
        self.code.errors = [
            _("Koden virker ikke. Se efter, om den er skrevet rigtigt."),
        ]


class PasskeyForm(BaseForm):
    """What a phone answers (put here by script), and what its owner calls it."""

    credential = HiddenField()
    name = StringField(_l("Hvad skal den hedde?"))

    @property
    def answer(self) -> str:
        """The phone's answer, or nothing if it is too long to be one."""
        said = self.credential.data or ""
        return said if len(said) <= ANSWER_MOST else ""

    @property
    def chosen_name(self) -> str:
        """What the owner typed, on one line; empty if nothing."""
        return single_line(self.name.data)[:NAME_MOST].strip()
