"""The link to a video meeting: which are taken, and when it stands ready on the first page. Pure."""

import re
from datetime import datetime, timedelta

LINK_MOST = 1000
READY_BEFORE = timedelta(minutes=30)
# http(s) to a named host, without a user's name before it, which could pass for the host; and no backslash,
# which a browser reads as a slash. The host in plain letters: signs that look like others, or are drawn as
# nothing, lead elsewhere than it says.
_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
MOST_PORT = 65535
_LINK = re.compile(
    rf"(https?)://({_HOST}(?:\.{_HOST})+)(?::([0-9]{{1,5}}))?(?:[/?#][^\s<>\"\\]*)?", re.IGNORECASE | re.ASCII
)


def read_link(text: str) -> str | None:
    """Return the link that a text is, its scheme in small letters; None if it is none that we lead to."""
    found = _LINK.fullmatch(text)
    if found is None or len(text) > LINK_MOST or not text.isprintable() or int(found[3] or 0) > MOST_PORT:
        return None
    return found[1].lower() + text[len(found[1]) :]


def link_host(link: str) -> str:
    """Return where a link leads, as people know it: teams.microsoft.com."""
    found = _LINK.fullmatch(link)
    return found[2].lower().removeprefix("www.") if found else ""


def is_ready(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Say whether it is time to go to the meeting: from half an hour before its start until its end."""
    return starts_at - READY_BEFORE <= now < ends_at
