"""``docent doctor``: what was checked, one line each."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console

from bot.checking import Check

SIGNS = {"ok": ("ok  ", "green"), "warn": ("note", "yellow"), "fail": ("FAIL", "red")}


def show(checks: Sequence[Check], *, as_json: bool) -> None:
    """Print the checks, as lines or as one JSON object."""
    if as_json:
        found = [{"name": check.name, "status": check.status, "detail": check.detail} for check in checks]
        print(json.dumps({"ok": not any(check.status == "fail" for check in checks), "checks": found}))
        return
    console = Console(file=sys.stdout, soft_wrap=True, highlight=False)
    for check in checks:
        sign, style = SIGNS[check.status]
        console.print(sign, style=style, end=" ")
        console.print(f"{check.name}: {check.detail}", markup=False)
