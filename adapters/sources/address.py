"""What kind of source an address names, and addresses made fit to be shown."""

import re
from urllib.parse import urlsplit

_USER_AT = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s'\"]*@")
_QUERY = re.compile(r"(?P<url>https?://[^\s'\"?]+)\?[^\s'\"]+")
_SECURE_COPY = re.compile(r"[\w.-]+@[\w.-]+:(?!//).+")


def masked(text: str) -> str:
    """``text`` with user, password, token and query of every address in it replaced by ``***``."""
    return _QUERY.sub(r"\g<url>?***", _USER_AT.sub(r"\g<scheme>***@", text))


def is_http(location: str) -> bool:
    """Whether this is an address of the web."""
    return location.lower().startswith(("http://", "https://"))


def is_git(location: str) -> bool:
    """Whether this reads as a git repository or bundle; a zip on the web does not."""
    lowered = location.lower()
    if is_http(location):
        return not is_zip(location)
    return (
        lowered.startswith(("git://", "ssh://", "file://"))
        or lowered.endswith((".bundle", ".git"))
        or bool(_SECURE_COPY.fullmatch(location))
    )


def is_zip(location: str) -> bool:
    """Whether this names a .zip, on the web or on disk."""
    path = urlsplit(location).path if is_http(location) else location
    return path.lower().endswith(".zip")


def is_sitemap(location: str) -> bool:
    """Whether this names a website's sitemap."""
    return is_http(location) and urlsplit(location).path.lower().endswith((".xml", ".xml.gz"))
