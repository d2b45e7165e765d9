"""Judging what stands beside a secret's name: a credential, a placeholder, or code that fetches one.

Nothing but the name says what such a value is, so this decides by name, quotes and shape. Recall comes first for
redaction; an alert needs a value that no word, path or expression is.
"""

from __future__ import annotations

import re
from typing import Literal

from vedette.redact.validators import names
from vedette.redact.validators.words import placeholder, stopped, varied

Verdict = Literal["", "redact", "alert"]

_NAME = re.compile(r"[0-9A-Za-z_.$\-]+(?: (?:key|token|secret)\b)?", re.IGNORECASE)
_LEAD = re.compile(r"^[\s]*(?:(?:export|set|SET|env|ENV|ARG|-) )?")
_CALL = re.compile(r"[A-Za-z_][A-Za-z_.]*\d?[(\[{<]")
_QUOTES = "\"'`"
_IDENTIFIER = re.compile(r"[$@&*!]?[A-Za-z_][A-Za-z_]*(?:(?:\.|->|::|-)[A-Za-z_]+)*(?:\(\)?)?;?")
_EXPRESSION = re.compile(r"(?i)(?:self|this|os|process|env|config|settings|args|options|opts|params|props|request|req|ctx|context|"
                         r"app|data|event|user|options|secrets|vars?|local|module|output|input|get|new|await|import|require|function|"
                         r"lambda|def|return|null|nil|none|undefined)[.\[(]")  # fmt: skip
_NOTHING = frozenset(
    """null none nil undefined true false string str int integer number bool boolean object any void optional text
    varchar char bytes byte required none default empty unknown n/a na yes no on off password passwd pass secret token
    key username user admin login value basic bearer test tests example sample passed failed skip skipped ok success error digest hidden array list dict float double date var const let""".split()
)
_PATH = re.compile(r"(?:[A-Za-z]:|\.{1,2}|~)?[/\\][\w./\\~ \-]*|(?:https?|file|ftp)://\S*|[\w\-]+(?:/[\w.\-]+)+\.\w{1,5}|[\w\-]+\.(?:json|ya?ml|py|js|ts|txt|pem|key|crt|env|xml|conf|cfg|ini|go|java|rb|php|html?|md|sh|log|png|css)")  # fmt: skip
_SENTENCE = re.compile(r"[A-Za-z'.,!?:;()\-]+(?:\s+[A-Za-z'.,!?:;()\-]+)+")
_FORMAT = re.compile(r"%[sdv]|%\(|\{[^{}]{0,120}\}|\$\{|\{\{|<%|\$\(|#\{|\\u|\+ ?$|^ ?\+")
_ONE = r"(?:[A-Z]{1,18}|[A-Z]?[a-z]{1,18}(?:[A-Z][a-z]{1,17}){0,4})"
_WORDY = re.compile(rf"{_ONE}(?:[_\-. :/,]{_ONE})+")
_RUNS = re.compile(r"[a-z]{4,}|[A-Z]{5,}")
_JOINED, _CASED, _OF_A_FORMAT = 0.4, 0.55, 0.7
"""The share of a value in such runs from which on it is a name: with separators, without, of a provider's very format.

Of random base 62 it is a tenth.
"""
_WORKED_ON = re.compile(
    r"\b(?:compile|encode|decode|cast|namedtuple|join|split|strip|format|isinstance|getattr|Attribute|Identifier)\([a-zA-Z]{0,2}[\"'`]$"
)
_COMMA = re.compile(r",\s*[\"'`]$")
_BLANK_ONLY = re.compile(r"[0-9A-Za-z_]\s+[\"'`]$")
_DIGIT = re.compile("[0-9\xb2\xb3\xb9]")
_LETTER = re.compile("[A-Za-z\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\xff]")
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+|(?:[A-Z][a-z]+){2,}")


def keyvalue(before: str, value: str, after: str) -> Verdict:
    """The verdict on a value beside a name; `before` holds the name and ends with what stands before the value."""
    name = _name_in(before)
    strength = names.strength(name)
    quoted = before[-1:] in _QUOTES and after[:1] in (before[-1:], "\\", "")
    plain = value.strip() if quoted else value.rstrip(":;,.")
    if not strength or placeholder(plain) or plain.lower() in _NOTHING or plain.lower() in name.lower():
        return ""
    if _is_code(plain, after, quoted) and not _is_line(strength, before, value, after):
        return ""
    if quoted and _is_mention(name, before, plain):
        return ""
    if not _fits(strength, plain, quoted):
        return ""
    return "alert" if _is_sure(strength, plain, quoted) else "redact"


