"""Reads sitemaps: the addresses a site names, with when each was last changed (pure)."""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

_PIECE = 65_536
_GZIP = b"\x1f\x8b"
# A sitemap has no use for either, and both are how XML is made to grow without end.
_HOSTILE = (b"<!DOCTYPE", b"<!ENTITY")


class Malformed(Exception):
    """This is no sitemap; ``str()`` is the rest of a sentence about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One address of a sitemap."""

    url: str
    lastmod: str = ""
    """As it is written; empty where the site says nothing."""
    is_sitemap: bool = False
    """Whether more addresses are found there, instead of a page."""


def unpacked(data: bytes, max_bytes: int) -> bytes:
    """The sitemap's XML, where it came packed as .gz. Raises Malformed."""
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            xml = stream.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Malformed("is a damaged .gz") from error
    if len(xml) > max_bytes:
        raise Malformed(f"unpacks to more than {max_bytes:,} bytes")
    return xml


def entries(xml: bytes) -> Iterator[Entry]:
    """The sitemap's addresses, in its order, as they are met. Raises Malformed."""
    if any(mark in xml[:_PIECE].upper() for mark in _HOSTILE):
        raise Malformed("is not a sitemap: it has a document type, as web pages do")
    known = False
    for event, element in _elements(xml):
        name = _local(element.tag)
        known = known or name in ("urlset", "sitemapindex")
        if not known:
            raise Malformed(f"is not a sitemap: it begins with <{name[:40]}>")
        if event == "end" and name in ("url", "sitemap"):
            values = {_local(child.tag): (child.text or "").strip() for child in element}
            element.clear()
            if values.get("loc"):
                is_sitemap = name == "sitemap"
                yield Entry(url=values["loc"], lastmod=values.get("lastmod", ""), is_sitemap=is_sitemap)


def _elements(xml: bytes) -> Iterator[tuple[str, Element]]:
    parser: XMLPullParser[Element] = XMLPullParser(events=("start", "end"))
    pieces = [xml[start : start + _PIECE] for start in range(0, len(xml), _PIECE)]
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from cast(Iterator[tuple[str, Element]], parser.read_events())
        parser.close()
        yield from cast(Iterator[tuple[str, Element]], parser.read_events())
    except ParseError as error:
        line, column = error.position
        raise Malformed(f"is not whole, valid XML: see line {line}, column {column + 1}") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()
