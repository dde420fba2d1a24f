"""Makes sure that Ctrl-C is heard, also where it falls into code that swallows exceptions."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def remembered() -> Iterator[Callable[[], None]]:
    """Within, Ctrl-C raises as ever, and what is given raises it again where it was pressed already.

    Python drops an exception raised in a destructor or a vendor's callback, and Ctrl-C can fall there. For
    the main thread alone, as signal handlers are.
    """
    pressed = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    def check() -> None:
        if pressed:
            raise KeyboardInterrupt

    usual = signal.signal(signal.SIGINT, interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, usual)
