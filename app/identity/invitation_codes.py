"""The code of an invitation, as people read and type it. Pure.

Twenty signs that can't be taken for one another and make no words; eight of them are 34 bits. The first four
say which invitation is meant, so that wrong tries are counted on it; the last four are what must be guessed.
"""

import secrets
from datetime import timedelta

SIGNS = "23456789CFGHJMPQRVWX"
GROUP = 4
LENGTH = 2 * GROUP
LASTS = timedelta(hours=72)
CLAIM_LASTS = timedelta(minutes=15)  # how long the phone that came first has to make its passkey
LINK_BYTES = 16


def new_code() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def new_link_secret() -> str:
    """Return 128 random bits for the part of a link after `#`."""
    return secrets.token_urlsafe(LINK_BYTES)


def format_code(code: str) -> str:
    """Return the code in its two groups: CFGH 2345."""
    return f"{code[:GROUP]} {code[GROUP:]}"


def read_code(typed: str) -> str | None:
    """Return the code somebody typed, whatever its case, spaces and dashes; None if it can't be one."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else None
