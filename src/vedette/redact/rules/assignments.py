"""The generic rule: a value beside a name that secrets go by, in the assignment styles of fifteen languages.

Python, JavaScript, TypeScript, Java, Kotlin, C#, Go, Rust, C, PHP, Ruby, Perl, Swift, shell, SQL; and JSON, YAML, TOML,
INI, XML, Terraform, Dockerfile, properties. One core finds the name with what may follow it; the exact patterns differ
by what stands around the value; the judge sees name, quote, value and what follows.
"""

from __future__ import annotations

from dataclasses import replace

from vedette.redact.rule import Rule

_NAMES = (
    "passw|pwd|passphrase|passcode|passkey|rootpw|requirepass|secret|token|credential|apikey|api[_. \\-]key|"
    "(?:access|private|encrypt(?:ion)?|signing|master|account|auth|license|shared|storage|session|service|admin|deploy)[_. \\-]?key|"
    "authorization|oauth|cookie|session_?id|identified[ \x09]{1,4}by|passwort|kennwort|senha|haslo|contrasen|motdepasse|wachtwoord|losenord|salasana"
)
_EXACT_CASE = (
    "[a-z0-9]Key|[_\\-]key|[_\\-]KEY|KEY_|\\bkey|\\bKEY|\\bsalt|_salt|Salt|SALT|nonce|\\bseed|_seed|SEED|\\bpass\\b|[_\\-]pass|_PASS|Pass\\b|"
    "\\bauth|_auth|_AUTH|creds|\\bpw\\b|\\bcred|[_\\-]hash|\\bmdp|\\bpsk|\\biv\\b|sig\\b|signature"
)
_NAME = f"(?:(?i:{_NAMES})|{_EXACT_CASE})"
_CORE_NAME = _NAME.replace("\\b", "")
_TAIL = r"[0-9A-Za-z_.\-]{0,32}"
_CLOSE = r"[\"'\x60\]\)]{0,3}"
_TYPE = r"(?:[ \x09]{0,4}:[ \x09]{0,4}[A-Za-z_\[][0-9A-Za-z_.<>\[\]?&*]{0,30})?"
_BLANK = r"[ \x09]{0,16}"
_OPERATOR = r"(?:\xef\xbc[\x9a\x9d]|={1,3}|!={1,2}|:=|=>|->|<-|::|\|\||\?\?|[:,(>])"
_PAIR = (
    r"(?:[\"']?[ \x09]{1,4}(?i:value|content|val|default)[ \x09]{0,4}=[ \x09]{0,4}"  # XML attributes
    r"|[\"']?[ \x09]{0,4},[ \x09\x0d\x0a]{0,24}[\"']?(?i:value|val|default)[\"']?[ \x09]{0,4}[:=][ \x09]{0,4}"  # JSON pairs
    r"|[\"']?\x0d?\x0a[ \x09]{1,24}(?i:value|default):[ \x09]{1,4}"  # YAML pairs
    r"|[\"']?[ \x09]{0,4}\{[^\x00}]{0,80}?(?i:default|value)[ \x09]{0,8}=[ \x09]{0,4}"  # Terraform
    r"|[ \x09]\{ ?get; ?(?:[a-z]{1,9} )?(?:set|init); ?\} = "  # C# properties
    r"|[\"']?[ \x09]{1,4}(?i:to|is|was|equals|ist|est|es)[ \x09]{1,4}:?)"  # prose, Gherkin
)
_WRAP = r"(?:(?:new )?[A-Za-z_.]{1,24}[(\[])?[A-Za-z@$&]{0,2}[(\[{]?"
_QUOTED = r"[\"'\x60]([^\x00\x0a\x0d\"'\x60]{3,300})"
_BARE = r"([^\x00-\x20\"'\x60,;<>(){}\[\]|&\\][^\x00-\x20\"'\x60,;<>(){}\[\]|&\\]{2,300})"
_LINE = r"([^\x00-\x20\"'\x60]{4,200})"
_FOLLOW = rf"{_CLOSE}(?:{_TYPE}{_BLANK}(?:[:=,(>\xef]|\|\||\?\?|<-)|[\"'][ \x09]{{1,4}}(?:value|content|val|default)|[\"']?\x0d?\x0a[ \x09]{{1,24}}(?:value|default):|[ \x09]\{{ ?get|[ \x09][\"']|[\"'] \{{|[\"']? (?:to|is|was|equals|ist|est|es) )"
_CORE = rf"{_CORE_NAME.replace('token|', '', 1)}{_TAIL}{_FOLLOW}"
_TOKEN_CORE = rf"(?i:token)(?:[0-9A-RT-Za-rt-z_.\-]{_TAIL}|[sS][0-9A-Za-z_.\-]{_TAIL})?{_FOLLOW}"
"""Apart from the other names: `max_tokens` and its like fill chats, and are no secret's name (`keynames.is_plain`)."""
_KEYWORDS = ("pass", "pwd", "secret", "token", "cred", "key", "auth", "cookie", "session", "kennwort", "senha", "haslo",
             "contrasen", "motdepasse", "wachtwoord", "losenord", "salasana", "salt", "nonce", "seed", "pw", "hash", "mdp", "psk",
             "iv", "sig")  # fmt: skip
