"""Signatures on what leaves the log: exports and head hashes (Ed25519)."""

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from prevent_cms import keys

PURPOSE = "audit signature"


def canonical(document: dict[str, Any]) -> bytes:
    """The bytes that are signed: JSON in one order and one spelling."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def sign(document: bytes) -> str:
    """The signature of these bytes under the key in force, in hexadecimal."""
    return _private()[0].sign(document).hex()


def public_key() -> str:
    """The key, in hexadecimal, with which anybody can check what is signed now."""
    return _public()[0].public_bytes_raw().hex()


def is_signed(document: bytes, signature: str, *, key: str = "") -> bool:
    """Whether one of the service's keys, or the public `key` that is given, signed these bytes."""
    try:
        known = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))] if key else _public()
        made = bytes.fromhex(signature)
    except (ValueError, TypeError):
        return False
    return any(_fits(one, made, document) for one in known)


def _fits(key: Ed25519PublicKey, signature: bytes, document: bytes) -> bool:
    try:
        key.verify(signature, document)
    except InvalidSignature:
        return False
    return True


def _private() -> list[Ed25519PrivateKey]:
    return [Ed25519PrivateKey.from_private_bytes(seed) for seed in keys.derived(PURPOSE)]


def _public() -> list[Ed25519PublicKey]:
    return [private.public_key() for private in _private()]
