"""Names of keys: which say that a secret stands under them, and how surely."""

from __future__ import annotations

import functools
import re

_SEAMS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z]+")

_PASSWORD = frozenset(
    """password passwd passwords passwort passphrase passcode pass pwd pw psw pswd psswd passw paswd passwrd
    kennwort senha haslo contrasena contrasenia parola motdepasse mdp wachtwoord losenord salasana userpass dbpass rootpw
    userpassword identified rootpw requirepass dbpassword adminpassword mypassword pgpassword sshpass mysqlpwd""".split()
)
_SECRET = frozenset(
    """secret secrets token tokens apikey apikeys apitoken accesstoken accesskey authtoken authkey secretkey privatekey privkey
    credential credentials creds cred bearer jwt pat otp cookie sessionid session authorization appsecret appkey apisecret
    clientsecret accountkey sharedaccesskey masterkey encryptionkey signingkey webhook refreshtoken idtoken oauth
    consumerkey consumersecret securitytoken connectionstring passkey phpsessid jsessionid sid csrftoken xsrftoken
    authorizationtoken deploykey licensekey servicekey secretaccesskey subscriptionkey signature sharedkey psk wpa""".split()
)
_KEY = frozenset(
    "key keys salt nonce seed hash digest iv sig auth hmac cipher crypt sha md5 checksum license pin cvv code".split()
)
_MAKES_KEY_SECRET = frozenset(
    """api access private secret auth encryption encrypt signing sign master account shared license consumer app
    application client crypto aes hmac webhook session storage subscription deploy ssh ssl rsa server service user admin
    security access jwt token password wallet stripe aws azure google github openai cookie rails flask django
    secretbase maps firebase""".split()
)
_TAILS = frozenset(
    """file files path paths name names url uri type types len length size count field fields label labels placeholder
    policy prompt hint regex regexp pattern error errors message msg title param params header headers env var expiry
    expires expiration expired ttl timeout age date time at version format algorithm alg method mode status enabled
    required valid validity validator reset manager provider service factory handler store class list map dict index
    function func callback is has can need check checker generator gen input output form page link location dir directory
    folder column row table attr attribute prefix suffix strength confirm confirmation visibility hidden show toggle
    changed updated created used usage limit budget per rate cost price position pos offset start end id ids endpoint
    issuer audience scope scopes parser lexer stream count kind group bucket arn ref reference description desc""".split()
)
_EXEMPT = frozenset(
    """max_tokens public_key publickey primary_key foreign_key cache_key sort_key partition_key idempotency_key
    next_token page_token next_page_token continuation_token token_type tokenizer token_count key_id pad_token
    eos_token bos_token unk_token sep_token cls_token mask_token stop_token object_key s3_key hash_key row_key
    registry_key key_code keycode hot_key hotkey keyword keywords passed passing passive bypass compass author
    authors authority""".replace("_", "").split()
)


@functools.lru_cache(maxsize=4096)
def strength(name: str) -> str:
    """`password`, `secret`, `key` (weak: only for what looks random) or nothing, of a key's whole name."""
    words = [each.lower() for each in _SEAMS.split(name) if each]
    while words and words[-1].isdigit():
        words.pop()
    if (
        not words
        or "".join(words) in _EXEMPT
        or (words[-1] in _TAILS and "".join(words) not in _SECRET)
        or words[0] in ("max", "num", "no", "public")
    ):
        return ""
    return _of(words)


def _of(words: list[str]) -> str:
    last, joined = words[-1].rstrip("0123456789") or words[-1], "".join(words)
    if any(each in _PASSWORD for each in words[-2:]) or joined.endswith(
        ("password", "passwd", "passphrase", "passwort")
    ):
        return "password"
    if last in _SECRET or last.endswith(("secret", "token", "apikey", "accesskey", "privatekey", "secretkey")):
        return "secret"
    if last in _KEY and len(words) > 1 and (words[-2] in _MAKES_KEY_SECRET or words[-2] in _SECRET):
        return "secret"
    if any(each in _PASSWORD or each in _SECRET for each in words):
        return "secret" if last not in _KEY else "key"
    return "key" if last in _KEY else ""
