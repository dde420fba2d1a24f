"""A website on this machine whose pages, answers and temper a test decides."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(kw_only=True)
class Published:
    """One address of the site."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "text/html"
    etag: str | None = None
    """None: made from the body; empty: the server gives none."""


class SiteDouble:
    """Publishes what it is told to; remembers who asked for what, and how."""

    def __init__(self) -> None:
        self.pages: dict[str, Published | Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    def page(self, path: str, html: str, **options: object) -> None:
        self.pages[path] = Published(body=html.encode(), **options)  # type: ignore[arg-type]

    def map(self, *paths: str, at: str = "/sitemap.xml", lastmod: Mapping[str, str] = {}) -> None:
        def entry(path: str) -> str:
            when = f"<lastmod>{lastmod[path]}</lastmod>" if path in lastmod else ""
            return f"<url><loc>{path if '://' in path else self.url + path}</loc>{when}</url>"

        entries = "".join(map(entry, paths))
        xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        self.page(at, xml, kind="application/xml")

    def asked_for_pages(self) -> list[str]:
        """What was asked for since the last call, without robots.txt and sitemaps."""
        asked = [path for path in self.asked if not path.endswith((".txt", ".xml", ".gz"))]
        self.asked.clear()
        return asked

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        self.headers.append(dict(request.headers))
        published = self.pages.get(request.path, Published(body=b"<html>nothing here</html>", status=404))
        if callable(published):
            published(request)
            return
        etag = published.etag
        if etag is None:
            etag = f'"{hashlib.sha256(published.body).hexdigest()[:8]}"'
        same = bool(etag) and request.headers.get("If-None-Match") == etag
        body = b"" if same else published.body
        request.send_response(304 if same else published.status)
        given = {"Content-Type": published.kind, "ETag": etag, "Content-Length": str(len(body))}
        for name, value in {**given, **published.headers}.items():
            if value:
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def site_double() -> Iterator[SiteDouble]:
    """The site, answering on 127.0.0.1 until the end of the context."""
    site = SiteDouble()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
