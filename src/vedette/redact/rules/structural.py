"""What does not fit into rows: secrets that are known by the structure around them. Written by hand.

Each stands with the source of its form. Cores are short and begin with a literal; the exact pattern names the place of
the value; `judge` and `validator` decide. Texts arrive with escapes undone (`views`), so none of them cares for `\\\\n`.
"""

from __future__ import annotations

from typing import Any

from vedette.redact.rule import Rule
from vedette.redact.rules.assignments import RULES as ASSIGNMENTS

_OWN = "own: {} Apache-2.0"
_SCHEMES = (
    "bearer|basic|token|digest|apikey|api-key|ssws|bot|hmac|splunk|sso-key|genie_?key|key|negotiate|ntlm|jwt|oauth"
)
_V = r"0-9A-Za-z_.~+/=\-"
_QUERY = (
    "sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|"
    "access_?token|id_?token|refresh_?token|auth_?token|api_?key|apikey|app_?key|client_?secret|secret|token|password|"
    "passwd|pwd|code|auth|key|session_?id|sid|awsaccesskeyid|subscription-key|private_?token|sas|jwt|ticket"
)


def _rule(id_: str, kind: str, source: str, **fields: Any) -> Rule:
    given: dict[str, Any] = {"group": "context", "value": 1, "tier": "alert", "stop": "common"} | fields
    return Rule(id=f"own:{id_}", kind=kind, source=_OWN.format(source), **given)


