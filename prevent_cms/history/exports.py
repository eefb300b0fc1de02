"""A signed copy of events: a zip with the CSV, a manifest that says what it is, and its signature."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from prevent_cms.history import signing

CSV, MANIFEST, SIGNATURE = "events.csv", "manifest.json", "manifest.sig"
PARTS = {CSV, MANIFEST, SIGNATURE}
LARGEST = 200 * 2**20  # bytes that a file inside may unpack to


class NotWhole(Exception):
    """What is wrong with a copy, in a sentence."""


def pack(content: bytes, manifest: dict[str, Any]) -> bytes:
    """The zip of this CSV; the manifest gets the hash of the CSV and the public key."""
    manifest = {
        **manifest,
        "file": CSV,
        "sha256": hashlib.sha256(content).hexdigest(),
        "key": signing.public_key(),
    }
    said = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(CSV, content)
        file.writestr(MANIFEST, said)
        file.writestr(SIGNATURE, signing.sign(said))
    return packed.getvalue()


def read(path: Path, *, key: str = "") -> dict[str, Any]:
    """The manifest of a copy that is whole: signed by this service, or by the public `key`.

    Raises NotWhole with what is wrong.
    """
    parts = _parts(path)
    if not signing.is_signed(parts[MANIFEST], parts[SIGNATURE].decode(errors="replace"), key=key):
        raise NotWhole("its manifest is not signed with this key, or was changed afterwards")
    manifest: dict[str, Any] = json.loads(parts[MANIFEST])
    if hashlib.sha256(parts[CSV]).hexdigest() != manifest["sha256"]:
        raise NotWhole(f"{CSV} was changed after it was signed")
    return manifest


def _parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            sizes = {info.filename: info.file_size for info in file.infolist()}
            if set(sizes) != PARTS or len(file.infolist()) != len(PARTS):
                raise NotWhole(f"it does not hold {', '.join(sorted(PARTS))} and nothing else")
            if max(sizes.values()) > LARGEST:
                raise NotWhole("it is larger than any export of this service")
            return {name: file.read(name) for name in PARTS}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise NotWhole("it is no zip file that can be read") from error
