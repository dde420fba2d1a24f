"""Signs what a browser keeps after a login, so that nothing has to be remembered here (pure)."""

import hashlib
import hmac

LASTS_SECONDS = 12 * 3600
_PURPOSE = b"docent web session 1"


def issued(token: str, now: float) -> str:
    """A session that begins at ``now``, in seconds since the epoch; it ends with a change of ``token``."""
    until = str(int(now) + LASTS_SECONDS)
    return f"{until}.{_signature(token, until)}"


def is_valid(session: str, token: str, now: float) -> bool:
    """Whether ``session`` was issued with ``token`` and is not over."""
    until, _, signature = session.partition(".")
    # Signed first: what was not issued here is not looked at.
    if not same(signature, _signature(token, until)):
        return False
    return until.isdecimal() and now < int(until) <= now + LASTS_SECONDS


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal; how long it takes tells neither where they differ nor their length."""
    return hmac.compare_digest(_digest(one), _digest(other))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _signature(token: str, until: str) -> str:
    key = hmac.digest(token.encode("utf-8", "surrogatepass"), _PURPOSE, "sha256")
    return hmac.digest(key, until.encode("utf-8", "surrogatepass"), "sha256").hex()
