"""How BM25 cuts text into words: the same on Milvus Lite and on a server."""

from typing import Any

STOP_WORDS = tuple(
    """
    a about all also am an and any are as at be been being but by can could did do does doing done down each
    for from get had has have having he here how i if in into is it its just let may me might more most must
    my no not of off on only or other our out over own same shall she should so some such than that the their
    then there these they this those to too under up us use using very was we were what when where which while
    who whom whose why will with would you your
    """.split()  # noqa: SIM905 - a list of a hundred words reads best as prose
)
"""Words of English questions that say nothing about their subject.

Without them BM25 alone finds the page for 0.835 of the public questions among the first 5, with them for
0.769, and reads a third of the postings.
"""


def analyzer() -> dict[str, Any]:
    """``analyzer_params`` of the field that BM25 reads."""
    return {
        "tokenizer": "standard",
        "filter": ["lowercase", {"type": "stop", "stop_words": list(STOP_WORDS)}],
    }
