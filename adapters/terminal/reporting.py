"""Shows a digest on a terminal, as Markdown or as JSON."""

import json

from adapters.terminal.streams import plain
from bot.insight import digest as digesting
from bot.insight.digest import Digest
from bot.insight.gaps import draft

DRAFTS_SHOWN = 5


def show_digest(made: Digest, *, as_json: bool) -> None:
    """Print it, with the drafted sections of the gaps that were asked most."""
    if as_json:
        print(json.dumps(digesting.as_json(made), ensure_ascii=False, indent=2))
        return
    print(plain(digesting.markdown(made)))
    for gap in made.gaps[:DRAFTS_SHOWN]:
        print(f"\n---\n\n{plain(draft(gap))}", end="")
