"""Web sessions that reach no internal address, whatever a setting, a name or a redirect says."""

import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from adapters.sources.internal_network import is_literal, refuse, refuse_internal

USER_AGENT = "Docent/1 (reads documentation to answer questions about it)"


def session(*, allow_private: bool) -> requests.Session:
    """A session of one connection; it raises SourceUnavailable instead of talking to an internal address.

    Both the name's addresses are checked, before anything is sent, and the one that was connected to,
    since a name may resolve to something else the second time. A proxy stands in for both checks.
    """
    opened = requests.Session()
    opened.headers["User-Agent"] = USER_AGENT
    adapter = HTTPAdapter if allow_private else _GuardedAdapter
    for scheme in ("http://", "https://"):
        opened.mount(scheme, adapter(pool_connections=1, pool_maxsize=1))
    return opened


# What requests and urllib3 offer to hang a check in is inheritance.
class _Checked:
    host: str

    def _new_conn(self) -> socket.socket:
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]
        try:
            refuse(str(connected.getpeername()[0]), self.host)
        except BaseException:
            connected.close()
            raise
        return connected


class _CheckedHttp(_Checked, HTTPConnection):
    pass


class _CheckedHttps(_Checked, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHttps


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        # A proxy has a manager of its own: which address it connects to is not ours to see.
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        host = urlsplit(request.url or "").hostname or ""
        if not select_proxy(request.url or "", options.get("proxies") or {}):
            refuse_internal(host)
        elif is_literal(host):
            refuse(host, host)
        return super().send(request, **options)
