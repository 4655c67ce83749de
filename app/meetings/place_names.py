"""What a place is called, however it is spelled, and the names of rooms that are on a screen alone. Pure."""

import re
import unicodedata

_GAP = re.compile(r"[\W_]+")
_SPELLED = str.maketrans({"å": "aa", "æ": "ae", "ø": "oe", "ö": "oe", "ä": "ae"})
_ONLINE = re.compile(
    r"\b(teams|google meet|meet\.google\.com|meet|zoom|webex|skype)\b"
    r"|\bteams-?(mø|moe|me)|\b(video|online)-?(møde|moede|meeting)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def place_key(name: str) -> str:
    """Return what stands for a place: the same for RÅDHUSET, Raadhuset and "Rådhuset, "."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_SPELLED)
    return _GAP.sub(" ", plain).strip()


def is_online(place: str) -> bool:
    """Say whether what stands as the place is a meeting by video: a link, or what one meets with."""
    return bool(_LINK.search(place) or _ONLINE.search(place))


def link_in(text: str) -> str:
    """Return the first link that a text holds; empty if there is none."""
    found = _LINK.search(text)
    return found[0].rstrip(".,;)>") if found else ""