RULES: tuple[Rule, ...] = (
    _rule(
        "private-key", "private_key", "RFC 7468, RFC 4880", group="token", stop="",
        core=r"-----BEGIN[ 0-9A-Z]{0,40}PRIVATE KEY",
        exact=r"(-----BEGIN[ 0-9A-Z]{0,40}PRIVATE KEY(?: BLOCK)?-----)",
        until=r"-----END[ 0-9A-Z]{0,60}-----", swallow=r"0-9A-Za-z+/=\x09\x0a\x0d \\:,.",
        left=80, right=16, keywords=("private key",),
    ),
    _rule(
        "putty-key", "private_key", "PuTTY documentation, appendix C", group="token", stop="",
        core="PuTTY-User-Key-File-[23]: ", exact=r"(PuTTY-User-Key-File-[23]: [0-9A-Za-z\-]{4,30})",
        until=r"Private-MAC: [0-9a-f]{40,64}", swallow=r"0-9A-Za-z+/=\x09\x0a\x0d \\:,.\-",
        width=23, left=24, right=32, keywords=("putty-user-key-file",),
    ),
    _rule(
        "private-key-base64", "private_key", "RFC 7468 in base64 (RFC 4648)", group="token", stop="",
        core="LS0tLS1CRUdJTi", exact=r"(LS0tLS1CRUdJTi[0-9A-Za-z+/]{40,60})", swallow="0-9A-Za-z+/=",
        width=14, left=16, right=64, keywords=("ls0tls1crudjti",),
    ),
    _rule(
        "jwt", "jwt", "RFC 7519, RFC 7516", group="token",
        core=r"eyJ[0-9A-Za-z_\-]{10,300}\.[0-9A-Za-z_\-]{10}", exact=r"(eyJ[0-9A-Za-z_\-]{10,300}\.[0-9A-Za-z_\-]{10})",
        swallow=r"0-9A-Za-z_\-.=", left=320, right=2, validator="jwt", keywords=("eyj",),
    ),
    _rule(
        "url-login", "url_password", "RFC 3986, 3.2.1",
        core=r"://[^\x00-\x20\"'<>/\x60]{2,160}@",
        exact=r"://[^\x00-\x20\"'<>/:@\x60]{0,80}:([^\x00-\x20\"'<>\x60/]{1,160})@[0-9A-Za-z\[_$%{.\-]",
        left=260, right=2, judge="login", stop="", keywords=("://",),
    ),
    _rule(
        "url-login-slash", "url_password", "RFC 3986, 3.2.1, as written with a slash in the password", tier="redact",
        core=r"://[0-9A-Za-z._\-]{1,40}:[^\x00-\x20\"'<>\x60@]{2,120}@",
        exact=r"://[0-9A-Za-z._\-]{1,40}:([^\x00-\x20\"'<>\x60@]{3,120})@[0-9A-Za-z.\-]{1,80}[:/]",
        left=180, right=82, judge="login", stop="", keywords=("://",),
    ),
    _rule(
        "url-token", "url_token", "git-credential, GitHub and GitLab documentation",
        core=r"://[^\x00-\x20\"'<>/\x60]{2,160}@", exact=r"://([^\x00-\x20\"'<>/:@\x60]{16,160})(?::x-oauth-basic)?@[0-9A-Za-z]",
        left=260, right=2, validator="mixed", entropy=3.0, keywords=("://",),
    ),
    _rule(
        "url-query", "url_secret", "RFC 6749, AWS SigV4, Azure SAS, Google signed URLs",
        core=rf"[?&;](?i:{_QUERY})=[^\x00-\x20\"'<>&#]{{6}}", exact=rf"[?&;]((?i:{_QUERY})=)([^\x00-\x20\"'<>&#;\x60]{{6,400}})",
        value=2, swallow=r"0-9A-Za-z%_.~+/=\-", left=48, right=402, judge="query", stop="", keywords=("=",),
    ),
    _rule(
        "authorization", "authorization", "RFC 9110, 11.6.2",
        core=r"(?i:authorization)[\"'\x60\]\)]{0,3}[ \x09]{0,4}[:=,>][ \x09\"'\x60]{0,6}[0-9A-Za-z$\[]",
        exact=rf"(?i:authorization)[\"'\x60\]\)]{{0,3}}[ \x09]{{0,4}}[:=,>][ \x09\"'\x60]{{0,6}}(?:(?i:{_SCHEMES})[ \x09]{{1,4}})?([{_V}:]{{8,400}})",
        swallow=_V, left=60, right=430, judge="header", stop="", keywords=("authorization",),
    ),
    _rule(
        "bearer", "bearer_token", "RFC 6750",
        core=r"(?i:bearer)[ \x09:=\"']{1,4}[0-9A-Za-z_.~+/=\-]{12}", exact=rf"(?i:bearer)[ \x09:=\"']{{1,4}}([{_V}]{{12,400}})",
        swallow=_V, left=26, right=402, judge="header", stop="", keywords=("bearer",),
    ),
    _rule(
        "basic", "basic_auth", "RFC 7617",
        core=r"(?:(?i:basic) {1,3}|(?i:basic)\x09{1,3})[0-9A-Za-z+/]{8}", exact=r"(?i:basic)[ \x09]{1,3}([0-9A-Za-z+/]{8,400}={0,2})",
        not_after="0-9A-Za-z+/=", left=20, right=410, validator="basic64", keywords=("basic",),
    ),
    _rule(
        "header-secret", "header_secret", "IANA field names and providers' headers",
        core=r"(?i:x-(?:[0-9a-z\-]{0,24}(?:key|token|secret|auth|signature|password)))[\"'\x60]{0,2}[ \x09]{0,4}[:=,][ \x09\"'\x60]{0,4}[0-9A-Za-z]",
        exact=rf"(?i:x-[0-9a-z\-]{{0,40}}(?:key|token|secret|auth|signature|password))[\"'\x60]{{0,2}}[ \x09]{{0,4}}[:=,][ \x09\"'\x60]{{0,4}}([{_V}:]{{8,400}})",
        swallow=_V, left=80, right=402, judge="header", stop="", keywords=("x-",),
    ),
    _rule(
        "cookie", "cookie", "RFC 6265", tier="redact",
        core=r"(?i:cookie)[\"'\x60]?[ \x09]{0,2}[:=][ \x09\"'\x60]{0,4}[0-9A-Za-z_.\-]{2,60}=[^\x00-\x20;\"']{8}",
        exact=r"(?i:cookie)[\"'\x60]?[ \x09]{0,2}[:=][ \x09\"'\x60]{0,4}[0-9A-Za-z_.\-]{2,60}=([^\x00-\x20;,\"'\x60]{8,400})",
        left=90, right=402, judge="header", stop="", keywords=("cookie",),
    ),
    _rule(
        "curl-user", "basic_auth", "curl manual, --user",
        core=r"(?i:curl|wget|http|git|svn)[^\x00\x0a]{0,200}[ \x09](?:-u|--user|--proxy-user|-U)[ =\x09\"']",
        exact=r"[ \x09](?:-u|--user|--proxy-user|-U)[ =\x09]{0,3}[\"']?[^\x00-\x20:\"']{0,80}:([^\x00-\x20\"'\x60]{3,120})",
        left=20, right=210, judge="login", stop="", keywords=("-u", "--user"),
    ),
    _rule(
        "flag-password", "password", "mysql, sshpass, smbclient manuals",
        core=r"(?i:mysql|mysqldump|mariadb|sshpass|7z|unzip|zip|rar|openssl)[^\x00\x0a]{0,160} -[pP][ \x09\"']{0,2}[^\x00-\x20\"'\-]",
        exact=r" -[pP][ \x09\"']{0,2}([^\x00-\x20\"'\x60\-][^\x00-\x20\"'\x60]{3,80})",
        left=8, right=90, judge="password", stop="", keywords=("-p",), tier="redact",
    ),
    _rule(
        "netrc", "password", "GNU inetutils, the .netrc file",
        core=r"(?i:login)[ \x09\x0d\x0a]{1,8}[^\x00-\x20]{1,100}[ \x09\x0d\x0a]{1,8}(?i:password)[ \x09]{1,4}[^\x00-\x20]",
        exact=r"(?i:login)[ \x09\x0d\x0a]{1,8}[^\x00-\x20]{1,100}[ \x09\x0d\x0a]{1,8}(?i:password)[ \x09]{1,4}([^\x00-\x20]{3,200})",
        left=140, right=202, judge="password", stop="", keywords=("login",),
    ),
    _rule(
        "pgpass", "password", "PostgreSQL documentation, 34.16",
        core=r":(?:5432|5433|6432|\*):[^\x00-\x20:]{1,60}:[^\x00-\x20:]{1,60}:[^\x00-\x20:]",
        exact=r"[0-9A-Za-z_.*\-]{1,100}:(?:5432|5433|6432|\*):[^\x00-\x20:]{1,60}:[^\x00-\x20:]{1,60}:([^\x00-\x20]{3,160})",
        left=240, right=162, judge="password", stop="", keywords=(":543", ":643", ":*:"),
    ),
    _rule(
        "docker-auth", "basic_auth", "docker login documentation",
        core=r"\"_?auth\"[ \x09]{0,3}:[ \x09]{0,3}\"[0-9A-Za-z+/]{8}", exact=r"\"_?auth\"[ \x09]{0,3}:[ \x09]{0,3}\"([0-9A-Za-z+/]{8,400}={0,2})",
        left=24, right=410, validator="basic64", keywords=("auth",),
    ),
    _rule(
        "kubernetes-secret", "kubernetes_secret", "Kubernetes documentation, Secret v1",
        core=r"(?i:kind)[\"']?:[ \x09]{0,4}[\"']?Secret[\"' ,\x0d\x0a]",
        exact=r"(?i:kind)[\"']?:[ \x09]{0,4}[\"']?Secret[\"' ,\x0d\x0a][^\x00]{0,160}?[ \"']?(?i:data|stringdata)[\"']?:[ {\x09]{0,4}[\x0d\x0a]{0,2}"
        r"((?:[ \x09]{1,12}[\"']?[0-9A-Za-z_.\-]{1,80}[\"']?:[ \x09]{1,4}[^\x0a\x00]{4,300}\x0a?))",
        left=40, right=600, stop="", tier="redact", keywords=("secret",),
    ),
    _rule(
        "kubernetes-secret-above", "kubernetes_secret", "Kubernetes documentation, Secret v1",
        core=r"(?i:kind)[\"']?:[ \x09]{0,4}[\"']?Secret[\"' ,\x0d\x0a]",
        exact=r"(?i:data|stringdata)[\"']?:[ {\x09]{0,4}[\x0d\x0a]{0,2}((?:[ \x09]{1,12}[\"']?[0-9A-Za-z_.\-]{1,80}[\"']?:[ \x09]{1,4}[^\x0a\x00]{4,300}\x0a))"
        r"[^\x00]{0,160}?(?i:kind)[\"']?:[ \x09]{0,4}[\"']?Secret[\"' ,\x0d\x0a]",
        left=600, right=4, stop="", tier="redact", keywords=("secret",),
    ),
    _rule(
        "dockerfile-env", "secret", "Dockerfile reference, ENV and ARG",
        core=r"(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|KEY|CREDENTIALS?)[0-9A-Z_]{0,20}[ \x09]{1,3}[^\x00-\x20=:]",
        exact=r"(?i:env|arg|setx?|setenv|export)[ \x09]{1,3}([0-9A-Z_]{0,40}(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|KEY|CREDENTIALS?)[0-9A-Z_]{0,20}[ \x09]{1,3}[\"']?)([^\x00-\x20=:\"'][^\x00-\x20\"']{3,300})",
        value=2, left=100, right=302, judge="named", stop="", keywords=("pass", "pwd", "secret", "token", "key", "credential"),
    ),
    _rule(
        "config-password", "password", "Redis, Kickstart, OpenLDAP, Apache manuals",
        core=r"(?i:rootpw|requirepass|masterauth|bindpw|userpassword|auth_pass|sshpass|bind_password|secretpw)[ \x09:]{1,4}[^\x00-\x20]",
        exact=r"(?i:rootpw|requirepass|masterauth|bindpw|userpassword|auth_pass|sshpass|bind_password|secretpw)[ \x09:]{1,4}(?:--[a-z]{1,12} )?[\"']?([^\x00-\x20\"'\-][^\x00-\x20\"']{3,200})",
        left=20, right=220, judge="password", stop="", keywords=("rootpw", "requirepass", "masterauth", "bindpw", "userpassword", "auth_pass", "sshpass", "bind_password", "secretpw"),
    ),
    _rule(
        "auth-tuple", "password", "requests and httpx documentation",
        core=r"(?i:auth|credentials?|login)[ ]?[=:(][ ]?[(\[]?[\"']", exact=r"(?i:auth|credentials?|login)[ ]?[=:(][ ]?[(\[]?[\"'][^\x00\x0a\"']{1,60}[\"'],[ ]?[\"']([^\x00\x0a\"']{4,120})[\"'][)\]]",
        left=18, right=200, judge="password", stop="", keywords=("auth", "credential", "login"),
    ),
    _rule(
        "hash", "password_hash", "crypt(5), PHC string format, Django documentation", group="token",
        core=r"\$(?:2[abxy]\$[0-9]{2}|argon2(?:id|i|d)\$v=|pbkdf2[0-9a-z\-]{0,10}\$|scrypt\$|[156]\$[^\x00-\x20$]{4})",
        exact=r"(\$(?:2[abxy]\$[0-9]{2}\$[./0-9A-Za-z]{53}|argon2(?:id|i|d)\$v=[0-9]{1,3}\$[0-9a-z=,]{5,40}\$[+/0-9A-Za-z]{8,64}\$[+/0-9A-Za-z]{16,128}"
        r"|pbkdf2[0-9a-z\-]{0,10}\$[0-9]{1,9}\$[./+=0-9A-Za-z]{4,64}\$[./+=0-9A-Za-z]{16,128}|scrypt\$[0-9a-z=,]{3,40}\$[+/=0-9A-Za-z]{8,64}\$[+/=0-9A-Za-z]{16,128}"
        r"|[156]\$(?:rounds=[0-9]{1,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{22,86}))",
        left=24, right=330, stop="", tier="redact", keywords=("$",),
    ),
    *ASSIGNMENTS,
)  # fmt: skip
