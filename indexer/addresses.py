"""A page's public address, from its source's URL template."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

_SAFE = "/-._~+,;=:@!$&"
_FIELD = re.compile(r"\{(id|path|stem)\}")


def address(template: str, path: str, page_id: str = "") -> str:
    """Fill ``{id}`` (the page's own id, else its path), ``{path}`` and ``{stem}`` (path without suffix).

    Characters that a URL or a Markdown link does not take are percent-encoded; other braces stay.
    """
    stem = str(PurePosixPath(path).with_suffix(""))
    values = {"id": page_id or path, "path": path, "stem": stem}
    return _FIELD.sub(lambda field: quote(values[field[1]], safe=_SAFE), template)
