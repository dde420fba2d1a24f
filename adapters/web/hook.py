"""The signed webhook by which a repository says that its documentation has changed."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

log = logging.getLogger(__name__)
PATH = "/hooks/github"


class PushHook:
    """Answers GitHub's webhook: a push starts an indexing run."""

    def __init__(self, secret: str, changed: Callable[[str], None]) -> None:
        """``changed`` is told the cause, such as ``push to refs/heads/main``."""
        self._secret, self._changed = secret.encode(), changed

    async def answer(self, request: Request) -> Response:
        """202 for a push, 200 for what needs no run; 401 unsigned, 400 malformed, 405 not a POST."""
        if request.method != "POST":
            return PlainTextResponse("Webhooks are posted.", status_code=405)
        body = await request.body()
        if not self._signed(body, request.headers.get("x-hub-signature-256", "")):
            return PlainTextResponse("The signature does not fit.", status_code=401)
        if request.headers.get("x-github-event") != "push":
            return PlainTextResponse("Nothing to do.")
        ref = _ref(body)
        if not ref:
            return PlainTextResponse("The payload was not understood.", status_code=400)
        log.info("webhook", extra={"ref": ref})
        self._changed(f"push to {ref}")
        return PlainTextResponse("The documentation is read anew.", status_code=202)

    def _signed(self, body: bytes, signature: str) -> bool:
        wanted = f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}"
        return hmac.compare_digest(wanted.encode(), signature.encode())


def _ref(body: bytes) -> str:
    try:
        payload = json.loads(body)
    except ValueError:
        return ""
    ref = payload.get("ref") if isinstance(payload, dict) else None
    return ref[:100] if isinstance(ref, str) else ""
