"""Names that say "what stands here is secret", and those that only look like it."""

from __future__ import annotations

import functools
import re

_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_.\s]+")

SECRET = frozenset(
    """password passwd pwd passphrase secret token apikey accesskey secretkey privatekey clientsecret credential
    credentials authorization proxyauthorization cookie setcookie xapikey signature sig otp pin cvv cvc salt hmac
    accesstoken refreshtoken authtoken idtoken sessiontoken bearertoken secretaccesskey sessionkey signingkey
    encryptionkey webhooksecret connectionstring xauthtoken xamzsecuritytoken xgoogapikey""".split()
)
_TAILS = ("password", "passwd", "passphrase", "secret", "apikey", "accesstoken", "authtoken", "privatekey", "secretkey",
          "accesskey", "clientsecret", "credentials", "token", "refreshtoken")  # fmt: skip
EXEMPT = frozenset(
    """maxtokens tokencount tokentype tokenizer publickey secretname secretarn passwordpolicy cachekey sortkey key
    partitionkey primarykey foreignkey idempotencykey nextpagetoken pagetoken continuationtoken nexttoken
    stoptoken eostoken bostoken padtoken unktoken""".split()
)
QUERY = frozenset({"sig", "signature", "xamzsignature", "xamzcredential", "xgoogsignature", "xgoogcredential", "code",
                   "key", "awsaccesskeyid", "state", "sas", "se", "auth"})  # fmt: skip
NUMBERS = frozenset({"pin", "otp", "cvv", "cvc"})
ENDS = frozenset(name[-2:].encode() for name in (*SECRET, *_TAILS))
"""The last two letters of any name that is secret: most names need no closer look."""


def normal(name: str) -> str:
    """`api_key`, `apiKey` and `X-Api-Key` without case and seams."""
    return "".join(_SPLIT.split(name)).lower()


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether the value under this name is masked whatever it says."""
    if len(name) > 80:
        return False
    plain = normal(name)
    if plain in EXEMPT or plain.endswith(("tokens", "keyid", "tokenid", "secretid")):
        return False
    return plain in SECRET or plain.endswith(_TAILS)


@functools.lru_cache(maxsize=4096)
def is_plain(name: bytes) -> bool:
    """Whether a name that has a secret's name in it surely names none: `max_tokens`, `public_key`."""
    plain = normal(name.decode("latin-1")) if len(name) <= 80 else ""
    return (plain in EXEMPT and plain != "key") or plain.endswith(("tokens", "keyid", "tokenid", "secretid"))


@functools.lru_cache(maxsize=4096)
def is_secret_query(name: str) -> bool:
    """The same for a query parameter, where `key` and `sig` are credentials."""
    return normal(name) in QUERY or is_secret(name)


@functools.lru_cache(maxsize=4096)
def is_number(name: str) -> bool:
    """Whether what stands under it is masked as a number too: a PIN."""
    return normal(name) in NUMBERS


@functools.lru_cache(maxsize=4096)
def kind(name: str) -> str:
    """The kind of a label for what stands under a secret's name."""
    plain = normal(name)
    return "password" if "pass" in plain or plain == "pwd" else "secret"
