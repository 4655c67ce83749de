"""What can be told of the ways in."""

from app.i18n import gettext as _
from app.i18n import long_datetime
from app.notifications.rules import Link, NoticeKind

# So that a stranger's way in is noticed.
DEVICE_NEW = NoticeKind(
    "device_new",
    lambda _news: Link("invitation.offer"),
    to_helper=lambda news: _(
        "%(name)s fik en ny adgangsnøgle %(when)s. Kender du ikke til den, så ring til %(name)s.",
        name=news.citizen,
        when=long_datetime(news.at),
    ),
    apart=lambda one: one.about,
    urgent=True,
)
