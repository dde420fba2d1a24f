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
_BEARER = re.compile(r"(?i)(\bauthorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:bearer|basic)\s+|\bbearer\s+)"
                     r"([\w.~+/=-]{16,4000})")  # fmt: skip
_NAMED = re.compile(
    r"(?i)((?:password|passwd|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|api[_-]?key|access[_-]?key|auth[_-]?token"
    r"|token|private[_-]?key|client[_-]?secret)['\"]?(?:\s{0,3}[:=]{1,2}>?\s{0,3}|\s+is\s+)['\"]?)"
    r"([^\s'\"<>,;)(}\]{]{8,300})"
)
_PLACEHOLDER = re.compile(
    r"(?i)your|example|change|placeholder|secret|password|passw0rd|xxx|\*{3}|\.\.\.|^[a-z]*admin$|^\$|^env\b"
    r"|^os\.|:milvus$|^<"
)


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
    for name, pattern in (("access token", _BEARER), ("password or key", _NAMED)):
        masked_text = pattern.sub(_named, text)
        found |= {name: None} if masked_text != text else {}
        text = masked_text
    return text, tuple(found)


def _named(match: re.Match[str]) -> str:
    value = match[2]
    classes = sum(any(test(char) for char in value) for test in (str.isdigit, str.islower, str.isupper))
    by_chance = classes >= 2 and any(char.isdigit() for char in value)
    if _PLACEHOLDER.search(value) or not by_chance:
        return match[0]
    return match[1] + MASK
