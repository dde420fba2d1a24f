"""The sentences people read that are not answers of their own."""

from collections.abc import Sequence

from bot.model import Passage

SEARCHING = "Searching the docs"
NO_WORDS = "I see no words in that. Ask me about the documentation, for example: How is data stored?"
SHORTENED = "Your question is long: I read its first and last {chars} characters."
EXTRACTING = "Answering with the documentation's own sentences instead."


def reading(passages: Sequence[Passage]) -> str:
    """What is being read, as a sentence: at most three titles."""
    titles = list(dict.fromkeys(passage.title for passage in passages))[:3]
    return f"Reading {', '.join(titles)}"


def not_covered(nearest: Sequence[Passage]) -> str:
    """Says that the documentation does not answer, and names at most three pages that come near."""
    pages = {passage.path: passage for passage in reversed(nearest[:8])}
    links = [f"- [{page.title}]({page.url.split('#')[0]})" for page in reversed(pages.values())][:3]
    text = "I could not find an answer to this in the documentation."
    if not links:
        return text
    return "\n".join([f"{text} The nearest pages are:", *links])
