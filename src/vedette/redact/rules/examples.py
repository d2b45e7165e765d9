"""Texts for the rules written by hand: templates that are filled with random values when they are used.

`{an:40}` is forty letters and digits, `{hex:32}`, `{digits:8}`, `{b64:24}`, `{lower:6}` likewise, `{fill:5}` five `<`; what stands between `<<` and `>>` is
the value that must be taken out.
"""

from __future__ import annotations

import base64
import random
import re
import string

_HOLE = re.compile(r"\{(an|hex|digits|b64|lower|upper|basic|jwt|fill):?(\d*)\}")
_SETS = {
    "an": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "digits": "23456789",
    "b64": string.ascii_letters + string.digits + "+/",
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
}

EXAMPLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "own:private-key": (
        (
            "<<-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{b64:64}\n{b64:64}\n-----END RSA PRIVATE KEY----->>\n",
            "key: <<-----BEGIN PRIVATE KEY-----\\n{b64:64}\\n-----END PRIVATE KEY----->>",
            "<<-----BEGIN OPENSSH PRIVATE KEY-----\n{b64:64}\n{b64:20}==>>",
        ),
        ("-----BEGIN PUBLIC KEY-----\n{b64:64}", "-----BEGIN CERTIFICATE-----", "the PRIVATE KEY header"),
    ),
    "own:putty-key": (
        ("<<PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\n{b64:64}\nPrivate-MAC: {hex:40}>>\n",)
        * 3,
        ("PuTTY-User-Key-File", "PuTTY-User-Key-File-9: ssh-rsa", "PuTTY 0.78"),
    ),
    "own:private-key-base64": (
        (
            "tls.key: <<LS0tLS1CRUdJTiB{b64:200}==>>",
            '"key": "<<LS0tLS1CRUdJTiB{b64:120}>>"',
            "K=<<LS0tLS1CRUdJTi{b64:60}>>",
        ),
        ("LS0tLS1", "LS0tLS1CRUdJTi short", "LS0tLS0tLS0tLS0tLS0"),
    ),
    "own:jwt": (
        (
            "token <<{jwt}>> expired",
            '{"jwt": "<<{jwt}>>"}',
            "<<eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.{an:80}.{an:16}.{an:40}.{an:22}>>",
        ),
        ("eyJhbGciOiJIUzI1NiJ9", "a.eyJ.b", "see section eyJ.eyJ"),
    ),
    "own:url-login": (
        (
            "postgres://app:<<{an:14}>>@db.internal:5432/x",
            "redis://:<<{an:20}>>@cache:6379",
            "https://joe:<<{an:9}!>>@example.org/",
        ),
        (
            "https://example.org:8080/a@b",
            "postgres://app:${DB_PASSWORD}@db/x",
            "see http://a.example/ and mail@example.org",
        ),
    ),
    "own:url-login-slash": (
        ("amqp://app:<<{an:6}/{an:6}>>@mq:5672/", "mysql://root:<<{an:4}/{an:9}>>@db/app", "ftp://u:<<a/{an:8}>>@h:21"),
        ("https://example.org:8080/a", "http://a.example/x y@z", "ssh://git@host/x"),
    ),
    "own:url-token": (
        (
            "https://<<{an:36}>>@git.example.org/a.git",
            "https://<<{an:40}>>:x-oauth-basic@git.example.org",
            "git+https://<<{an:24}9>>@h/x",
        ),
        ("https://git@example.org/a.git", "ssh://deploy@example.org", "https://example.org/@scope/package"),
    ),
    "own:url-query": (
        ("/cb?code=<<{an:30}>>&x=1", "https://b.example/o?sig=<<{an:43}%3D>>", "?a=1&api_key=<<{an:32}>>"),
        ("?code=python", "?page=2&key=name", "?token=${TOKEN}"),
    ),
    "own:authorization": (
        ("Authorization: Bearer <<{an:40}>>\r\n", '"Authorization": "token <<{an:40}>>"', "authorization=<<{an:32}>>"),
        ("Authorization: Bearer ${TOKEN}", "authorization: required", "Authorization: <token>"),
    ),
    "own:bearer": (
        ("curl -H 'X: Bearer <<{an:40}>>'", "use bearer <<{hex:32}>> then", "Bearer <<{an:200}>>,"),
        ("bearer of bad news", "Bearer <token>", "bearer_token_handler"),
    ),
    "own:basic": (
        ("Basic <<{basic}>>", "basic <<{basic}>>\n", "'Basic <<{basic}>>'"),
        ("basic understanding", "Basic {hex:32}", "the basic authentication"),
    ),
    "own:header-secret": (
        ("x-api-key: <<{an:32}>>\r\n", '"X-Auth-Token": "<<{hex:32}>>"', "X-Shopify-Access-Token: <<{an:38}>>"),
        ("x-api-key: ${KEY}", "x-request-id: {hex:32}", "X-API-Key: <your-key>"),
    ),
    "own:cookie": (
        ("Cookie: sid=<<{an:32}>>; a=b", "Set-Cookie: session=<<{hex:40}>>; Path=/", 'cookie: "id=<<{an:26}>>"'),
        ("cookie jar", "Cookie: a=b", "set-cookie"),
    ),
    "own:curl-user": (
        (
            "curl -u joe:<<{an:12}>> https://x",
            'curl --user "joe:<<{an:9}$>>" https://x',
            "curl -s -u 'api:<<{hex:20}>>' x",
        ),
        ("curl -u $USER:$PASS https://x", "curl https://x", "git push -u origin main"),
    ),
    "own:flag-password": (
        ("mysql -h db -u app -p<<{an:10}>> x", "sshpass -p <<{an:12}>> ssh h", "7z x -p<<{an:9}>> a.7z"),
        ("mysql -p", "mkdir -p /tmp/x", "mysql -p $PASS"),
    ),
    "own:netrc": (
        (
            "machine h login joe password <<{an:12}>>",
            "login a\npassword <<{an:10}>>\n",
            "default login x password <<{hex:8}q>>",
        ),
        ("login and password", "login joe\n", "machine h login x"),
    ),
    "own:pgpass": (
        ("db.example:5432:app:joe:<<{an:12}>>", "localhost:5432:*:postgres:<<{an:14}>>\n", "h:6432:a:b:<<{an:10}>>"),
        ("localhost:5432", "host:5432:a", "a:b:c:d:e"),
    ),
    "own:docker-auth": (
        ('{"auths":{"r":{"auth":"<<{basic}>>"}}}', '"auth": "<<{basic}>>"', '"_auth" : "<<{basic}>>"'),
        ('"auth": "none"', '"auth": "{hex:20}"', '"author": "x"'),
    ),
    "own:kubernetes-secret": (
        (
            "kind: Secret\nmetadata:\n  name: x\ndata:\n  password: <<{b64:24}>>\n",
            'kind: "Secret"\ndata:\n  a.b: <<{b64:32}>>\n',
            "kind: Secret\nstringData:\n  TOKEN: <<{an:20}>>\n",
        ),
        ("kind: ConfigMap\ndata:\n  a: b\n", "kind: Secret\n", "kind: SecretStore\ndata:\n  a: bcdef\n"),
    ),
    "own:kubernetes-secret-above": (
        (
            "data:\n  password: <<{b64:24}>>\nkind: Secret\n",
            "data:\n  k: <<{b64:30}>>\nmetadata:\n  x: y\nkind: Secret\n",
            'data:\n  a: <<{b64:24}>>\nkind: "Secret"\n',
        ),
        ("data:\n  a: b\nkind: ConfigMap\n", "kind: Secret\n", "data: x"),
    ),
    "own:dockerfile-env": (
        ("ENV API_TOKEN <<{an:24}>>\n", "ARG DB_PASSWORD <<{an:12}>>\n", "setx AWS_SECRET_ACCESS_KEY <<{an:40}>>"),
        ("ENV API_TOKEN $TOKEN", "ENV PATH /usr/bin", "ARG TOKEN"),
    ),
    "own:hash": (
        (
            "root:<<$6${an:8}${an:86}>>:19000",
            "<<$2b$12${an:53}>>",
            "'<<$argon2id$v=19$m=65536,t=3,p=4${b64:22}${b64:43}>>'",
        ),
        ("$2b$12$", "cost $6 for $5", "$1 $2 $3"),
    ),
    "own:assigned-quoted": (
        ('password = "<<{an:10}>>"', 'const apiKey = "<<{an:32}>>";', '<add key="DbPassword" value="<<{an:12}>>"/>'),
        ('password = "${PASSWORD}"', 'token = "your-token-here"', 'secret_name = "prod/database/main"'),
    ),
    "own:assigned-bare": (
        ("DB_PASSWORD=<<{an:12}>>\n", "api_key: <<{hex:32}>>\n", "secret = <<{an:24}>>\n"),
        ("password = get_password()", "token: str", "max_tokens: 4096"),
    ),
    "own:assigned-line": (
        ("DB_PASSWORD=<<{an:6}&{an:5}>>\n", "a: 1\n  secret: <<{an:20}(x>>\nb: 2", "export API_KEY=<<{hex:32}>>"),
        ("password = get_password()\n", "token: str,\n", "PASSWORD=$OTHER\n"),
    ),
    "own:assigned-quoted-token": (
        ('token = "<<{an:24}>>"', 'const accessToken: string = "<<{an:32}>>";', '"tokens_of_ours": "<<{an:20}>>"'),
        ('token = "your-token-here"', '"max_tokens": "4096"', 'token_type = "bearer"'),
    ),
    "own:assigned-bare-token": (
        ("TOKEN=<<{an:24}>>\n", "token: <<{hex:32}>>\n", "access_token = <<{an:24}>>\n"),
        ("token = get_token()", "token: str", "max_tokens: 4096"),
    ),
    "own:assigned-line-token": (
        ("TOKEN=<<{an:12}&{an:5}>>\n", "a: 1\n  token: <<{an:20}(x>>\nb: 2", "export TOKEN=<<{hex:32}>>"),
        ("token = get_token()\n", "token: str,\n", "TOKEN=$OTHER\n"),
    ),
    "own:named-random": (
        ("use API key <<{an:32}>> for it", "with token <<{hex:40}>>.", 'secret "key" <<{an:24}>>'),
        ("token authentication_handler_for_all", "password must be at least", "key management documentation"),
    ),
    "own:config-password": (
        ("requirepass <<{an:12}>>\n", "rootpw --plaintext <<{an:10}>>", "bindpw: <<{an:14}>>"),
        ("rootpw --lock", "# requirepass", "bindpw: ${PW}"),
    ),
    "own:auth-tuple": (
        ('get(u, auth=("joe", "<<{an:12}>>"))', "auth: ['a', '<<{an:16}>>']", 'login("joe", "<<{an:10}>>")'),
        ("auth=(user, password)", 'auth("x")', 'login("a", "${B}")'),
    ),
    "own:flag-value": (
        ("app --password <<{an:12}>> run", "x --api-key=<<{an:32}>>", "--token <<{hex:40}>>"),
        ("--password $PASS", "--token-file /run/t", "--key name"),
    ),
}
EXAMPLES |= {
    "pii:email": (
        ("mail <<{lower:6}.{lower:5}@example.com>>", "<<{lower:4}+x@mail.example.co.uk>>,", "mailto:<<{lower:5}@a-b.org>>"),
        ("icon@2x.png", "user@localhost", "@decorator"),
    ),
    "pii:ipv6": (
        ("from <<2001:db8:{hex:4}:1:2:3:4:5>>", "peer [<<fe80::{hex:4}:ff:fe23:4567>>]", "<<2001:0db8:85a3:0000:0000:8a2e:0370:{hex:4}>>"),
        ("std::vector", "12:34:56", "::1"),
    ),
    "pii:phone-international": (
        ("<<+49 30 9018 2234>>", "tel:<<+442079460958>>", "ring <<+33 1 44 55 66 77>> now"),
        ("+1", "a+12345678b", "x = +100"),
    ),
    "pii:phone-us": (
        ("<<415-555-{digits:4}>>", "<<(415) 555-{digits:4}>>", "<<415.555.{digits:4}x123>>"),
        ("415-555", "2024-01-15", "111-111-1111"),
    ),
    "pii:phone-us-spaced": (
        ("<<415 555 {digits:4}>>", "at <<415 555-{digits:4}>>", "<<1 415 555 {digits:4}>>"),
        ("100 200 3000", "415 555", "1 2 3 4"),
    ),
    "pii:phone-trunk": (
        ("<<07700{digits:6}>>", "<<(07700) 900{digits:3}>>", "<<0{digits:9}>>"),
        ("0000000000", "0.0770012345", "0x07700900123"),
    ),
    "pii:phone-bare": (
        ("call me at <<{digits:10}>>", "my number is <<{digits:10}>>", "reach us on <<{digits:10}>>."),
        ("at 1700000000", "is 12345", "row {digits:10}"),
    ),
    "pii:phone-called": (
        ("call <<66 135 36 14>>", "please dial <<754 4311>>", "text <<555 867 5309>>"),
        ("call 12", "text 2024", "recall 5"),
    ),
    "pii:phone-named-behind": (
        ("<<743 254 381>> office", "<<42-51-49-67>>-Fax", "<<0171 2345678>> mobile"),
        ("42 office", "home office", "12 desks"),
    ),
    "pii:phone-national": (
        ("<<030 9018 2234>>", "<<020 7946 0958>>", "<<(02) 9876 5432>>"),
        ("01 02 03", "0-1-2", "00 00 00 00 00"),
    ),
    "pii:phone-named": (
        ("phone: <<9648 3730>>", "Mobile <<725 119 426>>", "Tel. <<030/9018223>>"),
        ("phone book", "cell 12", "telegram 2345"),
    ),
    "pii:birth-date": (
        ("date of birth: <<1984-03-12>>", "born on <<12 March 1984>>", "Geburtsdatum <<12.03.1984>>"),
        ("born to run", "date: 1984-03-12", "dob unknown"),
    ),
    "pii:age": (("a <<34>> year old man", "<<7>>-year-old", "she is <<61>> years old"), ("years old", "3 years", "year 2000")),
    "pii:address-english": (
        ("lives at <<1600 Pennsylvania Avenue>>", "<<12 Baker Street>>, London", "ship to <<350 Fifth Ave, Apt 4B>>"),
        ("Wall Street", "a two way street", "road map 2030"),
    ),
    "pii:address-box": (("<<PO Box 1234>>", "<<P.O. Box 77>>", "<<Postfach 10>>"), ("box 12", "inbox 3", "post box")),
    "pii:address-german": (
        ("<<Hauptstrasse 12>>", "wohnt <<Lindenallee 4a>>", "<<Prinsengracht 263>>"),
        ("strasse", "ring 0", "12 weg"),
    ),
    "pii:address-german-apart": (
        ("<<Berliner Allee 12>>", "in der <<Frankfurter Strasse 7b>>", "<<Alter Platz 3>>"),
        ("Platz 3", "alle 3", "Weg"),
    ),
    "pii:address-romance": (
        ("<<Calle Mayor 12>>", "abita in <<Via Garibaldi 7>>", "<<Avenida Paulista 1578>>"),
        ("via email 3", "calle", "plaza 7"),
    ),
    "pii:address-french": (
        ("<<12 rue de la Paix>>", "<<5 bis, avenue Foch>>", "au <<8 boulevard Saint-Michel>>"),
        ("la rue", "rue 12", "12 routes"),
    ),
    "pii:phone-named-abroad": (
        ("\u624b\u673a <<13800138{digits:3}>>", "\u0442\u0435\u043b. <<9161234{digits:3}>>", "\u03c4\u03b7\u03bb: <<210 123 {digits:4}>>"),
        ("\u624b\u673a 12", "\u0442\u0435\u043b", "phone"),
    ),
    "pii:phone-brazil": (
        ("<<(11) 98765-{digits:4}>>", "ligue <<21 99876-{digits:4}>>", "<<(31) 3222-{digits:4}>>,"),
        ("(0) 98765-4321", "1-11 98765", "11 8765-4321"),
    ),
    "pii:phone-china": (
        ("<<138 0013 {digits:4}>>", "\u624b\u673a<<159-8888-{digits:4}>>", "(<<186 1234 {digits:4}>>)"),
        ("128 0013 8000", "138 0013", "1380 0138 0000"),
    ),
    "pii:phone-russia": (
        ("<<8 (912) 345-67-{digits:2}>>", "<<8-912-345-67-{digits:2}>>", "<<(495) 123-45-{digits:2}>>"),
        ("8 (112) 345-67-89", "345-67-89", "12-345-67-89"),
    ),
    "pii:email-spelt-out": (
        ("<<{lower:6} [at] example [dot] com>>", "<<{lower:5}(at)example.org>>", "<<j.{lower:4} {at} a-b {dot} co {dot} uk>>"),
        ("[at] home", "look (at) this", "x [at] y"),
    ),
    "pii:passport-zone": (
        (
            "\n<<L898902C36UTO7408122F1204159ZE184226B{fill:5}10>>", "<<L898902C{fill:1}3UTO6908061F9406236ZE184226B{fill:5}14>> ",
            "x <<D231458907UTO7408122F1204159{fill:14}06>>",
        ),
        ("L898902C37UTO7408122F1204159ZE184226B{fill:5}10", "UTO7408122F1204159", "A{fill:1}B"),
    ),
    "pii:passport-zone-name": (
        (
            "<<P{fill:1}UTOERIKSSON{fill:2}ANNA{fill:1}MARIA{fill:19}>>\n", "a <<P{fill:1}D{fill:2}MUSTERMANN{fill:2}ERIKA{fill:22}>>",
            "(<<PPGBRSMITH{fill:2}JOHN{fill:28}>>)",
        ),
        ("P{fill:1}UTO", "PASSED{fill:2}TEST", "P{fill:1}A>B"),
    ),
    "pii:address-named": (
        ("Anschrift: <<Am Alten Markt 5a>>, 50667", "address = '<<12 Sunny Hill>>'", '"street": "<<Ulica Dluga 7/12>>"'),
        ("address: 10.0.0.1", "email address: a@b.example", "address 12"),
    ),
    "pii:coordinates": (
        ("lat: <<52.520008, lon: 13.404954>>", "gps <<48.8584>>", "latitude <<-33.8568>>"),
        ("lat: 5", "flat 3.14", "geo"),
    ),
}  # fmt: skip


def filled(template: str, rng: random.Random) -> tuple[str, str]:
    """The text of a template, and the value that must be taken out of it (empty: nothing)."""
    before, _, rest = template.partition("<<")
    value, _, after = rest.partition(">>")
    before, value, after = (_HOLE.sub(lambda hole: _drawn(hole, rng), each) for each in (before, value, after))
    return before + value + after, value


def _drawn(hole: re.Match[str], rng: random.Random) -> str:
    return _value(hole.group(1), int(hole.group(2) or 0), rng)


def _value(kind: str, size: int, rng: random.Random) -> str:
    if kind == "fill":
        return "<" * size
    if kind == "basic":
        return base64.b64encode(f"{_random('lower', 5, rng)}:{_random('an', 12, rng)}".encode()).decode()
    if kind == "jwt":
        return f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{_random('an', 30, rng)}.{_random('an', 43, rng)}"
    return _random(kind, size, rng)


def _random(kind: str, size: int, rng: random.Random) -> str:
    """Letters and digits both, where the set has both and there is room for both."""
    drawn = "".join(rng.choices(_SETS[kind], k=size))
    return drawn[:-2] + "7q" if kind == "an" and size > 4 else drawn
