"""Letters that were saved in one code and read in another: æ, ø and å as they then look. Pure.

Nothing is put right: which code it was is a guess, and a name is somebody's. What stands in names as it is
(Ø. Hansen, O’Brien, ’t Hooft) is left alone.
"""

import re

MISREAD = "Bogstaverne er ikke læst rigtigt. Gem filen som »CSV UTF-8«, og prøv igen."

_SIGNS = "\x80-\xbf€‚„…†‡ˆ‰‹•˜™›"  # the second half of a letter of UTF-8, where it is no letter
_FORMS = (
    r"[†›¾¿®¯¦¸¥\ufffd]",  # saved for DOS or Mac, or given up by a program before
    r"\w‘\w|(?<!\w)‘\w",  # æ of DOS
    r"(?<!\w)’[a-zæøå]{2}",  # Æ of DOS
    r"Œ[a-zæøå]|[a-zæøå]Œ",  # å of Mac
    rf"[ÃÂÅØÙÐÑ][{_SIGNS}]",  # UTF-8 read as Windows writes, also Arabic and Cyrillic
    r"\w\?\w",  # a letter that the code had no sign for
    r"&(?:#\d|amp|[aA][eE]lig|[oO]slash|[aA]ring)",  # of a web page; its end may part two cells
    r"%C3%[0-9A-Fa-f]{2}|=C3=[0-9A-Fa-f]{2}",  # of an address, or of a mail
)
_IN_ANY = re.compile("|".join(_FORMS))


def is_misread(text: str) -> bool:
    """Say whether letters look as they do when a file is read in another code than it was saved in."""
    return _IN_ANY.search(text) is not None
