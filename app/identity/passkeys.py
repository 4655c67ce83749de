"""Passkeys (adgangsnøgler): the only module that knows the package `webauthn`, read when it is first used.

Discoverable, the person verified by the phone (finger, face or its own code), no attestation asked for.
An answer, right or wrong, uses up its challenge: so a no is returned, never raised, and the caller commits.
Source: W3C Web Authentication Level 2, sections 7.1 and 7.2.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.identity import challenges
from app.identity.credentials import Ceremony, Passkey
from app.store.prepared import Reader

CREDENTIAL_ID_MOST = 1023  # bytes
NAME_MOST = 60
PASSKEYS_MOST = 20  # of one person, at a time


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where a passkey works: the public address, port and all. A phone signs for nothing else."""

    origin: str
    secret_key: str = field(repr=False)  # by which we know our own challenges again

    @property
    def id(self) -> str:
        """The relying party's id: the host alone."""
        return urlsplit(self.origin).hostname or ""


def registration_options(
    session: Session, party: RelyingParty, person_id: UUID, name: str, *, now: datetime
) -> str:
    """Return, as JSON, what a phone needs to make a passkey. `name` is what it calls the person."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = session.exec(
        select(Passkey.credential_id).where(Passkey.person_id == person_id, col(Passkey.revoked_at).is_(None))
    ).all()
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Én plan",
        user_id=person_id.bytes,
        user_name=name,
        challenge=challenges.store_challenge(session, person_id, now=now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def verify_registration(
    session: Session, party: RelyingParty, person_id: UUID, answer: str, *, name: str, now: datetime
) -> Passkey | None:
    """Keep the passkey a phone has made, or return None: not for us or this person, known, or too late."""
    from webauthn import verify_registration_response  # noqa: PLC0415

    challenge = challenges.take_stored(session, _challenge_in(_read(answer)), person_id, now=now)
    if challenge is None:
        return None
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception:  # the package raises whatever the bytes of a stranger make it stumble over
        return None
    if _is_known(session, made.credential_id) or _count(session, person_id) >= PASSKEYS_MOST:
        return None
    passkey = Passkey(
        person_id=person_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
        backed_up=made.credential_backed_up,
        name=name[:NAME_MOST],
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    return passkey


def is_awaited(
    reader: Reader, party: RelyingParty, ceremony: Ceremony, answer: str, *, now: datetime
) -> bool:
    """Say whether an answer has the shape of one, and answers a challenge of ours that is fresh and unused.

    Asked first, and nothing is held for it: what a stranger makes up opens no transaction that writes.
    """
    said = _read(answer)
    if not 0 < len(_bytes(said.get("rawId"))) <= CREDENTIAL_ID_MOST:
        return False
    return challenges.is_unanswered(reader, party.secret_key, ceremony, _challenge_in(said), now=now)


def named_credential(answer: str) -> str:
    """Return the passkey that an answer says it is of; empty: it says none."""
    return _bytes(_read(answer).get("rawId")).hex()


def sign_in_options(party: RelyingParty, *, now: datetime) -> str:
    """Return, as JSON, what a phone needs to sign in whoever holds it. It names no passkey and nobody."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    return options_to_json(
        generate_authentication_options(
            rp_id=party.id,
            challenge=challenges.seal_challenge(party.secret_key, now=now),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verify_sign_in(session: Session, party: RelyingParty, answer: str, *, now: datetime) -> UUID | None:
    """Return whose passkey has answered, or None. A counter that has not moved on means a copy: None.

    Not of a passkey that lies with the maker of the phone too: it is on several by right, and what counts
    there, if anything does, is each phone for itself.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415

    challenge = challenges.take_sealed(session, party.secret_key, _challenge_in(_read(answer)), now=now)
    passkey = _named_by(session, answer)
    if challenge is None or passkey is None:
        return None
    try:
        signed = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0 if passkey.backed_up else passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    passkey.sign_count, passkey.backed_up = signed.new_sign_count, signed.credential_backed_up
    passkey.last_used_at = now
    session.add(passkey)
    return passkey.person_id


def revoke_passkey(session: Session, person_id: UUID, passkey_id: UUID, *, now: datetime) -> bool:
    """Stop one of a person's own passkeys at once, and say whether there was one."""
    own = update(Passkey).where(
        col(Passkey.id) == passkey_id, col(Passkey.person_id) == person_id, col(Passkey.revoked_at).is_(None)
    )
    return session.exec(own.values(revoked_at=now).returning(col(Passkey.id))).first() is not None


def _challenge_in(said: dict[str, Any]) -> bytes:
    return _bytes(_read(_bytes(_inside(said, "response", "clientDataJSON"))).get("challenge"))


def _named_by(session: Session, answer: str) -> Passkey | None:
    """Return the passkey an answer names if it belongs to whom it names; held for this transaction."""
    said = _read(answer)
    wanted = select(Passkey).where(
        Passkey.credential_id == _bytes(said.get("rawId")), col(Passkey.revoked_at).is_(None)
    )
    passkey = session.exec(wanted.with_for_update()).first()
    owner = _bytes(_inside(said, "response", "userHandle"))
    return passkey if passkey is not None and owner == passkey.person_id.bytes else None


def _is_known(session: Session, credential_id: bytes) -> bool:
    return session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is not None


def _count(session: Session, person_id: UUID) -> int:
    live = select(Passkey.id).where(Passkey.person_id == person_id, col(Passkey.revoked_at).is_(None))
    return len(session.exec(live).all())


def _transports(answer: str) -> str:
    said = _inside(_read(answer), "response", "transports")
    known = {"ble", "hybrid", "internal", "nfc", "smart-card", "usb"}
    return (
        " ".join(sorted(known.intersection(one for one in said if isinstance(one, str))))
        if isinstance(said, list)
        else ""
    )


def _read(text: str | bytes) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _inside(found: dict[str, Any], name: str, inner: str) -> Any:
    part = found.get(name)
    return part.get(inner) if isinstance(part, dict) else None


def _bytes(text: Any) -> bytes:
    """Return what base64url text stands for, or nothing for anything else."""
    try:
        return urlsafe_b64decode(f"{text}==") if isinstance(text, str) else b""
    except ValueError:
        return b""
