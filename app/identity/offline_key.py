"""The keys that seal what lies on somebody's phone: what they type, and their list of meetings (ADR 0019).

A key is given to that person's own pages alone, which no phone keeps, and with the list to whoever is signed
in as them. What stays on the phone when they leave can't be read by the next one, and is put back the next
time the same person comes. It stands here because the pages of several rooms carry such a key.
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
    name = _secret(site_secret, person_id, f"place {place}")[:NAME_BYTES]
    return f"{device_owner_name(site_secret, person_id)}{b64encode(name).decode()} " + sealing_key(
        site_secret, person_id, place
    )


def sealing_key(site_secret: str, person_id: UUID, place: str) -> str:
    """Return the key alone, for what this person's phone has one of."""
    digest = _secret(site_secret, person_id, f"place {place}")
    return b64encode(digest[NAME_BYTES : NAME_BYTES + KEY_BYTES]).decode()
