"""What a quotation brings along so that it reads whole, and whose pages stand beside the best one."""

from typing import Any

from bot.extract.extracting import extract
from bot.model import Passage


def passage(text: str, **fields: Any) -> Passage:
    heading = fields.pop("heading", "Errors")
    path = fields.pop("path", "guide.md")
    defaults = {
        "title": path.removesuffix(".md").title(),
        "heading": heading,
        "url": f"https://docs.example/{path}#{heading.replace(' ', '-')}",
        "path": path,
        "score": 1.0,
    }
    return Passage(text=text, **(defaults | fields))


def test_a_list_keeps_the_introduction_that_the_passage_before_it_ends_with() -> None:
    before = passage(
        "A value may be too long for its field.\n\nTo mend a length error:", ordinal=4, score=0.9
    )
    listed = passage("- Shorten the value that has the length error.\n- Raise `max_length`.", ordinal=5)
    text = extract("how to mend a length error", [listed, before]).text
    assert text.index("To mend a length error:") < text.index("- Shorten the value")
    assert text.count("To mend a length error:") == 1


def test_an_introduction_of_another_section_or_page_is_none() -> None:
    listed = passage("- Shorten the value that has the length error.\n- Raise `max_length`.", ordinal=5)
    for other in ({"heading": "Setup"}, {"path": "other.md"}, {"ordinal": 3}, {"source": "old"}):
        before = passage("These are the colours:", **({"ordinal": 4, "score": 0.5} | other))
        assert "colours" not in extract("how to mend a length error", [listed, before]).text


def test_all_questions_that_an_item_opens_with_stand_before_its_answer() -> None:
    item = (
        "- **When should maps be cached? What does caching cost?**\n\n"
        f"    Caching helps where memory is scarce and maps are read often. {'It changes little else. ' * 20}"
    )
    text = extract("what does caching of maps cost", [passage(item, heading="FAQ")]).text
    assert "When should maps be cached? What does caching cost?" in text
    assert text.index("What does caching cost?") < text.index("Caching helps")


def test_a_sentence_about_this_or_these_brings_the_one_before_it() -> None:
    page = passage(
        "The planner keeps a buffer for each shard. Enabling these doubles the throughput of imports.",
        heading="Buffers",
    )
    text = extract("double the throughput of imports", [page]).text
    assert text.startswith("The planner keeps a buffer for each shard.")


def test_another_page_needs_more_to_stand_beside_the_best_one_than_its_neighbour_does() -> None:
    best = passage("Set the lifetime of a table with `lifetime`.", heading="Lifetime")
    said = "The lifetime of a table is told in hours or in days."
    near = passage(said, heading="Units", score=0.45)
    far = passage(said, heading="Units", path="video.md", score=0.45)
    question = "how to set the lifetime of a table"
    assert said in extract(question, [best, near]).text
    assert said not in extract(question, [best, far]).text
