"""The support team's pages in a real Chromium: they look as meant, and hostile text runs nothing."""

import asyncio
import shutil
import struct
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="the pages need jinja2")

from adapters.web.access import Access
from bot.channels.posts import Rating
from simulated import END, Past, answer, asked, finished, past
from web_pages import Browser, Clock, kept, pages_over

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.peers,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian's package chromium)"),
]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
LOOKS = {
    "light": (1280, 900, 1, 255), "dark": (1280, 900, 0, 0x1D),
    "narrow": (390, 844, 1, 255), "narrow-dark": (390, 844, 0, 0x1D),
}  # fmt: skip
"""Width, height, Chromium's number for the preferred colours, and how red the first pixel is then."""
SCRIPT = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


@pytest.fixture
def profile() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Browser]:
    """The pages as behind a proxy that has logged everybody on this machine in: host names a user."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    hostile = finished(asked(900, SCRIPT, at=END - 60), answer(text=SCRIPT, uncertain=True))
    rating = Rating(ref=hostile.ref, person=SCRIPT, vote="down", at=END - 50, reason=SCRIPT)
    await kept(url, *past(120), Past(entry=hostile, ratings=(rating,)))
    # Chromium's command line sets no header of its own but the host's, which any browser sends.
    access = Access(user_header="Host", trusted_proxies=("127.0.0.1",), clock=Clock())
    async with pages_over(url, access=access) as browser:
        yield browser


async def chromium(profile: Path, address: str, *flags: str) -> str:
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, address,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0
    return out.decode()


def first_red(png: bytes) -> int:
    """Of the pixel in the upper left corner, which no filter of the format changes."""
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        data += png[place + 8 : place + 8 + length] if png[place + 4 : place + 8] == b"IDAT" else b""
        place += length + 12
    return zlib.decompress(data)[1]


@pytest.mark.parametrize("path", ["/", f"/t/{901:032x}", "/gaps", "/digest"])
async def test_hostile_text_runs_nothing(site: Browser, profile: Path, path: str) -> None:
    page = await chromium(profile, site.address + path, "--dump-dom")
    assert "· Docent</title>" in page
    assert "&lt;script&gt;document.title" in page
    assert "<title>taken" not in page


async def draw(address: str, profile: Path, picture: Path, look: str) -> None:
    """A page as a person with these preferences sees it, checked for its size and its colours."""
    width, height, colours, red = LOOKS[look]
    size = (f"--window-size={width},{height}", f"--blink-settings=preferredColorScheme={colours}")
    await chromium(profile, address, *size, f"--screenshot={picture}")
    content = await asyncio.to_thread(picture.read_bytes)
    assert struct.unpack(">II", content[16:24]) == (width, height)
    assert first_red(content) == red


@pytest.mark.parametrize("look", LOOKS)
async def test_every_page_is_drawn_in_the_preferred_colours(
    site: Browser, profile: Path, tmp_path: Path, look: str
) -> None:
    listed = await site.shown("/gaps")
    gap = listed[listed.index('href="/gaps/') + len('href="') :].split('"')[0]
    for name, path in {
        "inbox": "/", "story": f"/t/{901:032x}", "gaps": "/gaps", "gap": gap, "figures": "/figures",
        "digest": "/digest", "index": "/index", "missing": "/nowhere",
    }.items():  # fmt: skip
        await draw(site.address + path, profile, tmp_path / f"{name}-{look}.png", look)


async def test_without_a_way_in_the_browser_sees_a_form_and_nothing_else(
    tmp_path: Path, profile: Path
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    await kept(url, *past(5))
    async with pages_over(url) as browser:
        page = await chromium(profile, f"{browser.address}/t/1", "--dump-dom")
        await chromium(profile, f"{browser.address}/", f"--screenshot={tmp_path}/login.png")
    assert (tmp_path / "login.png").stat().st_size > 1000
    assert 'type="password"' in page
    assert "C_HELP" not in page
