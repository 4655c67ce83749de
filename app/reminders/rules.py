"""How much one reminds oneself of in one, and what can be said no to. Pure."""

from app.errors import Refused

WORDS_MOST = 100


class ReminderChanged(Refused):
    """Somebody else has changed it since it was read."""

    reason = "Det er lige blevet rettet. Se, hvad der står nu, før du gemmer. Det, du skrev, står her endnu."
