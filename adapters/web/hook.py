"""The signed webhook by which a repository says that its documentation has changed."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adapters.web.pushes import Push, read_push

log = logging.getLogger(__name__)
PATH = "/hooks/github"
REF_CHARS = 100
NOTHING = "Nothing to do."


class PushHook:
    """Answers GitHub's webhook: a push starts an indexing run of the sources that it concerns."""

    def __init__(
        self,
        secret: str,
        changed: Callable[[str, Sequence[str]], None],
        concerned: Callable[[Push], Sequence[str]],
    ) -> None:
        """``changed`` is told the cause, such as ``push to refs/heads/main``, and what is ``concerned``."""
        self._secret, self._changed, self._concerned = secret.encode(), changed, concerned

    async def answer(self, request: Request) -> Response:
        """202 for a push, 200 for what needs no run; 401 unsigned, 400 malformed, 405 not a POST."""
        if request.method != "POST":
            return PlainTextResponse("Webhooks are posted.", status_code=405)
        body = await request.body()
        if not self._signed(body, request.headers.get("x-hub-signature-256", "")):
            return PlainTextResponse("The signature does not fit.", status_code=401)
        if request.headers.get("x-github-event") != "push":
            return PlainTextResponse(NOTHING)
        push = read_push(body, request.headers.get("content-type", ""))
        if push is None:
            return PlainTextResponse("The payload was not understood.", status_code=400)
        ref, sources = push.ref[:REF_CHARS], self._concerned(push)
        log.info("webhook", extra={"ref": ref, "sources": ", ".join(sources) or "none"})
        if not sources:
            return PlainTextResponse(NOTHING)
        self._changed(f"push to {ref}", sources)
        return PlainTextResponse("The documentation is read anew.", status_code=202)

    def _signed(self, body: bytes, signature: str) -> bool:
        wanted = f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}"
        return hmac.compare_digest(wanted.encode(), signature.encode())
