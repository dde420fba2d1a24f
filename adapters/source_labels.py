"""What a source is called below an answer (pure)."""

from bot.model import Citation

LABEL_CHARS = 120


def label(citation: Citation) -> str:
    """The page's title and the deepest heading, cut to 120 characters, and the version that it is for."""
    deepest = citation.heading.rsplit(" > ", 1)[-1]
    name = citation.title if deepest in {"", citation.title} else f"{citation.title} › {deepest}"
    shown = name if len(name) <= LABEL_CHARS else f"{name[: LABEL_CHARS - 1]}…"
    return versioned(shown, citation.version)


def versioned(name: str, version: str) -> str:
    """``name`` with the version of the product in brackets, where there is one."""
    return f"{name} ({version})" if version else name
