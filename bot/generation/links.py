"""Makes plain the links of an answer that lead where no passage leads."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]]+", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\(\s*<?([^)\s>]{1,2000})>?(?:\s[^)\n]{0,200})?\)")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]\n]{1,80}\]:\s*\S+.*$", re.MULTILINE)
_OPEN_LINK = re.compile(r"!?\[[^\]\n]{0,300}(?:\]|\]\([^)\n]{0,2000})?$|!$")
_OPEN_ADDRESS = re.compile(r"(?:\bh(?:t(?:t(?:ps?(?::/{0,2})?)?)?)?|https?://\S{1,2000})$", re.IGNORECASE)
_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)", re.DOTALL)
_NEAR = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|\[?::1)|(?:^|\.)(?:example\.(?:com|org|net)|local)$"
)
_TICKS = re.compile(r"`")


class Links:
    """Knows the hosts that passages name; every other link becomes text that cannot be clicked."""

    def __init__(self, sources: Sequence[str]) -> None:
        """``sources`` are texts and addresses of passages."""
        self._hosts = {_host(address) for text in sources for address in _ADDRESS.findall(text)}
        self._ticks = 0

    def certain(self, text: str) -> int:
        """How much of ``text`` holds no link that is still being written."""
        ends = [found.start() for found in (_OPEN_LINK.search(text), _OPEN_ADDRESS.search(text)) if found]
        return min([*ends, len(text)])

    def cleaned(self, text: str) -> str:
        """``text`` with its links to unknown hosts made plain; code stays as it is."""
        if self._ticks % 2:
            # Inside code that an earlier piece began.
            self._ticks += len(_TICKS.findall(text))
            return text
        self._ticks += len(_TICKS.findall(text))
        parts = _CODE.split(text)
        return "".join(part if at % 2 else self._plain(part) for at, part in enumerate(parts))

    def _plain(self, text: str) -> str:
        text = _LINK.sub(self._link, _REFERENCE.sub("", text) if "]:" in text else text)
        return re.sub(r"(?<![(\w])" + _ADDRESS.pattern, self._address, text, flags=re.IGNORECASE)

    def _link(self, found: re.Match[str]) -> str:
        label, target = found[1], found[2]
        relative = "://" not in target and ":" not in target.split("/", 1)[0] and not target.startswith("//")
        return found[0] if (relative and not found[0].startswith("!")) or self._known(target) else label

    def _address(self, found: re.Match[str]) -> str:
        return found[0] if self._known(found[0]) else f"`{found[0]}`"

    def _known(self, address: str) -> bool:
        host = _host(address)
        return host in self._hosts or bool(host and _NEAR.search(host))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
