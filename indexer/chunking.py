"""A page's blocks to chunks: along headings, code fences and tables whole, about 1,000 characters each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.anchors import AnchorStyle, anchors_of, split_explicit
from indexer.cutting import cut
from indexer.model import Block, Chunk, Page

VERSION = "1"
"""Part of every fingerprint: raise it when the same page would give other chunks."""

_WHOLE = {"code": 2.0, "table": 2.0}
"""How many chunk sizes a block may have and still stay in one piece; other kinds: 1.5."""
_LEAD_IN = 0.3
"""How long a sentence may be, in chunk sizes, to be kept with the code or table that it leads into."""
_GAP = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One heading and what stands below it, up to the next heading."""

    path: tuple[str, ...] = ()
    level: int = 0
    anchor: str = ""
    blocks: tuple[Block, ...] = ()


def chunks(
    page: Page, blocks: Sequence[Block], *, anchors: AnchorStyle, size: int = 1_000
) -> tuple[Chunk, ...]:
    """Cut a page into chunks of about ``size`` characters, in reading order; never less than one.

    No chunk spans two headings that both have text. A chunk is longer than 2.2 times ``size`` only
    where a single line of code or a single word is.
    """
    parts = [
        (section, text)
        for section in _sections(page.title, blocks, anchors)
        for text in _packed(section.blocks, size)
    ] or [(_Section(), page.title)]  # so that the index knows every page
    return tuple(
        Chunk(
            key=page.key,
            ordinal=ordinal,
            title=page.title,
            heading=" > ".join(section.path),
            url=f"{page.url}#{section.anchor}" if section.anchor else page.url,
            text=text,
            fingerprint=page.fingerprint,
            of=len(parts),
            version=page.version,
        )
        for ordinal, (section, text) in enumerate(parts)
    )


def _sections(title: str, blocks: Sequence[Block], style: AnchorStyle) -> Iterator[_Section]:
    """The sections that have text. A heading with nothing below it, not even headings, is its own text."""
    starts = [number for number, block in enumerate(blocks) if block.kind == "heading"]
    names = anchors_of([blocks[start].text for start in starts], style)
    yield _Section(blocks=tuple(blocks[: starts[0] if starts else None]))
    above: list[tuple[int, str]] = []
    for number, (start, anchor) in enumerate(zip(starts, names, strict=True)):
        end = starts[number + 1] if number + 1 < len(starts) else len(blocks)
        level, words = blocks[start].level, split_explicit(blocks[start].text)[0]
        above = [outer for outer in above if outer[0] < level]
        if words and not (level == 1 and _same(words, title)):
            above.append((level, words))
        below = tuple(blocks[start + 1 : end])
        if not below and above and (end == len(blocks) or blocks[end].level <= level):
            below = (Block(kind="paragraph", text=above[-1][1]),)
        yield _Section(path=tuple(name for _, name in above), level=level, anchor=anchor, blocks=below)


def _packed(blocks: Sequence[Block], size: int) -> Sequence[str]:
    """Texts of about ``size`` characters, made of whole blocks where these are not larger."""
    texts: list[str] = []
    for unit in _units(blocks, size):
        room = size if not texts or len(texts[-1]) > size // 4 else size * 3 // 2
        if texts and len(texts[-1]) + len(_GAP) + len(unit) <= room:
            texts[-1] += _GAP + unit
        else:
            texts.append(unit)
    if len(texts) > 1 and len(texts[-1]) < size // 5 and len(texts[-2]) + len(texts[-1]) < size * 3 // 2:
        texts[-2:] = [texts[-2] + _GAP + texts[-1]]
    return texts


def _units(blocks: Sequence[Block], size: int) -> Iterator[str]:
    """What must not be parted: a block, with the short sentence that leads into it."""
    lead = ""
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if following and _leads_into(block, following, size) and not lead:
            lead = block.text
            continue
        pieces = _pieces(block, size)
        if lead and len(lead) + len(_GAP) + len(pieces[0]) <= size * 2:
            pieces = [lead + _GAP + pieces[0], *pieces[1:]]
        elif lead:
            yield lead
        lead = ""
        yield from pieces


def _pieces(block: Block, size: int) -> Sequence[str]:
    if len(block.text) <= size * _WHOLE.get(block.kind, 1.5):
        return [block.text]
    return cut(block, size)


def _leads_into(block: Block, following: Block, size: int) -> bool:
    short = len(block.text) <= _LEAD_IN * size
    return short and block.kind in ("paragraph", "list") and following.kind in ("code", "table")


def _same(words: str, title: str) -> bool:
    return "".join(filter(str.isalnum, words.casefold())) == "".join(filter(str.isalnum, title.casefold()))