_LINE = re.compile(r"\s*(?:(?:export|set|SET|env|ENV|ARG|-) )?[\"']?[0-9A-Za-z_.$\-]+[\"']?[ \t]*[=:][ \t]*")


def line(before: str, value: str, after: str) -> Verdict:
    """A whole line of settings, name and value: what stands in it may hold any character (`DB_PASSWORD=a&b,c`)."""
    return keyvalue(before, value, after) if _LINE.fullmatch(before) else ""


def beside(before: str, value: str, after: str) -> Verdict:
    """A value that only follows a name, as in prose: random it must look."""
    random = len(value) >= 16 and _is_random(value) and not _is_wordy(value) and not _PATH.fullmatch(value)
    return "redact" if random and names.strength(_name_in(before)) and after[:1] != "(" else ""


def _name_in(before: str) -> str:
    """The identifier that `before` begins with, after a line's start and words such as `export`."""
    found = _NAME.match(_LEAD.sub("", before))
    return found.group() if found else ""


def _is_line(strength: str, before: str, value: str, after: str) -> bool:
    """A word that is the whole rest of a line of settings: `DB_PASSWORD=letmein`, `password: letmein`."""
    ends = after[:1] in ("", "\n", "\r") and before.endswith((": ", "="))
    word = value.isalpha() and value.islower() and len(value) >= 5
    return ends and strength == "password" and word and not names.strength(value)


def _is_mention(name: str, before: str, value: str) -> bool:
    """A quoted text that only stands near a name: the next word of a list, what a sentence quotes, what a call works on."""
    if _WORKED_ON.search(before) or (_COMMA.search(before) and value.isalpha()):
        return True
    return _BLANK_ONLY.search(before) is not None and (name.lower() == "pass" or " " in value)


def _is_code(value: str, after: str, quoted: bool) -> bool:
    """Paths, templates, sentences, prompts; unquoted also identifiers, calls and what ends like a statement."""
    if quoted and value.isalnum():
        return False
    if _PATH.fullmatch(value) or _FORMAT.search(value) or _SENTENCE.fullmatch(value) or value[-1:] in (":", "?"):
        return True
    if quoted:
        return False
    if value[-1:] in tuple("(){}[],;") or _CALL.match(value):
        return True
    return after[:1] in tuple("([{") or _IDENTIFIER.fullmatch(value) is not None or _EXPRESSION.match(value) is not None


def _fits(strength: str, value: str, quoted: bool) -> bool:
    if strength == "password":
        return len(value) >= 4 and not (_CAMEL.fullmatch(value) or _WORDY.fullmatch(value) or _is_joined(value))
    if strength == "secret":
        return len(value) >= 8 and " " not in value and not _is_wordy(value) and varied(value, 2.5)
    return len(value) >= 16 and _is_random(value) and not _is_name(value)


def _is_wordy(value: str) -> bool:
    return _is_word(value) or _is_name(value) or (value.isalpha() and len(value) < 16)


def _is_joined(value: str) -> bool:
    """Words joined as programs join them, digits allowed: `lp2bp_zpk_signature`."""
    return ("_" in value or "." in value) and value.replace("_", "").replace(".", "").isalnum() and _is_name(value)


def _is_name(value: str, at_least: float = 0.0) -> bool:
    """An identifier of words: two cases or separators, and mostly runs of letters of one case."""
    if "_" in value or "." in value:
        least = _JOINED
    elif value not in (value.lower(), value.upper()):
        least = _CASED
    else:
        return False
    return sum(map(len, _RUNS.findall(value))) >= max(least, at_least) * len(value)


def _is_word(value: str) -> bool:
    """One word, or words joined as programs join them."""
    if value.isalpha():
        return value.islower() or value.isupper() or value.istitle() or _CAMEL.fullmatch(value) is not None
    return _DIGIT.search(value) is None and _WORDY.fullmatch(value) is not None


