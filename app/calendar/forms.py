from wtforms import Form, StringField

from app.calendar.rules import Reply
from app.i18n import gettext as _


class ReplyForm(Form):
    """The one tap that answers a meeting."""

    reply = StringField()

    def validate(self, extra_validators: object = None) -> bool:
        if self.reply.data in set(Reply):
            return True
        self.form_errors.append(_("Vælg et af svarene."))
        return False