_SOURCE = "own: reference manuals of the languages and formats Apache-2.0"


def _keyvalue(id_: str, exact: str, *, core: str = _CORE, judge: str = "keyvalue") -> Rule:
    return Rule(
        id=f"own:{id_}", kind="secret", group="keyvalue", core=core, exact=exact, value=1, left=150, right=400,
        judge=judge, keywords=_KEYWORDS, tier="alert", source=_SOURCE,
    )  # fmt: skip


_ASSIGNED = (
    _keyvalue("assigned-quoted", rf"{_NAME}{_TAIL}{_CLOSE}(?:{_PAIR}|{_TYPE}{_BLANK}{_OPERATOR}[ \x09\x0d\x0a]{{0,16}}|[ \x09]{{1,16}}){_WRAP}{_QUOTED}"),
    _keyvalue("assigned-bare", rf"{_NAME}{_TAIL}{_CLOSE}(?:{_PAIR}|{_BLANK}(?:\xef\xbc[\x9a\x9d]|={{1,2}}|:=|=>|[:>]){_BLANK}){_BARE}"),
    replace(
        _keyvalue("assigned-line", rf"{_NAME}{_TAIL}[\"']?[ \x09]{{0,4}}[=:][ \x09]{{0,4}}{_LINE}", judge="line"),
        not_after="\\x20-\\xff",
    ),
)  # fmt: skip
RULES: tuple[Rule, ...] = (
    *_ASSIGNED,
    *(replace(each, id=f"{each.id}-token", core=_TOKEN_CORE) for each in _ASSIGNED),
    _keyvalue(
        "named-random", rf"{_NAME}{_TAIL}[\"'\x60]?[ \x09]{{1,2}}([0-9A-Za-z_+/=.\-]{{16,300}})", judge="beside",
        core=rf"{_CORE_NAME}[\"'\x60]?[ \x09]{{1,2}}[0-9A-Za-z_+/=.\-]{{16}}",
    ),
    _keyvalue(
        "flag-value", rf"--[0-9A-Za-z\-]{{0,24}}(?:(?i:password|passwd|pwd|passphrase|secret|token|api-?key|access-?key|credentials?)|key|pass)[0-9A-Za-z\-]{{0,12}}[ =]{{1,2}}{_BARE}",
        core=r"--[0-9A-Za-z\-]{0,24}(?:(?i:password|passwd|pwd|passphrase|secret|token|api-?key|access-?key|credentials?)|key|pass)[0-9A-Za-z\-]{0,12}[ =][^\x00-\x20\-]",
    ),
)  # fmt: skip