def _is_random(value: str) -> bool:
    mixed = _DIGIT.search(value) is not None and _LETTER.search(value) is not None
    return mixed and " " not in value and varied(value, 3.0)


def _is_sure(strength: str, value: str, quoted: bool) -> bool:
    """Letters and digits in a row that no word is made of."""
    if stopped(value) or strength == "key" or " " in value:
        return False
    if strength == "password":
        has_digit = _DIGIT.search(value) is not None
        return quoted and len(value) >= 8 and has_digit and not value.isdigit() and varied(value, 2.5)
    return len(value) >= (12 if quoted else 16) and _is_random(value)


_HASH_BEFORE = re.compile(
    r"(?i)(?:sha-?\d{0,3}|md5|commit|e?tag|digest|checksum|hash|uuid|guid|version|rev(?:ision)?|blob|tree|image|integrity|sum)[\"']?[ \t]*[:=@/\-]?[ \t\"']*$"
)
_ASSIGNED = re.compile(
    r"(?:[=:>|(,]|\xef\xbc[\x9a\x9d]|--?[0-9A-Za-z_\-]+ +|\b(?:is|to|bearer|token|basic)\b)[ \t\r\n\"'`\\\[{(]*$",
    re.IGNORECASE,
)


_NEAR = re.compile(r"(?i)key|token|secret|pass|pwd|auth|cred|private|access|api|sid|[_ ]id")


_REACH, _LONGEST_NAME = 80, 40
_GROUPS = re.compile(r"(?:[0-9A-Za-z]{4} ){3,5}[0-9A-Za-z]{4}")


def context(before: str, value: str, after: str) -> Verdict:
    """A provider's format near its name, which the core has seen: no hash, path or identifier.

    An alert only where it is assigned to a name that says so; else a word for secrets must stand in the 80 bytes before.
    """
    if _HASH_BEFORE.search(before) or _PATH.fullmatch(value):
        return ""
    if (_is_word(value) or _is_name(value, _OF_A_FORMAT)) and not _GROUPS.fullmatch(value):
        return ""
    assigned = _ASSIGNED.search(before)
    if assigned is None:
        return "redact" if _NEAR.search(before[-_REACH:]) else ""
    name = before[max(assigned.start() - _LONGEST_NAME, 0) : assigned.end()]
    return "alert" if _NEAR.search(name) else "redact"


def named(before: str, value: str, after: str) -> Verdict:
    """The same where the name is known to be one, as in `ENV API_KEY value`."""
    if placeholder(value) or value.lower() in _NOTHING or _is_code(value, after, quoted=False):
        return ""
    return "alert" if _is_sure("secret", value, quoted=True) else "redact"


def password(before: str, value: str, after: str) -> Verdict:
    """A value that stands where only a password stands (`.netrc`, `-p`)."""
    if placeholder(value) or value.lower() in _NOTHING or _FORMAT.search(value):
        return ""
    return "alert" if _is_sure("password", value, quoted=True) else "redact"


def login(before: str, value: str, after: str) -> Verdict:
    """The password of a URL's user part, or of `-u user:password`."""
    if placeholder(value) or _FORMAT.search(value) or value.lower() in _NOTHING:
        return ""
    words = value.isalpha() or f"//{value}:" in before or "secret" in value or "pass" in value
    return "redact" if words or stopped(value) or len(value) < 6 or not varied(value, 2.0) else "alert"


def header(before: str, value: str, after: str) -> Verdict:
    """A header's credential: anything but words."""
    if placeholder(value) or _FORMAT.search(value) or _IDENTIFIER.fullmatch(value) or after[:1] == "(":
        return ""
    if _is_word(value) or value.lower().startswith("x-"):
        return ""
    return "alert" if len(value) >= 16 and _is_random(value) and not stopped(value) else "redact"


def query(before: str, value: str, after: str) -> Verdict:
    """A parameter of a URL: `key`, `code` and their like only where the value looks random."""
    if placeholder(value) or _FORMAT.search(value) or value.lower() in _NOTHING or not _is_random(value):
        return "redact" if "pass" in before.lower() and not placeholder(value) and not _FORMAT.search(value) else ""
    return "alert" if len(value) >= 16 and not stopped(value) else "redact"
