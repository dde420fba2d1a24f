"""No setting, name or redirect makes Docent talk to the internal network unasked."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from adapters.sources.internal_network import is_public, refuse_internal
from adapters.sources.web_guard import session
from indexer.errors import SourceUnavailable
from site_double import SiteDouble, site_double


@pytest.fixture
def site() -> Iterator[SiteDouble]:
    with site_double() as double:
        double.page("/", "<main>internal</main>")
        yield double


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_internal_addresses_are_known_in_every_form(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "::1", "017700000001"]
)
def test_no_spelling_of_this_machine_is_reached(site: SiteDouble, host: str) -> None:
    port = site.url.rpartition(":")[2]
    shown = f"[{host}]" if ":" in host else host
    with session(allow_private=False) as web, pytest.raises(SourceUnavailable, match="allow_private = true"):
        web.get(f"http://{shown}:{port}/", timeout=5)
    assert site.asked == []


def test_where_it_is_allowed_the_internal_network_is_read(site: SiteDouble) -> None:
    with session(allow_private=True) as web:
        assert web.get(f"{site.url}/", timeout=5).status_code == 200


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Names mean these addresses, one after the other; the last one stays."""
    real, left = socket.getaddrinfo, list(answers)

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "docs.example":
            return real(host, port, *args, **kwargs)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_that_means_an_internal_address_is_refused_before_anything_is_sent(
    site: SiteDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, "127.0.0.1")
    with (
        session(allow_private=False) as web,
        pytest.raises(SourceUnavailable, match=r"'docs\.example' \(127\.0\.0\.1\) is an address"),
    ):
        web.get(f"http://docs.example:{site.url.rpartition(':')[2]}/", timeout=5)
    assert site.asked == []


def test_a_name_that_changes_its_meaning_after_the_check_gets_no_request(
    site: SiteDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, "93.184.216.34", "127.0.0.1")
    with session(allow_private=False) as web, pytest.raises(SourceUnavailable, match="internal network"):
        web.get(f"http://docs.example:{site.url.rpartition(':')[2]}/", timeout=5)
    assert site.asked == []


def test_a_redirect_into_the_internal_network_is_not_followed(
    site: SiteDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, "93.184.216.34")
    monkeypatch.setattr("adapters.sources.web_guard.refuse", lambda address, host: None)
    port = site.url.rpartition(":")[2]
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, place: connect(self, ("127.0.0.1", place[1])))
    site.page("/", "", status=302, headers={"Location": f"http://127.0.0.1:{port}/secret"})
    with session(allow_private=False) as web, pytest.raises(SourceUnavailable, match=r"'127\.0\.0\.1' is an"):
        web.get(f"http://docs.example:{port}/", timeout=5)
    assert site.asked == ["/"]


def test_through_a_proxy_names_are_the_proxys_business_and_addresses_still_ours(site: SiteDouble) -> None:
    site.page("http://docs.example/", "<main>through</main>")
    with session(allow_private=False) as web:
        web.proxies = {"http": site.url}
        assert "through" in web.get("http://docs.example/", timeout=5).text
        with pytest.raises(SourceUnavailable, match="internal network"):
            web.get("http://10.0.0.1/", timeout=5)


def test_a_name_that_nobody_knows_is_left_to_the_connection_to_explain() -> None:
    assert refuse_internal("no-such-host.invalid") == ()
    with session(allow_private=False) as web, pytest.raises(requests.ConnectionError):
        web.get("http://no-such-host.invalid/", timeout=5)
