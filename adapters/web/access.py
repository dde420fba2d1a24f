"""Who may see the pages: a token in a signed cookie or a header, or a user whom a trusted proxy names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from adapters.web.guessing import Guesses
from adapters.web.sessions import LASTS_SECONDS, is_valid, issued, same

COOKIE = "docent_session"
BEARER = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why somebody is not let in."""

    wait_seconds: float = 0.0
    """Until a token is looked at again; 0 where none, or a wrong one, was given."""


class Access:
    """Decides about requests."""

    def __init__(
        self,
        *,
        token: str = "",
        user_header: str = "",
        trusted_proxies: Sequence[str] = (),
        clock: Callable[[], float],
    ) -> None:
        """``trusted_proxies``: addresses or networks whose ``user_header`` is believed.

        Raises ValueError where one of them is neither.
        """
        self._token, self._user_header = token, user_header
        self._proxies: list[IPv4Network | IPv6Network] = [
            ip_network(proxy, strict=False) for proxy in trusted_proxies
        ]
        self._clock, self._guesses = clock, Guesses(clock)

    @property
    def configured(self) -> bool:
        """Whether there is any way in."""
        return bool(self._token or (self._user_header and self._proxies))

    @property
    def takes_tokens(self) -> bool:
        """Whether there is a token to log in with."""
        return bool(self._token)

    def refusal(self, request: Request) -> Refusal | None:
        """None for somebody who may see the pages."""
        if self._named_by_proxy(request):
            return None
        if self._token and is_valid(request.cookies.get(COOKIE, ""), self._token, self._clock()):
            return None
        given = request.headers.get("authorization", "")
        if self._token and given[: len(BEARER)].lower() == BEARER:
            return self.tried(request, given[len(BEARER) :].strip())
        return Refusal()

    def tried(self, request: Request, token: str) -> Refusal | None:
        """None for the right token; while somebody has to wait, it is not even looked at."""
        if not self._token:
            return Refusal()
        address = self.address(request)
        if wait := self._guesses.wait(address):
            return Refusal(wait_seconds=wait)
        if not same(token, self._token):
            self._guesses.failed(address)
            return Refusal(wait_seconds=0.0)
        self._guesses.succeeded(address)
        return None

    def cookie(self, request: Request) -> dict[str, object]:
        """The arguments of ``Response.set_cookie`` for a new session."""
        return {
            "key": COOKIE,
            "value": issued(self._token, self._clock()),
            "max_age": LASTS_SECONDS,
            "path": "/",
            "httponly": True,
            "samesite": "strict",
            "secure": self._is_https(request),
        }

    def address(self, request: Request) -> str:
        """Who is connected; behind a trusted proxy whom it was connected to."""
        peer = _peer(request)
        if not self._trusts(peer):
            return peer
        # Proxies append: what stands before the last one that is not trusted may be invented.
        hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        return next((hop for hop in reversed(hops) if not self._trusts(hop)), peer)

    def _named_by_proxy(self, request: Request) -> bool:
        if not self._user_header or not self._trusts(_peer(request)):
            return False
        return bool(request.headers.get(self._user_header, "").strip())

    def _is_https(self, request: Request) -> bool:
        forwarded = request.headers.get("x-forwarded-proto", "") if self._trusts(_peer(request)) else ""
        return "https" in (request.url.scheme, forwarded.split(",")[-1].strip().lower())

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(mapped in network for network in self._proxies)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
