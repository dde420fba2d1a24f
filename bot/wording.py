"""The sentences people read that are not answers of their own."""

from collections.abc import Sequence

from bot.model import Passage

SEARCHING = "Searching the docs"
SEARCHING_FOR = "Searching the docs for “{query}”"
READING = "Reading {title}"
NO_WORDS = "I see no words in that. Ask me about the documentation, for example: How is data stored?"
SHORTENED = "Your question is long: I read its first and last {chars} characters."
EXTRACTING = "Answering with the documentation's own sentences instead."
DECLINED = (
    "I only answer questions about the documentation, so I leave that aside. "
    "Ask me how something works or how to set it up."
)
UNSURE = "I am not sure that the documentation answers this. The nearest I found:"
PAGES_DIFFER = "The pages differ on this:"
VERSIONS_DIFFER = "The versions differ on this:"
UNGROUNDED = "I could not tie all of this to the documentation: please check it before you rely on it."
TOO_LATE = "The model did not begin to answer in time."
NOTHING_WRITTEN = f"The model wrote nothing. {EXTRACTING}"
REPEATING = "The model began to repeat itself, so I cut its answer off."
OTHER_LANGUAGE = "The model answered in another language than yours. Ask again to get another try."


def reading(passages: Sequence[Passage]) -> str:
    """What is being read, as a sentence: at most three titles."""
    titles = list(dict.fromkeys(passage.title for passage in passages))[:3]
    return f"Reading {', '.join(titles)}"


def masked(found: Sequence[str]) -> str:
    """Tells the asker that secrets were taken out of their question, and what to do about it."""
    kinds = ", ".join(found)
    return (
        f"Your message held what looks like a secret ({kinds}). I masked it before I did anything "
        "with it; others may have seen it here, so please replace it."
    )


def mentions(missing: Sequence[str]) -> str:
    """Says which names no page holds, as a paragraph of its own; empty where there are none."""
    named = ", ".join(f"`{name}`" for name in missing)
    return f"The documentation I have does not mention {named}.\n\n" if missing else ""


def doubt(missing: Sequence[str]) -> str:
    """What comes before quotations that may not answer; ``missing`` are names that no page holds."""
    if not missing:
        return UNSURE
    return f"{mentions(missing).strip()} The nearest I found:"


def not_covered(nearest: Sequence[Passage]) -> str:
    """Says that the documentation does not answer, and names at most three pages that come near."""
    pages = {passage.path: passage for passage in reversed(nearest[:8])}
    links = [f"- [{page.title}]({page.url.split('#')[0]})" for page in reversed(pages.values())][:3]
    text = "I could not find an answer to this in the documentation."
    if not links:
        return text
    return "\n".join([f"{text} The nearest pages are:", *links])
