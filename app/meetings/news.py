"""What can be told of meetings."""

from app.i18n import gettext as _
from app.i18n import ngettext
from app.meetings.hidden import IS_HIDDEN
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.notifications.rules import AboutTable, Link, NewsGroup, NoticeKind

MEETINGS = AboutTable(Meeting.id, Meeting.state, IS_HIDDEN)


def link_to_meeting(news: NewsGroup) -> Link:
    """Return the way to the one meeting, or to the calendar."""
    return Link("calendar.meeting", {"meeting_id": news.about}) if news.about else Link("calendar.index")


def _is_proposed(news: NewsGroup) -> bool:
    return news.detail is MeetingState.PROPOSED


def _say_new(news: NewsGroup) -> str:
    """Return that somebody called meetings; while they wait for an answer they are only proposed."""
    if _is_proposed(news):
        return ngettext(
            "%(who)s foreslår et møde. Vælg en tid.",
            "%(who)s foreslår %(num)s møder. Vælg tider.",
            news.count,
            who=news.who,
        )
    return ngettext(
        "%(who)s har sat et møde i din kalender.",
        "%(who)s har sat %(num)s møder i din kalender.",
        news.count,
        who=news.who,
    )


MEETING_NEW = NoticeKind(
    "meeting_new",
    link_to_meeting,
    _say_new,
    lambda news: _("%(citizen)s: Der er et nyt møde.", citizen=news.citizen),
    about=MEETINGS,
    apart=_is_proposed,
    revision="meeting_booked",
)
MEETING_ANSWERED = NoticeKind(
    "meeting_answered",
    link_to_meeting,
    lambda news: ngettext(
        "%(who)s skrev dit svar ned. Se, om det passer.",
        "%(who)s skrev %(num)s svar ned for dig. Se, om de passer.",
        news.count,
        who=news.who,
    ),
    lambda news: _("%(citizen)s: Der er svaret på et møde.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_answered",
)
MEETING_MOVED = NoticeKind(
    "meeting_moved",
    link_to_meeting,
    lambda news: _("%(who)s har flyttet et møde.", who=news.who),
    lambda news: _("%(citizen)s: Et møde er flyttet.", citizen=news.citizen),
    revision="meeting_moved",
)
MEETING_TIMES_OFFERED = NoticeKind(  # the agreed time stands until one of them is chosen
    "meeting_times_offered",
    link_to_meeting,
    lambda news: _("%(who)s har fundet nye tider til et møde. Vælg en.", who=news.who),
    lambda news: _("%(citizen)s: Der er foreslået nye tider til et møde.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_times_offered",
)
MEETING_LEFT = NoticeKind(  # told to those who are in it no more: it may not be theirs to see
    "meeting_left",
    lambda _news: Link("calendar.index"),
    to_helper=lambda news: _("%(citizen)s: Du er ikke længere med i et møde.", citizen=news.citizen),
)
MEETING_CHANGED = NoticeKind(  # all of it but its time
    "meeting_changed",
    link_to_meeting,
    lambda news: _("%(who)s har ændret et møde. Se, hvad der er nyt.", who=news.who),
    lambda news: _("%(citizen)s: Et møde er ændret.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_changed",
)
MEETING_CANCELLED = NoticeKind(
    "meeting_cancelled",
    link_to_meeting,
    lambda news: _("%(who)s har aflyst et møde.", who=news.who),
    lambda news: _("%(citizen)s: Et møde er aflyst.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_cancelled",
)
MEETING_RESTORED = NoticeKind(
    "meeting_restored",
    link_to_meeting,
    lambda news: _("%(who)s har fortrudt. Mødet er ikke længere aflyst.", who=news.who),
    lambda news: _("%(citizen)s: Et møde er ikke længere aflyst.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_restored",
)
MEETING_EXPIRED = NoticeKind(
    "meeting_expired",
    link_to_meeting,
    lambda _news: _("Et forslag til et møde er udløbet. Du skal ikke gøre noget."),
    lambda news: _("%(citizen)s: Et forslag til et møde er udløbet.", citizen=news.citizen),
    beside_question=True,
    revision="meeting_expired",
)
MEETING_SOON = NoticeKind(
    "meeting_soon",
    link_to_meeting,
    lambda _news: _("Du har snart en aftale."),
    beside_question=True,
)
MEETING_TASK_LATE = NoticeKind(  # told to those who must settle it
    "meeting_task_late",
    link_to_meeting,
    to_helper=lambda news: _("%(citizen)s: Noget om et møde er ikke klaret til tiden.", citizen=news.citizen),
)
PROPOSAL_SENT = NoticeKind(  # from the line, told to who made it
    "proposal_sent",
    link_to_meeting,
    to_helper=lambda news: _("%(citizen)s: Dit forslag i køen er sendt.", citizen=news.citizen),
)
PROPOSAL_RETURNED = NoticeKind(  # out of the line, unsent
    "proposal_returned",
    lambda news: Link("queued.show", {"queued_id": news.about}) if news.about else Link("calendar.index"),
    to_helper=lambda news: _("%(citizen)s: Dit forslag i køen er kommet tilbage.", citizen=news.citizen),
)
