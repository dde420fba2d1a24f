"""Who may see the support team's pages: over real HTTP, by token, cookie or proxy."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

pytest.importorskip("jinja2", reason="the pages need jinja2")

from adapters.web.access import Access
from chatting import an_unused_port
from commands import docent, prepared
from services import service
from web_pages import BEARER, TOKEN, Browser, Clock, pages_over

PATHS = (
    "/",
    "/t/1",
    "/gaps",
    "/gaps/0123456789ab",
    "/figures",
    "/digest",
    "/index",
    "/export.csv",
    "/export.json",
)


@pytest.mark.parametrize("path", [*PATHS, "/nothing/here"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": TOKEN},
        {"Cookie": "docent_session=9999999999.00"},
        {"X-Forwarded-User": "ann"},
    ],
)
async def test_without_the_token_every_page_is_the_same_401(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    reply = await browser.get(path, **headers)
    assert reply.status == 401
    assert "Log in" in reply.text
    for leak in ("backup", "C_HELP", TOKEN, "Inbox"):
        assert leak not in reply.text


async def test_where_no_way_in_is_configured_the_pages_say_so_and_stay_closed(month: str) -> None:
    async with pages_over(month, access=Access(clock=Clock())) as browser:
        for path in PATHS:
            reply = await browser.get(path, Authorization="Bearer ", Cookie="docent_session=")
            assert reply.status == 403
            assert reply.text.startswith("These pages are closed. Set WEB_TOKEN")
        assert (await browser.post("/login", {"token": ""})).status == 403


async def test_whoever_logs_in_gets_a_strict_cookie_that_opens_the_page_asked_for(browser: Browser) -> None:
    login = await browser.get("/gaps?days=7")
    assert 'name="next" value="/gaps?days=7"' in login.text
    reply = await browser.post("/login", {"token": TOKEN, "next": "/gaps?days=7"})
    assert (reply.status, reply.headers["Location"]) == (303, "/gaps?days=7")
    cookie = reply.headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
        assert attribute in cookie
    assert TOKEN not in cookie
    assert (await browser.get("/gaps", Cookie=cookie.split(";")[0])).status == 200


@pytest.mark.parametrize(
    "after",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"],
)
async def test_a_login_leads_to_our_own_pages_alone(browser: Browser, after: str) -> None:
    reply = await browser.post("/login", {"token": TOKEN, "next": after})
    assert (reply.status, reply.headers["Location"]) == (303, "/")


async def test_a_session_ends_after_twelve_hours_with_the_token_and_when_it_is_changed(month: str) -> None:
    clock = Clock()
    async with pages_over(month, clock=clock) as browser:
        session = (await browser.post("/login", {"token": TOKEN})).headers["Set-Cookie"].split(";")[0]
        until, _, signature = session.partition("=")[2].partition(".")
        assert (await browser.get("/", Cookie=session)).status == 200
        assert (await browser.get("/", Cookie=f"docent_session={int(until) + 60}.{signature}")).status == 401
        clock.now += 12 * 3600 + 1
        assert (await browser.get("/", Cookie=session)).status == 401
    async with pages_over(month, access=Access(token="another", clock=Clock())) as browser:
        assert (await browser.get("/", Cookie=session)).status == 401


async def test_guessing_tokens_is_slowed_and_the_right_one_works_after_the_wait(month: str) -> None:
    clock = Clock()
    async with pages_over(month, clock=clock) as browser:
        for _ in range(3):
            assert (await browser.post("/login", {"token": "guess"})).status == 401
        slowed = await browser.post("/login", {"token": TOKEN})
        assert (slowed.status, slowed.headers["Retry-After"]) == (429, "1")
        assert (await browser.get("/", **BEARER)).status == 429
        clock.now += 1
        assert (await browser.post("/login", {"token": "guess"})).status == 401
        assert (await browser.get("/", **BEARER)).headers["Retry-After"] == "2"
        clock.now += 2
        assert (await browser.get("/", **BEARER)).status == 200
        assert (await browser.post("/login", {"token": "guess"})).status == 401


async def test_a_trusted_proxy_names_the_user_and_nobody_else_does(month: str) -> None:
    clock = Clock()
    trusted = Access(user_header="X-Forwarded-User", trusted_proxies=("127.0.0.0/8",), clock=clock)
    async with pages_over(month, access=trusted) as browser:
        assert (await browser.get("/", **{"X-Forwarded-User": "ann@example.org"})).status == 200
        assert (await browser.get("/", **{"X-Forwarded-User": " "})).status == 401
        assert (await browser.post("/login", {"token": ""})).status == 401
    other = Access(user_header="X-Forwarded-User", trusted_proxies=("10.0.0.1",), clock=clock)
    async with pages_over(month, access=other) as browser:
        reply = await browser.get("/", **{"X-Forwarded-User": "ann", "X-Forwarded-For": "10.0.0.1"})
        assert reply.status == 401


async def test_a_link_from_another_site_is_asked_anew_so_that_the_strict_cookie_comes_along(
    browser: Browser,
) -> None:
    assert "http-equiv" in (await browser.get("/t/1", **{"Sec-Fetch-Site": "cross-site"})).text
    assert "http-equiv" not in (await browser.get("/t/1", **{"Sec-Fetch-Site": "same-origin"})).text


async def test_nothing_can_be_changed_and_forms_of_other_sites_are_refused(browser: Browser) -> None:
    for path in ("/", "/t/1", "/export.csv"):
        assert (await browser.post(path, {"a": "b"}, **BEARER)).status == 405
    assert (await browser.post("/login", {"token": TOKEN}, **{"Sec-Fetch-Site": "cross-site"})).status == 403


async def test_every_reply_carries_the_headers_that_keep_it_safe(browser: Browser) -> None:
    for path in (*PATHS, "/style.css", "/nothing"):
        for headers in ({}, BEARER):
            reply = await browser.get(path, **headers)
            assert reply.headers["Content-Security-Policy"].startswith(
                "default-src 'none'; style-src 'self';"
            )
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert path == "/style.css" or reply.headers["Cache-Control"] == "no-store"


async def test_a_body_without_a_length_is_cut_off_too(browser: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 10_000

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{browser.address}/login", data=endless()) as reply,
    ):
        assert reply.status == 413


async def test_the_service_shows_its_pages_beside_everything_else(tmp_path: Path, models: Path) -> None:
    port = an_unused_port()
    environment = {"DOCENT_WEB__ENABLED": "true", "DOCENT_WEB__PORT": str(port), "WEB_TOKEN": TOKEN}
    async with service(prepared(tmp_path, models), "--only", "web", **environment) as running:
        await running.said("web: ready.")
        async with aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{port}"
            async with session.get(f"{address}/health") as reply:
                assert (reply.status, await reply.text()) == (200, "ok")
            async with session.get(address) as reply:
                assert reply.status == 401
            for path, words in (
                ("/", "Nobody has asked anything yet."),
                ("/index", "No indexing run is recorded"),
            ):
                async with session.get(address + path, headers=BEARER) as reply:
                    assert words in await reply.text()
        assert not [line for line in running.lines if TOKEN in line]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("TRUSTED_PROXIES", '["proxy"]', "10.0.0.0/8"), ("USER_HEADER", "X User", "X-Forwarded-User")],
)
def test_a_proxy_that_cannot_be_meant_is_refused(folder: Path, name: str, value: str, words: str) -> None:
    run = docent(folder, "doctor", **{f"DOCENT_WEB__{name}": value})
    assert words in run.stdout + run.stderr
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
