"""One id a question, on every log line that is written while it is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

QUESTION: ContextVar[str] = ContextVar("question", default="")


@contextmanager
def question_ref(ref: str = "") -> Iterator[str]:
    """Within, log lines carry ``ref``; without one a new id of 8 hexadecimal digits is made."""
    ref = ref or uuid4().hex[:8]
    before = QUESTION.get()
    QUESTION.set(ref)
    try:
        yield ref
    finally:
        # Not by token: an abandoned generator is closed in another context, where tokens do not fit.
        QUESTION.set(before)
