"""The support team's pages: who may see them, and what is said where one cannot be shown."""

import logging
from collections.abc import Callable
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from adapters.web import rendering
from adapters.web.access import COOKIE, Access, Refusal
from adapters.web.requested import local
from adapters.web.rooms import Rooms, Sources
from bot.errors import LedgerUnavailable, sentence
from indexer.errors import HistoryUnavailable

log = logging.getLogger(__name__)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
CLOSED = (
    "These pages are closed. Set WEB_TOKEN in the environment or in .env, or [web] user_header and "
    "trusted_proxies in docent.toml, and start Docent again."
)
WRONG = "This token is wrong."
SLOWED = "There were too many wrong tokens. Try again in {} seconds."
NOTHING = "There is no such page."
BRIEF_CHARS = 20_000


class Pages:
    """Answers every request below ``/``; open it as a handler of the web port."""

    def __init__(self, access: Access, sources: Sources, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since the epoch."""
        self._access, self._rooms = access, Rooms(sources, clock)

    async def answer(self, request: Request) -> Response:
        """The page, or why there is none, always with the headers that keep it safe."""
        try:
            response = await self._answered(request)
        except Exception:
            log.exception("a page failed")
            response = _said(500, "Not now", "Something went wrong on our side. Its log says more.")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _answered(self, request: Request) -> Response:
        path = request.url.path
        if path == "/style.css":
            return _style()
        if not self._access.configured:
            return PlainTextResponse(CLOSED, status_code=403)
        if request.method == "POST":
            return await self._posted(request)
        if refusal := self._access.refusal(request):
            return self._refused(request, refusal, local(_wanted(request)))
        try:
            found = await self._rooms.find(path, request.query_params)
        except (LedgerUnavailable, HistoryUnavailable) as error:
            said = sentence(error) if isinstance(error, LedgerUnavailable) else str(error)
            log.warning("a page was not shown", extra={"reason": said})
            return _said(503, "Not now", said)
        return found or _said(404, "Not found", NOTHING)

    async def _posted(self, request: Request) -> Response:
        # The cookie is never sent from elsewhere; this keeps others from logging somebody in or out.
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return _said(403, "Refused", "Forms of other sites are not taken.")
        match request.url.path:
            case "/login":
                return await self._logged_in(request)
            case "/logout":
                response = RedirectResponse("/", status_code=303)
                response.delete_cookie(COOKIE, httponly=True, samesite="strict")
                return response
            case _:
                return _said(405, "Refused", "These pages only show things; nothing can be changed here.")

    async def _logged_in(self, request: Request) -> Response:
        body = (await request.body()).decode()[:BRIEF_CHARS]
        try:
            form = parse_qs(body, max_num_fields=10)
        except ValueError:
            form = {}
        after = local(form.get("next", ["/"])[0])
        if refusal := self._access.tried(request, form.get("token", [""])[0].strip()):
            return self._refused(request, refusal, after, said=WRONG)
        response = RedirectResponse(after, status_code=303)
        response.set_cookie(**self._access.cookie(request))  # type: ignore[arg-type]
        return response

    def _refused(self, request: Request, refusal: Refusal, after: str, said: str = "") -> Response:
        """Tells nothing about what is behind, not even whether it is there."""
        wait = int(refusal.wait_seconds + 0.999)
        said = SLOWED.format(wait) if wait else said
        # A browser that comes from a link elsewhere keeps a strict cookie back; it sends it when this page,
        # which is ours, asks anew.
        anew = request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET"
        shown = rendering.page(
            "login.html", said=said, after=after, anew=anew, form=self._access.takes_tokens
        )
        headers = {"Retry-After": str(wait)} if wait else {"WWW-Authenticate": 'Bearer realm="docent"'}
        return HTMLResponse(shown, status_code=429 if wait else 401, headers=headers)


def _wanted(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path, safe="/._-~") + query


def _style() -> Response:
    return Response(
        rendering.style()[0], media_type="text/css", headers={"Cache-Control": "public, max-age=86400"}
    )


def _said(status: int, title: str, said: str) -> Response:
    return HTMLResponse(rendering.page("said.html", title=title, said=said), status_code=status)
