"""The rules, as data. Formats are facts from providers' documentation and from `shared` public collections (NOTICE).

`core` begins with a literal wherever it can; `value` is the group that is masked (0 = the whole match, -1 = whichever
group took part). Every repeat is bounded, so that the time is linear in the text. A rule of class `keyvalue` masks what
stands beside a secret's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from vedette.redact import validators

Class = Literal["token", "context", "keyvalue", "pii"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One format. `hint` is a literal without which it cannot match: the cheap test before any pattern runs."""

    id: str
    kind: str
    group: Class
    core: str
    hint: str
    value: int = 0
    validator: Callable[[str], bool] | None = None
    entropy: float = 0.0


_W = "0-9A-Za-z"


def _token(id_: str, kind: str, core: str, hint: str, entropy: float = 0.0) -> Rule:
    """A format that is recognisable by itself; it may stand against anything that is not of its own alphabet.

    What stands before it is looked at by the engine: a look-behind here would cost `re` its literal prefix.
    """
    return Rule(id_, kind, "token", rf"{core}(?![{_W}])", hint, entropy=entropy)


TOKENS = (
    _token("github-pat", "github_token", rf"gh[pousr]_[{_W}]{{36,255}}", "gh"),
    _token("github-fine-grained", "github_token", rf"github_pat_[{_W}_]{{22,255}}", "github_pat_"),
    _token("gitlab-pat", "gitlab_token", rf"gl(?:pat|ptt|dt|rt|oas|cbt|ft|soat|agent)-[{_W}_\-]{{20,64}}", "gl"),
    _token("openai", "openai_key", rf"sk-(?:proj-|svcacct-|admin-)?[{_W}_\-]{{20,250}}", "sk-", 3.0),
    _token("anthropic", "anthropic_key", rf"sk-ant-(?:api|admin)\d\d-[{_W}_\-]{{80,120}}", "sk-ant-"),
    _token("aws-access-key", "aws_access_key", r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}", "A"),
    _token("google-api", "google_api_key", rf"AIza[{_W}_\-]{{35}}", "AIza"),
    _token("google-oauth", "google_token", rf"ya29\.[{_W}_\-]{{20,500}}", "ya29."),
    _token("google-client-secret", "google_secret", rf"GOCSPX-[{_W}_\-]{{28}}", "GOCSPX-"),
    _token("slack-token", "slack_token", rf"xox[abeoprs](?:\.xox[abp])?-[{_W}\-]{{10,250}}", "xox"),
    _token("slack-app", "slack_token", rf"xapp-\d-[{_W}\-]{{10,250}}", "xapp-"),
    _token("slack-webhook", "slack_webhook", rf"hooks\.slack\.com/(?:services|workflows)/[{_W}+/]{{40,64}}", "hooks.slack"),
    _token("stripe", "stripe_key", rf"(?:sk|rk|pk)_(?:live|test|prod)_[{_W}]{{10,99}}", "k_"),
    _token("stripe-webhook", "stripe_secret", rf"whsec_[{_W}+/=]{{32,64}}", "whsec_"),
    _token("twilio-key", "twilio_key", r"SK[0-9a-f]{32}", "SK"),
    _token("sendgrid", "sendgrid_key", rf"SG\.[{_W}_\-]{{22}}\.[{_W}_\-]{{43}}", "SG."),
    _token("mailgun", "mailgun_key", r"key-[0-9a-f]{32}", "key-"),
    _token("mailchimp", "mailchimp_key", r"[0-9a-f]{32}-us\d{1,2}", "-us"),
    _token("npm", "npm_token", rf"npm_[{_W}]{{36}}", "npm_"),
    _token("pypi", "pypi_token", rf"pypi-AgE[{_W}_\-]{{50,1000}}", "pypi-AgE"),
    _token("rubygems", "rubygems_key", r"rubygems_[0-9a-f]{48}", "rubygems_"),
    _token("docker", "docker_token", rf"dckr_(?:pat|oat)_[{_W}_\-]{{27,40}}", "dckr_"),
    _token("huggingface", "huggingface_token", r"(?:hf|api_org)_[A-Za-z]{34}", "_"),
    _token("digitalocean", "digitalocean_token", r"do[opr]_v1_[0-9a-f]{64}", "_v1_"),
    _token("databricks", "databricks_token", r"dapi[0-9a-f]{32}(?:-\d)?", "dapi"),
    _token("shopify", "shopify_token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "shp"),
    _token("square", "square_token", rf"(?:EAAA|sq0[a-z]{{3}}-)[{_W}_\-]{{22,60}}", "sq0"),
    _token("telegram", "telegram_token", rf"\d{{8,10}}:A[{_W}_\-]{{34}}", ":A"),
    _token("discord-webhook", "discord_webhook", rf"discord(?:app)?\.com/api/webhooks/\d{{17,20}}/[{_W}_\-]{{60,70}}", "webhooks"),
    _token("linear", "linear_key", rf"lin_(?:api|oauth)_[{_W}]{{40,64}}", "lin_"),
    _token("notion", "notion_token", rf"(?:ntn_[{_W}]{{40,50}}|secret_[{_W}]{{43}})", "_"),
    _token("airtable", "airtable_token", rf"pat[{_W}]{{14}}\.[0-9a-f]{{64}}", "pat"),
    _token("atlassian", "atlassian_token", rf"ATATT3[{_W}_\-=]{{150,250}}", "ATATT3"),
    _token("newrelic", "newrelic_key", r"NR(?:AK|JS|II|RA)-[0-9A-Za-z\-]{19,42}", "NR"),
    _token("grafana", "grafana_token", rf"gl(?:c|sa)_[{_W}+/_]{{32,400}}={{0,2}}", "gl"),
    _token("vault", "vault_token", rf"hv[sbr]\.[{_W}_\-]{{24,300}}", "hv"),
    _token("terraform", "terraform_token", rf"[{_W}]{{14}}\.atlasv1\.[{_W}_\-=]{{60,70}}", ".atlasv1."),
    _token("doppler", "doppler_token", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.[{_W}]{{40,44}}", "dp."),
    _token("postman", "postman_key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-"),
    _token("supabase", "supabase_key", r"sbp_[0-9a-f]{40}", "sbp_"),
    _token("replicate", "replicate_token", rf"r8_[{_W}]{{37}}", "r8_"),
    _token("groq", "groq_key", rf"gsk_[{_W}]{{48,56}}", "gsk_"),
    _token("perplexity", "perplexity_key", rf"pplx-[{_W}]{{40,56}}", "pplx-"),
    _token("xai", "xai_key", rf"xai-[{_W}]{{70,90}}", "xai-"),
    _token("langsmith", "langsmith_key", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", "lsv2_"),
    _token("sentry", "sentry_token", rf"sntry[su]_[{_W}+/=_]{{40,300}}", "sntry"),
    _token("azure-storage", "azure_key", rf"AccountKey=[{_W}+/]{{86}}==", "AccountKey="),
    _token("jwt", "jwt", rf"eyJ[{_W}_\-]{{8,4000}}\.eyJ[{_W}_\-]{{8,8000}}\.[{_W}_\-]{{0,2000}}", "eyJ"),
    Rule(
        "private-key", "private_key", "token",
        r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^-]|-(?!----END)){0,16384}(?:-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
        "PRIVATE KEY",
    ),
)  # fmt: skip

CONTEXT = (
    Rule(
        "url-login", "url_password", "context",
        r"[a-z][a-z0-9+.\-]{1,20}://[^\s/:@\"'<>\[\]]{0,100}:([^\s/@\"'<>\[\]]{1,200})@", "://", value=1,
    ),
    Rule(
        "bearer", "bearer_token", "context",
        r"(?i:bearer|token)[ \t]+([0-9A-Za-z_\-.~+/=]{16,2000})", "ear", value=1, entropy=3.0,
    ),
    Rule(
        "basic", "basic_auth", "context",
        r"(?i:basic)[ \t]+([0-9A-Za-z+/]{12,1000}={0,2})", "asic", value=1, entropy=3.0,
    ),
    Rule(
        "aws-secret", "aws_secret_key", "context",
        r"(?i:aws.{0,20}(?:secret|key)|secret.?access.?key).{0,10}?[\"'= :]([0-9A-Za-z+/]{40})(?![0-9A-Za-z+/])",
        "ecret", value=1, entropy=3.5,
    ),
)  # fmt: skip

SECRET_WORDS = (
    "api[_-]?key|apikey|access[_-]?key|secret[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|"
    "refresh[_-]?token|id[_-]?token|session[_-]?token|password|passwd|passphrase|pwd|secret|credential|token"
)

KEYVALUE = (
    Rule(
        "key-value", "secret", "keyvalue",
        rf"(?i:(?:{SECRET_WORDS}))[\"']?[ \t]{{0,3}}(?:=>|:=|[:=])[ \t]{{0,3}}"
        r"(?:\\?[\"']([^\s\"'\\]{6,200})\\?[\"']|((?:[^\s\"'`,;&<>(){}\[\]\\]|&(?![\w.]{1,40}=)){8,200}))",
        "", value=-1,
    ),
)  # fmt: skip

PII = (
    Rule("email", "email", "pii", rf"[{_W}._%+\-]{{1,64}}@[{_W}](?:[{_W}\-]{{0,62}}\.){{1,8}}[A-Za-z]{{2,24}}", "@",
         validator=validators.email),
    Rule("card", "card", "pii", r"(?<![\d.\-])\d(?:[ \-]?\d){11,18}(?![\d\-]|\.\d)", "0", validator=validators.card),
    Rule("iban", "iban", "pii", r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?(?![0-9A-Za-z])",
         "0", validator=validators.iban),
    Rule("us-ssn", "us_ssn", "pii", r"(?<![\d\-])\d{3}-\d{2}-\d{4}(?![\d\-])", "-", validator=validators.us_ssn),
    Rule("ipv4", "ip", "pii", r"(?<![\dv.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)", ".", validator=validators.ip),
    Rule("ipv6", "ip", "pii", r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}){1,7}(?![0-9A-Za-z:])", ":",
         validator=validators.ip),
    Rule("phone", "phone", "pii",
         r"(?<![\d.\-+/=_A-Za-z])(?:\+\d{1,3}[ .\-]?(?:\(\d{1,4}\)[ .\-]?)?\d{1,4}(?:[ .\-]?\d{2,4}){1,4}"
         r"|\(\d{3}\)[ ]?\d{3}[ .\-]\d{4}|\d{3}[.\-]\d{3}[.\-]\d{4})(?![\d\-]|\.\d)", "0", validator=validators.phone),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*TOKENS, *CONTEXT, *KEYVALUE, *PII)
SECRET_KINDS = frozenset(rule.kind for rule in RULES if rule.group != "pii")


def compiled(rule: Rule) -> re.Pattern[str]:
    return re.compile(rule.core)
