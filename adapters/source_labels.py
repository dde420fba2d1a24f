"""What a source is called below an answer (pure)."""

from bot.model import Citation

LABEL_CHARS = 120


def label(citation: Citation) -> str:
    """The page's title and the deepest heading, cut to 120 characters."""
    deepest = citation.heading.rsplit(" > ", 1)[-1]
    name = citation.title if deepest in {"", citation.title} else f"{citation.title} › {deepest}"
    return name if len(name) <= LABEL_CHARS else f"{name[: LABEL_CHARS - 1]}…"
