"""Keeps secrets and the credentials within addresses out of everything that is shown."""

import re
from collections.abc import Iterable

MASK = "***"

# What servers that need no key are given in its place: hiding these words would only garble the logs.
_PLACEHOLDERS = frozenset({"none", "empty", "dummy", "ollama", "lm-studio", "sk-no-key-required"})
_SHORTEST_SECRET = 4

# Both are bounded so that a hostile text costs no more than linear time. A password may hold any
# character, and hiding too much of a strange address is better than showing part of a password.
_CREDENTIALS = re.compile(r"(?<=://)(?:[^\s/@:]{0,256}:\S{0,256}|[^\s/]{1,256})@")
_PARAMETER = re.compile(
    r"([?&][a-z_-]{0,40}(?:token|key|password|passwd|secret|signature)=)[^&\s\"'#]+", re.IGNORECASE
)


def worth_masking(secrets: Iterable[str]) -> tuple[str, ...]:
    """The secrets to look for, longest first; placeholders such as ``ollama`` are left out."""
    real = {
        secret
        for secret in secrets
        if len(secret) >= _SHORTEST_SECRET and secret.lower() not in _PLACEHOLDERS
    }
    return tuple(sorted(real, key=len, reverse=True))


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without the given secrets, and without user, password and keys of any address in it."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return _PARAMETER.sub(rf"\1{MASK}", _CREDENTIALS.sub(f"{MASK}@", text))
