"""Discord's rate limits: a bucket for each route and channel, and 50 calls a second for all of them."""

import hashlib
import time
from dataclasses import dataclass, field

from discordd.records import Call

GLOBAL = 50
ROOMY = (50, 1.0)


@dataclass(slots=True, kw_only=True)
class Bucket:
    """So many calls in a window that begins with the first of them."""

    most: int
    seconds: float
    ends: float = 0.0
    taken: int = 0

    def take(self, now: float) -> bool:
        """Counts a call; False where there are too many."""
        if now >= self.ends:
            self.ends, self.taken = now + self.seconds, 0
        self.taken += 1
        return self.taken <= self.most

    def left(self, now: float) -> float:
        """Seconds until calls may come again."""
        return max(0.0, self.ends - now)


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What the headers of an answer say, and whether the call is turned away."""

    headers: dict[str, str] = field(default_factory=dict)
    refused: bool = False
    retry_after: float = 0.0
    everywhere: bool = False


class RateLimits:
    """The buckets; ``windows`` may be changed by a test: calls and seconds by method and route."""

    def __init__(self, seconds: float) -> None:
        self.windows: dict[tuple[str, str], tuple[int, float]] = {
            ("POST", "/channels/{channel}/messages"): (5, seconds),
            ("PATCH", "/channels/{channel}/messages/{message}"): (5, seconds),
            ("POST", "/webhooks/{app}/{token}"): (5, seconds),
            ("PATCH", "/webhooks/{app}/{token}/messages/{message}"): (5, seconds),
            ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"): (1, seconds / 20),
        }
        self.violations: list[Call] = []
        """Calls that came although the headers forbade them."""
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self.everywhere = Bucket(most=GLOBAL, seconds=1.0)

    def judge(self, call: Call, major: str) -> Verdict:
        """Counts a call; interactions are outside the limit for all."""
        now = time.perf_counter()
        if not call.route.startswith("/interactions") and not self.everywhere.take(now):
            self.violations.append(call)
            return Verdict(refused=True, retry_after=self.everywhere.left(now), everywhere=True)
        most, seconds = self.windows.get((call.method, call.route), ROOMY)
        bucket = self._buckets.setdefault(
            (call.method, call.route, major), Bucket(most=most, seconds=seconds)
        )
        refused = not bucket.take(now)
        if refused:
            self.violations.append(call)
        left = bucket.left(now)
        headers = _headers(bucket, left, f"{call.method} {call.route}")
        return Verdict(headers=headers, refused=refused, retry_after=left)


def _headers(bucket: Bucket, left: float, name: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(bucket.most),
        "X-RateLimit-Remaining": str(max(0, bucket.most - bucket.taken)),
        "X-RateLimit-Reset": f"{time.time() + left:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
        "X-RateLimit-Bucket": hashlib.sha1(name.encode()).hexdigest()[:32],
    }
