"""Takes secrets out of what people write before it is searched, sent, kept or logged (pure)."""

import re

MASK = "***"

# Every pattern is bounded, so that a hostile text costs no more than linear time.
_WHOLE = (
    (
        "private key",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,8000}?"
        r"(?:-----END [A-Z ]{0,40}-----|\Z)",
    ),
    ("Slack token", r"\bx(?:ox[a-z]|app)-[\w-]{8,300}"),
    ("Slack webhook", r"https://hooks\.slack\.com/\S{10,300}"),
    ("Discord webhook", r"https://(?:\w{1,20}\.)?discord(?:app)?\.com/api/webhooks/\S{10,300}"),
    ("Discord token", r"\b[MNO][\w-]{22,30}\.[\w-]{6,7}\.[\w-]{27,50}"),
    ("GitHub token", r"\b(?:gh[a-z]_[A-Za-z0-9]{16,255}|github_pat_\w{20,255})"),
    ("GitLab token", r"\bglpat-[\w-]{16,100}"),
    ("cloud access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,20}\b"),
    ("cloud API key", r"\bAIza[\w-]{30,45}"),
    ("API key", r"\b(?:sk|pk|rk)[-_](?:[a-z]{2,8}[-_])?[\w-]{16,300}"),
    ("access token", r"\b(?:hf|npm|pypi|dop_v1|shpat|whsec)[-_][\w-]{20,300}"),
    ("signed token", r"\beyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{0,2000})?"),
)
_WHOLE_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _WHOLE)
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@:]{0,256}:[^\s/@]{1,256}(?=@)")
_BEARER = re.compile(
    r"(?i)(\bauthorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:bearer|basic)\s{1,5}|\bbearer\s{1,5})"
    r"([\w.~+/=-]{16,4000})"
)
_PASSWORD = (
    r"pass(?:word|wort|wd|phrase)|pwd|(?<![a-z])pw|kennwort|contrase(?:ñ|n\u0303|n)a|senha|mot de passe"
    r"|wachtwoord|пароль|密码|密碼|口令|パスワード|비밀번호"
)
_KEY = (
    r"secret(?:[ _-]?(?:access[ _-]?)?key)?|(?:api|access|auth|private|account)[ _-]?(?:key|token)"
    r"|client[ _-]?secret|token|api[ -]?schlüssel|cl(?:é|e)[ _-](?:d['’]|de )?api"
    r"|(?:clave|chave) (?:de |da )?api"
)
_OF = r"(?:\s{1,3}(?:for|of|on|to|von|für|de|para|pour)(?:\s{1,3}[\w.@-]{1,40}){1,3}?)?"
"""Whose it is: "my password for the staging server is"."""
_IS = (
    rf"{_OF}(?:\s{{0,3}}[:=：]{{1,2}}>?\s{{0,3}}"
    r"|\s{1,5}(?:is|was|ist|lautet|es|est|é)(?:\s{0,3}[:：]\s{0,3}|\s{1,5})|\s{0,3}[是为為]\s{0,3})"
)
_VALUE = r"[^\s'\"`<>,;)(}\]{\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_NAMED = (
    re.compile(rf"(?i)((?:{_PASSWORD})['\"`]?{_IS}['\"`]?)({_VALUE}{{6,4000}})"),
    re.compile(rf"(?i)((?:{_KEY})['\"`]?{_IS}['\"`]?)({_VALUE}{{8,4000}})"),
    re.compile(rf"(?i)((?:{_PASSWORD})\s{{1,3}}['\"`])({_VALUE}{{6,4000}})(?=['\"`])"),
    re.compile(rf"(?i)((?:{_KEY})\s{{1,3}}['\"`])({_VALUE}{{16,4000}})(?=['\"`])"),
    re.compile(rf"(?i)((?<!\S)(?:-u|--user)[ =]{{0,3}}['\"]?[\w.@-]{{1,100}}:)({_VALUE}{{6,4000}})"),
)
_BESIDE = re.compile(rf"(?i)((?:{_PASSWORD}|{_KEY})\s{{1,3}})([a-z0-9]{{12,4000}})(?![\w-]|\.\w)")
"""With nothing in between only what nobody would say is taken: a long run of letters and digits."""
_LEAST_DIGITS = 3
_ELSEWHERE = re.compile(
    r"\$(?:[{(]|[A-Z_]+\d*\Z)|%\w+%?\Z|(?i:env|os|process|secrets|vars)[.:]|(?:~|\.{1,2})?/[\w.-]+/"
    r"|(?i:your)[_-]|.{0,60}EXAMPLE(?:KEY)?\Z"
)
"""Names a place where the value is, or a place for one."""
_PRINTED = re.compile(
    r"(?i)your|example|sample|placeholder|change|secret|p[a@]ssw[o0]rds?|pass|pwd|token|access|auth|user"
    r"|value|here|some|this|my|me|new|old|key|api|x{3,}|scram|sha|md|bcrypt|argon|base|utf|aes|hs|rs"
)
"""What placeholders and names of methods are made of."""
_FEW_DIGITS = 3


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` with ``***`` for each secret in it, and what kinds of secrets these were, each once.

    A value behind a name such as ``password=`` counts only where it looks made by chance: the defaults
    and placeholders that documentation prints stay, since people ask about them.
    """
    found: dict[str, None] = {}
    for name, pattern in _WHOLE_PATTERNS:
        text, count = pattern.subn(MASK, text)
        found |= {name: None} if count else {}
    text, count = _IN_ADDRESS.subn(MASK, text)
    found |= {"password in an address": None} if count else {}
    named = (("access token", _BEARER), *(("password or key", pattern) for pattern in (*_NAMED, _BESIDE)))
    for name, pattern in named:
        masked_text = pattern.sub(_named, text)
        found |= {name: None} if masked_text != text else {}
        text = masked_text
    return text, tuple(found)


def _named(match: re.Match[str]) -> str:
    """The name with the value masked; as it is where the value does not look made by chance."""
    value = match[2]
    if match.re is _BESIDE and sum(map(str.isdigit, value)) < _LEAST_DIGITS:
        return match[0]
    classes = sum(any(test(char) for char in value) for test in (str.isdigit, str.islower, str.isupper))
    by_chance = classes >= 2 and any(char.isdigit() for char in value)
    return match[0] if not by_chance or _is_printed(value) else match[1] + MASK


def _is_printed(value: str) -> bool:
    """Whether ``value`` stands for one elsewhere, or is made of the words of placeholders and few digits."""
    left = _PRINTED.sub("", value)
    letters, digits = any(map(str.isalpha, left)), sum(map(str.isdigit, left))
    return bool(_ELSEWHERE.match(value)) or (not letters and digits <= _FEW_DIGITS)
