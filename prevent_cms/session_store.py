"""Sessions as they are stored: nobody who reads the table learns what is in one.

They hold a referral that is not sent yet, and the form that is kept while a proof is renewed.
"""

from typing import Any

from django.core.signing import JSONSerializer

from prevent_cms.keys import cipher

PURPOSE = "sessions"


class Sealed(JSONSerializer):
    """JSON that is encrypted; what no key of ours opens is to Django an empty session."""

    def dumps(self, obj: Any) -> bytes:
        return cipher(PURPOSE).encrypt(super().dumps(obj))

    def loads(self, data: bytes) -> Any:
        return super().loads(cipher(PURPOSE).decrypt(data))
