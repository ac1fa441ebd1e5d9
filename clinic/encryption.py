"""Personal data at rest: AES-256-GCM model fields, sealed tokens, keyed indexes for exact look-up.

Holds the key ring and the only code that encrypts. Refuses to hold what a value means. Keys come
from `FIELD_KEYS`, never from `SECRET_KEY`: losing one must not mean losing the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any, Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact

NONCE_BYTES: Final = 12

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")


class CannotDecrypt(Exception):
    """A stored value does not open with the keys at hand; names the place, never the value."""


def encrypt(plain: str, *, place: str) -> str:
    """`plain` sealed with the newest key and bound to `place`, as `key-id$base64url`."""
    key_id = newest_key()
    key = settings.FIELD_KEYS[key_id]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
    return f"{key_id}${base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(token: str, *, place: str) -> str:
    """The text sealed by `encrypt` for the same place; raises `CannotDecrypt`."""
    key_id, _, text = token.partition("$")
    try:
        raw = base64.urlsafe_b64decode(text)
        plain = AESGCM(settings.FIELD_KEYS[key_id]).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()
        )
    except (KeyError, ValueError, InvalidTag) as error:
        raise CannotDecrypt(f"{place} (key {key_id[:12]!r})") from error
    return plain.decode()


def seal_anew(token: str, *, place: str) -> str:
    """The same text sealed with the newest key; raises `CannotDecrypt`."""
    return encrypt(decrypt(token, place=place), place=place)


def newest_key() -> str:
    """The id of the key that everything is written with."""
    return next(iter(settings.FIELD_KEYS))


def keyed_digest(value: str, *, purpose: str) -> bytes:
    """HMAC-SHA-256 of `value` under a key derived from the newest for one purpose; 32 bytes."""
    return keyed_digests(value, purpose=purpose)[0]


def keyed_digests(value: str, *, purpose: str) -> list[bytes]:
    """The same under every key of the ring, the newest first: what was made before still counts."""
    return [_digest(root, value, purpose) for root in settings.FIELD_KEYS.values()]


def _digest(root: bytes, value: str, purpose: str) -> bytes:
    key = hmac.digest(root, b"purpose:" + purpose.encode(), hashlib.sha256)
    return hmac.digest(key, value.encode(), hashlib.sha256)


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed digest to store beside an encrypted value; empty for an empty value."""
    return keyed_digest(value, purpose=purpose).hex() if value else ""


def blind_indexes(value: str, *, purpose: str) -> list[str]:
    """What to look an encrypted value up by, with `__in`; nothing for an empty value.

    One for each key of the ring: a row that has not been written since a key was added still
    stands under the key before it.
    """
    return [one.hex() for one in keyed_digests(value, purpose=purpose)] if value else []


class IsEmpty(Exact[Any]):
    """`field = ''` or nothing: each sealing of a value differs, so no other equality holds."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise TypeError(f"{self.lhs.output_field.name} is encrypted: it cannot be looked up.")
        return self.rhs


class Sealed(models.Value):
    """A text that is sealed already, for `update`; the one expression a sealed column takes."""

    def __init__(self, token: str) -> None:
        super().__init__(token, output_field=models.TextField())


class SealedField(models.TextField[_Set, _Get]):
    """What the two fields below share: sealed when stored, opened when read."""

    @property
    def place(self) -> str:
        """The table and column that its values are bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        return value if not value else decrypt(value, place=self.place)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, Sealed):
            return value
        if hasattr(value, "as_sql"):
            # It would be stored in clear.
            raise TypeError(f"{self.name} is encrypted: the database cannot compute it.")
        return self.seal(value)

    def seal(self, value: Any) -> Any:
        """The value as it is stored."""
        # An empty string stays empty: it tells nothing, and `= ''` keeps working in constraints.
        return value if not value else encrypt(str(value), place=self.place)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of a sealed value."""
        if lookup_name == "exact":
            return IsEmpty
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: it cannot be searched by {lookup_name}.")


class EncryptedTextField(SealedField[str, str]):
    """Text that the database only holds sealed, bound to its table and column."""


class EncryptedJSONField(SealedField[Any, Any]):
    """A JSON value (list, object, string, number) sealed as one text."""

    # As in the stubs of Django's JSONField: what is set and read is not a string.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return None if plain is None or plain == "" else json.loads(plain)

    def to_python(self, value: Any) -> Any:
        return value

    def seal(self, value: Any) -> Any:
        if value is None:
            return None
        return encrypt(json.dumps(value, sort_keys=True), place=self.place)

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), sort_keys=True)
