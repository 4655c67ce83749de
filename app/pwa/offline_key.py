"""The key that seals what somebody types on this phone.

The key stands only in that person's own pages, which no phone keeps. What stays on the phone when they leave
can't be read by the next one, and is put back the next time the same person comes.
"""

import hmac
from base64 import b64encode
from uuid import UUID

NAME_BYTES, KEY_BYTES = 12, 32


def _secret(site_secret: str, person_id: UUID, about: str) -> bytes:
    return hmac.digest(site_secret.encode(), f"kept on the phone {person_id} {about}".encode(), "sha512")


def device_owner_name(site_secret: str, person_id: UUID) -> str:
    """Return the name this person's things have on a phone. It says nothing of who it is."""
    return b64encode(_secret(site_secret, person_id, "owner")[:NAME_BYTES]).decode()


def form_storage_key(site_secret: str, person_id: UUID, place: str) -> str:
    """Return where on the phone the text of one form lies, and the key that seals it: "name key"."""
    digest = _secret(site_secret, person_id, f"place {place}")
    name = device_owner_name(site_secret, person_id) + b64encode(digest[:NAME_BYTES]).decode()
    return f"{name} {b64encode(digest[NAME_BYTES : NAME_BYTES + KEY_BYTES]).decode()}"
