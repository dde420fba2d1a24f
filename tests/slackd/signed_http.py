"""Events, commands and interactions by signed HTTP POST, as Slack sends them without Socket Mode."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from slackd.deliveries import Attempt, Deliveries, Delivery
from slackd.records import Fields

Signature = Literal["right", "wrong", "stale", "none"]
STALE_SECONDS = 60 * 10


class SignedHttp:
    """Posts to the app's address; a Route."""

    def __init__(self, deliveries: Deliveries, secret: str) -> None:
        self.deliveries = deliveries
        self.secret = secret
        self.url = ""
        self.session: aiohttp.ClientSession | None = None

    def ready(self) -> bool:
        return bool(self.url)

    async def verify(self, url: str) -> None:
        """Asks the address to prove itself; AssertionError where it does not give the challenge back."""
        self.session = self.session or aiohttp.ClientSession()
        self.url = url
        asked = {"token": "verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}
        status, body, _ = await self.post(json.dumps({"type": "url_verification", **asked}), "json", {})
        assert status == 200, f"url_verification was answered {status}"
        assert asked["challenge"] in body, f"url_verification was answered {body!r}"

    async def send(self, delivery: Delivery, retry: int, reason: str, avoid: Any = None) -> None:
        headers = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": f"http_{reason}"} if retry else {}
        attempt = Attempt(at=time.perf_counter(), retry=retry, via=self.url)
        delivery.attempts.append(attempt)
        try:
            async with asyncio.timeout(self.deliveries.ack_seconds):
                attempt.status, body, answer = await self.post(*encoded(delivery), headers)
        except (TimeoutError, aiohttp.ClientError):
            return  # what is not acknowledged in time is sent again
        if attempt.status == 200:
            self.deliveries.acknowledge(delivery, _parsed(body))
        elif answer.get("x-slack-no-retry") == "1":
            attempt.over = True
        else:
            self.deliveries.failed(delivery, "error")

    async def post(
        self, body: str, kind: str, headers: Fields, signature: Signature = "right"
    ) -> tuple[int, str, Any]:
        """Posts a body, signed so or so; gives the status, the text and the headers of the answer."""
        assert self.session is not None
        content = {"json": "application/json", "form": "application/x-www-form-urlencoded"}[kind]
        signed = signature_headers(self.secret, body, signature)
        sent = {"content-type": content, **signed, **headers}
        async with self.session.post(self.url, data=body.encode(), headers=sent) as answer:
            return answer.status, await answer.text(), answer.headers

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()


def signature_headers(secret: str, body: str, signature: Signature) -> dict[str, str]:
    """``x-slack-signature`` and its timestamp; ``stale`` is right but ten minutes old."""
    if signature == "none":
        return {}
    stamp = str(int(time.time()) - (STALE_SECONDS if signature == "stale" else 0))
    key = secret if signature != "wrong" else f"not-{secret}"
    digest = hmac.new(key.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def encoded(delivery: Delivery) -> tuple[str, str]:
    """The body and its kind: events are JSON, commands a form, interactions JSON in a form."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload), "json"
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload), "form"
    return urlencode({"payload": json.dumps(delivery.payload)}), "form"


def _parsed(body: str) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return {"text": body}
