"""Keys for one purpose each, all derived from SECRET_KEY."""

import base64
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def derived(purpose: str) -> list[bytes]:
    """32 bytes for this purpose: from SECRET_KEY first, then from each of SECRET_KEY_FALLBACKS."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_derive(force_bytes(secret), purpose) for secret in secrets]


def cipher(purpose: str) -> MultiFernet:
    """Encrypts under the key of SECRET_KEY; those of SECRET_KEY_FALLBACKS still open."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived(purpose)])


@cache
def _derive(secret: bytes, purpose: str) -> bytes:
    info = f"prevent-cms {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
