"""Archives: hostile members, bombs, damage, and downloads from a web server on this machine."""

import hashlib
import io
import random
import stat
import struct
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.sources import kept_download
from adapters.sources.archive import ArchiveSource
from adapters.sources.tree import Reading
from indexer.errors import IndexingError, PageUnreadable, SourceUnavailable
from indexer.ports import Tree

Member = tuple[str | zipfile.ZipInfo, bytes]
GOOD: Member = ("en/good.md", b"# Good\n")


def zip_bytes(*members: Member, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data, compression)
    return buffer.getvalue()


@contextmanager
def opened(tmp_path: Path, data: bytes, **reading: int) -> Iterator[Tree]:
    (tmp_path / "docs.zip").write_bytes(data)
    source = ArchiveSource(
        str(tmp_path / "docs.zip"), cache_dir=tmp_path / "cache", reading=Reading(root=".", **reading)
    )
    with source.open() as tree:
        yield tree


def refusal(tmp_path: Path, data: bytes, **reading: int) -> str:
    with pytest.raises(SourceUnavailable) as caught, opened(tmp_path, data, **reading):
        pass
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.md",
        "en/../../evil.md",
        "en/..",
        "/etc/evil.md",
        "C:/evil.md",
        "c:evil.md",
        "en\\evil.md",
        "..\\evil.md",
    ],
)
def test_an_archive_with_a_member_that_would_leave_it_is_refused_whole(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, zip_bytes(GOOD, (name, b"evil")))
    assert "is refused" in said
    assert repr(name) in said


def test_an_archive_with_a_nul_in_a_name_is_refused_whole(tmp_path: Path) -> None:
    data = zip_bytes(GOOD, ("en/aXb.md", b"evil")).replace(b"en/aXb.md", b"en/a\0b.md")
    assert "is refused" in refusal(tmp_path, data)


def test_two_dots_within_a_name_are_harmless(tmp_path: Path) -> None:
    with opened(tmp_path, zip_bytes(("en/what..next.md", b"x"), ("en/..more.txt", b""))) as tree:
        assert tree.paths() == ["en/what..next.md"]


