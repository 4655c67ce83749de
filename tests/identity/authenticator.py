"""A phone's passkeys in sixty lines: makes and signs as a real one does, and can be told to do it wrong."""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40
BACKUP_ELIGIBLE, BACKED_UP = 0x08, 0x10


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def data(base64url: str) -> bytes:
    return urlsafe_b64decode(base64url + "==")


@dataclass
class Authenticator:
    """One passkey on one phone. Change a field to make it lie."""

    origin: str
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    step: int = 1  # 0: a synced passkey, which doesn't count
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(16))
    handle: bytes = b""

    def make(self, options: dict[str, Any]) -> str:
        """Answer the options of a registration."""
        self.handle = data(options["user"]["id"])
        client = self._client("webauthn.create", options)
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._about(NEW_KEY) + known}
        return self._answer(client, attestationObject=text(cbor2.dumps(attested)), transports=["internal"])

    def sign(self, options: dict[str, Any]) -> str:
        """Answer the options of a sign-in."""
        client = self._client("webauthn.get", options)
        about = self._about(0)
        signature = self.key.sign(about + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            client,
            authenticatorData=text(about),
            signature=text(signature),
            userHandle=text(self.handle),
        )

    def _about(self, more: int) -> bytes:
        self.count += self.step
        hashed = hashlib.sha256(self.rp_id.encode()).digest()
        return hashed + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, client: bytes, **response: Any) -> str:
        said = {"clientDataJSON": text(client)} | response
        return json.dumps(
            {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": said}
        )