def test_an_archive_with_a_link_is_refused_whole(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("en/link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "'en/link.md' is a link" in refusal(tmp_path, zip_bytes(GOOD, (link, b"/etc/passwd")))


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zip_bytes(GOOD))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted: give it without a password" in refusal(tmp_path, bytes(data))


def test_a_page_that_unpacks_to_a_gigabyte_stops_at_the_limit(tmp_path: Path) -> None:
    with opened(tmp_path, zip_bytes(GOOD, ("bomb.md", b"a" * 30_000_000)), max_page_bytes=1000) as tree:
        with pytest.raises(PageUnreadable, match=r"30\.0 MB, and at most 1\.0 kB"):
            tree.read("bomb.md")
        assert tree.read("en/good.md") == "# Good\n"


def with_declared_size(data: bytes, size: int) -> bytes:
    """The archive with every member's unpacked size falsified, in both of its places."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(magic)
        while at >= 0:
            changed[at + offset : at + offset + 4] = struct.pack("<I", size)
            at = data.find(magic, at + 4)
    return bytes(changed)


@pytest.mark.parametrize("declared", [0, 10, 4_000_000_000])
def test_a_declared_size_is_not_believed(tmp_path: Path, declared: int) -> None:
    data = with_declared_size(zip_bytes(("bomb.md", b"a" * 3_000_000)), declared)
    with (
        opened(tmp_path, data, max_page_bytes=1_000_000, max_total_bytes=5_000_000_000) as tree,
        pytest.raises(PageUnreadable),
    ):
        tree.read("bomb.md")


def test_pages_that_declare_more_than_the_total_are_refused_before_any_is_read(tmp_path: Path) -> None:
    pages = [(f"{n}.md", b"a" * 1000) for n in range(10)]
    assert "unpack to more than 9.0 kB" in refusal(tmp_path, zip_bytes(*pages), max_total_bytes=9000)


def test_pages_that_unpack_to_exactly_the_total_are_read(tmp_path: Path) -> None:
    pages = [(f"{n}.md", b"a" * 1000) for n in range(10)]
    with opened(tmp_path, zip_bytes(*pages), max_total_bytes=10_000) as tree:
        assert [len(tree.read(path)) for path in tree.paths()] == [1000] * 10


@pytest.mark.parametrize("declared", [0, 10, 2999])
def test_a_page_never_gives_more_than_it_declared_to_the_total(tmp_path: Path, declared: int) -> None:
    data = with_declared_size(zip_bytes(("bomb.md", b"a" * 3000)), declared)
    with opened(tmp_path, data) as tree, pytest.raises(PageUnreadable, match="is damaged"):
        tree.read("bomb.md")


@pytest.mark.parametrize("count", [101, 5000])
def test_too_many_members_are_refused(tmp_path: Path, count: int) -> None:
    data = zip_bytes(*((f"{n}.txt", b"") for n in range(count - 1)), GOOD)
    assert "has more than 100 files" in refusal(tmp_path, data, max_members=100)


def test_as_many_members_as_allowed_are_read(tmp_path: Path) -> None:
    with opened(tmp_path, zip_bytes(*((f"{n}.md", b"") for n in range(100))), max_members=100) as tree:
        assert len(tree.paths()) == 100


@pytest.mark.parametrize("kept", [0, 1, 10, 50, -1, -30])
def test_a_truncated_archive_is_a_clear_sentence(tmp_path: Path, kept: int) -> None:
    said = refusal(tmp_path, zip_bytes(GOOD, ("en/b.md", b"b" * 500))[:kept])
    assert "is not a complete .zip: it is cut off or damaged. Fetch it again." in said


def test_a_file_that_is_no_archive_is_a_clear_sentence(tmp_path: Path) -> None:
    assert "is not a complete .zip" in refusal(tmp_path, b"<html>not found</html>" * 100)


def test_an_empty_archive_has_no_pages(tmp_path: Path) -> None:
    assert "no Markdown pages" in refusal(tmp_path, zip_bytes())


def test_a_page_with_a_wrong_checksum_is_unreadable_and_the_others_are_read(tmp_path: Path) -> None:
    data = zip_bytes(GOOD, ("en/bad.md", b"original text"), compression=zipfile.ZIP_STORED)
    with opened(tmp_path, data.replace(b"original text", b"0riginal text")) as tree:
        with pytest.raises(PageUnreadable, match=r"'en/bad\.md' is damaged"):
            tree.read("en/bad.md")
        assert tree.read("en/good.md") == "# Good\n"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_page_packed_in_a_way_that_cannot_be_stopped_is_unreadable(
    tmp_path: Path, compression: int
) -> None:
    with (
        opened(tmp_path, zip_bytes(GOOD, compression=compression)) as tree,
        pytest.raises(PageUnreadable, match="compressed in an unusual way"),
    ):
        tree.read("en/good.md")


def test_whatever_byte_is_damaged_nothing_but_our_own_errors_comes_out(tmp_path: Path) -> None:
    dice = random.Random(7)
    whole = zip_bytes(GOOD, ("en/b.md", b"bcd" * 200), ("en/Variables.json", b"{}"))
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        outcomes.add(outcome(tmp_path, bytes(data)))
    assert outcomes == {"read", "SourceUnavailable", "PageUnreadable"}


def outcome(tmp_path: Path, data: bytes) -> str:
    try:
        with opened(tmp_path, data) as tree:
            for path in tree.paths():
                tree.read(path)
    except IndexingError as error:
        return type(error).__name__
    return "read"


def test_the_revision_is_the_checksum_of_the_file(tmp_path: Path) -> None:
    data = zip_bytes(GOOD)
    with opened(tmp_path, data) as tree:
        assert tree.revision == hashlib.sha256(data).hexdigest()[:12]


def test_nothing_is_unpacked_to_disk(tmp_path: Path) -> None:
    with opened(tmp_path, zip_bytes(GOOD)) as tree:
        tree.read("en/good.md")
        assert [path.name for path in tmp_path.rglob("*")] == ["docs.zip"]


def test_a_folder_in_the_place_of_an_archive_is_a_clear_sentence(tmp_path: Path) -> None:
    source = ArchiveSource(str(tmp_path), cache_dir=tmp_path, reading=Reading())
    with pytest.raises(SourceUnavailable, match="cannot be opened: Is a directory"), source.open():
        pass


Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Starts a web server that answers every request with a function; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def file_answer(data: bytes, *, status: int = 200, declared: int | None = None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(data) if declared is None else declared))
        request.end_headers()
        request.wfile.write(data)

    return answer


def redirect_to(location: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def fetched(url: str, tmp_path: Path, **reading: float) -> list[str]:
    options = Reading(allow_private=True, **reading)  # type: ignore[arg-type]
    with ArchiveSource(url, cache_dir=tmp_path / "cache", reading=options).open() as tree:
        return [tree.read(path) for path in tree.paths()]


def test_an_archive_is_read_from_the_web(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    url = serve(file_answer(zip_bytes(GOOD)))
    assert fetched(f"{url}/docs.zip", tmp_path) == ["# Good\n"]


def test_a_download_follows_redirects_on_the_web(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    target = serve(file_answer(zip_bytes(GOOD)))
    assert fetched(f"{serve(redirect_to(f'{target}/real'))}/docs.zip", tmp_path) == ["# Good\n"]


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_a_download_never_leaves_the_web(tmp_path: Path, serve: Callable[[Answer], str], scheme: str) -> None:
    (tmp_path / "local.zip").write_bytes(zip_bytes(GOOD))
    url = serve(redirect_to(f"{scheme}://{tmp_path}/local.zip"))
    with pytest.raises(SourceUnavailable, match="redirects to where no file can be read"):
        fetched(f"{url}/docs.zip", tmp_path)


def test_a_circle_of_redirects_ends(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    with pytest.raises(SourceUnavailable, match="redirects to where no file"):
        fetched(f"{serve(redirect_to('/docs.zip'))}/docs.zip", tmp_path)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "wants credentials"), (403, "wants credentials"), (404, "There is no file"), (503, "status 503")],
)
def test_a_refused_download_is_a_clear_sentence(
    tmp_path: Path, serve: Callable[[Answer], str], status: int, reason: str
) -> None:
    url = serve(file_answer(b"<html>no</html>", status=status))
    with pytest.raises(SourceUnavailable, match=reason):
        fetched(f"{url}/docs.zip", tmp_path)


def test_a_download_that_is_too_large_is_stopped(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    url = serve(file_answer(b"a" * 1_000_000))
    with pytest.raises(SourceUnavailable, match=r"is larger than 100\.0 kB"):
        fetched(f"{url}/docs.zip", tmp_path, max_total_bytes=100_000)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_download_that_breaks_off_is_a_clear_sentence(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    url = serve(file_answer(zip_bytes(GOOD)[:50], declared=5000))
    with pytest.raises(SourceUnavailable, match="the connection broke"):
        fetched(f"{url}/docs.zip", tmp_path)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    over = threading.Event()
    url = serve(lambda _: over.wait(60) and None)
    try:
        with pytest.raises(SourceUnavailable, match="did not arrive in time"):
            fetched(f"{url}/docs.zip", tmp_path, timeout_seconds=0.2)
    finally:
        over.set()


def test_a_server_that_drips_is_given_up(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    over = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not over.wait(0.02):
                request.wfile.write(b"P")
        except OSError:
            pass

    try:
        with pytest.raises(SourceUnavailable, match="did not arrive in time"):
            fetched(f"{serve(drip)}/docs.zip", tmp_path, timeout_seconds=0.3)
    finally:
        over.set()


def test_a_web_server_that_is_not_there_is_a_clear_sentence_without_its_token(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        fetched("http://user:secret@127.0.0.1:9/docs.zip?token=secret", tmp_path)
    assert "'http://***@127.0.0.1:9/docs.zip?***' cannot be reached" in str(caught.value)


def test_an_address_without_a_host_is_a_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        fetched("http:///docs.zip", tmp_path)


def test_a_cache_folder_that_cannot_be_made_is_a_clear_sentence(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    (tmp_path / "cache").write_text("a file")
    url = serve(file_answer(zip_bytes(GOOD)))
    with pytest.raises(SourceUnavailable, match="cache' cannot be written"):
        fetched(f"{url}/docs.zip", tmp_path)


# Archives that were fetched before


class Shelf:
    """A web server with one archive, which it gives out only to those who do not have it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.etag: str | None = None
        self.modified = ""
        self.always_the_same = False
        self.given: list[int] = []
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        etag = f'"{hashlib.sha256(self.data).hexdigest()[:8]}"' if self.etag is None else self.etag
        asked = request.headers.get("If-None-Match") or request.headers.get("If-Modified-Since")
        same = self.always_the_same or (bool(asked) and asked in (etag, self.modified))
        self.given.append(304 if same else 200)
        self.asked.append(dict(request.headers))
        body = b"" if same else self.data
        request.send_response(self.given[-1])
        for name, value in (("ETag", etag), ("Last-Modified", self.modified)):
            if value:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


NEW = zip_bytes(("en/good.md", b"# New\n"))


def test_an_archive_that_did_not_change_is_not_fetched_again(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    url = f"{serve(shelf)}/docs.zip"
    assert [fetched(url, tmp_path) for _ in range(3)] == [["# Good\n"]] * 3
    assert shelf.given == [200, 304, 304]
    shelf.data = NEW
    assert fetched(url, tmp_path) == ["# New\n"]


def test_a_server_without_etags_is_asked_by_date(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    shelf.etag, shelf.modified = "", "Wed, 01 May 2024 10:00:00 GMT"
    url = f"{serve(shelf)}/docs.zip"
    assert [fetched(url, tmp_path) for _ in range(2)] == [["# Good\n"]] * 2
    assert shelf.given == [200, 304]


def test_a_server_that_names_no_state_is_asked_for_all_of_it(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    shelf.etag = ""
    url = f"{serve(shelf)}/docs.zip"
    assert [fetched(url, tmp_path) for _ in range(2)] == [["# Good\n"]] * 2
    assert shelf.given == [200, 200]


@pytest.mark.parametrize("damage", ["gone", "cut off", "changed", "note cut off", "note gone"])
def test_a_kept_archive_that_is_damaged_is_fetched_again(
    tmp_path: Path, serve: Callable[[Answer], str], damage: str
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    url = f"{serve(shelf)}/docs.zip"
    fetched(url, tmp_path)
    [kept], [note] = ((tmp_path / "cache").glob(f"*.{end}") for end in ("download", "json"))
    match damage:
        case "gone":
            kept.unlink()
        case "cut off":
            kept.write_bytes(kept.read_bytes()[:50])
        case "changed":
            kept.write_bytes(kept.read_bytes().replace(b"en/", b"de/"))
        case "note cut off":
            note.write_bytes(note.read_bytes()[:20])
        case _:
            note.unlink()
    assert fetched(url, tmp_path) == ["# Good\n"]
    assert shelf.given == [200, 200]


def test_other_content_under_the_same_etag_is_another_revision(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    shelf.etag = ""
    url = f"{serve(shelf)}/docs.zip"
    source = ArchiveSource(url, cache_dir=tmp_path, reading=Reading(allow_private=True))
    revisions = []
    for shelf.data in (zip_bytes(GOOD), zip_bytes(GOOD), NEW):
        with source.open() as tree:
            revisions.append(tree.revision)
    assert revisions[0] == revisions[1] != revisions[2]


def test_not_modified_with_another_state_beside_it_is_not_believed(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    shelf.etag, shelf.modified = '"always"', "Wed, 01 May 2024 10:00:00 GMT"
    url = f"{serve(shelf)}/docs.zip"
    fetched(url, tmp_path)
    shelf.data, shelf.modified = NEW, "Thu, 02 May 2024 10:00:00 GMT"
    assert fetched(url, tmp_path) == ["# New\n"]
    assert shelf.given == [200, 304, 200]


def test_a_server_that_always_says_not_modified_is_found_out_after_a_day(
    tmp_path: Path, serve: Callable[[Answer], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    shelf.etag = '"always"'
    url = f"{serve(shelf)}/docs.zip"
    fetched(url, tmp_path)
    shelf.data = NEW
    assert fetched(url, tmp_path) == ["# Good\n"]
    for days in (2, -2):
        now = time.time() + days * 86_400
        with monkeypatch.context() as moved:
            moved.setattr(kept_download.time, "time", lambda: now)  # noqa: B023 - called within this round
            assert fetched(url, tmp_path) == ["# New\n"]


def test_not_modified_to_a_first_question_is_a_clear_sentence(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(b"")
    shelf.always_the_same = True
    with pytest.raises(SourceUnavailable, match="answers 'not modified' where nothing was fetched yet"):
        fetched(f"{serve(shelf)}/docs.zip", tmp_path)


def test_an_archive_that_came_damaged_is_not_kept_though_its_etag_stays(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD)[:80])
    shelf.etag = '"always"'
    url = f"{serve(shelf)}/docs.zip"
    with pytest.raises(SourceUnavailable, match="is not a complete"):
        fetched(url, tmp_path)
    shelf.data = zip_bytes(GOOD)
    assert fetched(url, tmp_path) == ["# Good\n"]


def test_a_download_that_fails_leaves_the_kept_archive_for_the_next_run(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    url = f"{serve(shelf)}/docs.zip"
    fetched(url, tmp_path)
    shelf.data = b"a" * 10_000
    with pytest.raises(SourceUnavailable, match="is larger than"):
        fetched(url, tmp_path, max_total_bytes=5_000)
    shelf.data = zip_bytes(GOOD)
    assert fetched(url, tmp_path) == ["# Good\n"]
    assert shelf.given == [200, 200, 304]


def test_two_runs_at_once_do_not_share_a_half_written_download(
    tmp_path: Path, serve: Callable[[Answer], str]
) -> None:
    url = f"{serve(file_answer(zip_bytes(GOOD)))}/docs.zip"
    first = ArchiveSource(url, cache_dir=tmp_path, reading=Reading(allow_private=True))
    second = ArchiveSource(url, cache_dir=tmp_path, reading=Reading(allow_private=True))
    with first.open() as tree:
        with pytest.raises(SourceUnavailable, match="is in use by another run"), second.open():
            pass
        assert tree.paths() == ["good.md"]
    with second.open() as tree:
        assert tree.paths() == ["good.md"]


def test_a_password_in_the_address_is_not_kept(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    shelf = Shelf(zip_bytes(GOOD))
    url = serve(shelf).replace("http://", "http://user:s3cret@")
    fetched(f"{url}/docs.zip?token=s3cret", tmp_path)
    assert shelf.asked[0]["Authorization"].startswith("Basic ")
    assert [path for path in (tmp_path / "cache").iterdir() if b"s3cret" in path.read_bytes()] == []
