"""An embeddings server on a loopback port: real HTTP, vectors made of the text, and scripted refusals.

with EmbeddingDouble() as server:
    server.script.append((429, {"retry-after-ms": "1"}, b"{}"))    # the next reply
    ... OpenAIEmbeddings(model="double", base_url=server.url)
    assert server.requests[0].body["input"] == ["How is data stored?"]
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIM = 8
Scripted = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class Request:
    path: str
    authorization: str
    body: Any


def vector(text: str) -> list[float]:
    """Not of unit length, and the same for the same text."""
    return [float(byte) + 1 for byte in hashlib.sha256(text.encode()).digest()[:DIM]]


def reply(vectors: list[Any]) -> Scripted:
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    payload = {"object": "list", "model": "double", "data": data, "usage": usage}
    return 200, {}, json.dumps(payload).encode()


class EmbeddingDouble:
    """The server; ``with`` starts and stops it."""

    def __init__(self) -> None:
        self.script: list[Scripted] = []
        """Replies to the next requests, first one first; then it gives vectors."""
        self.requests: list[Request] = []

    def __enter__(self) -> "EmbeddingDouble":
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                key = self.headers.get("authorization", "")
                double.requests.append(Request(path=self.path, authorization=key, body=body))
                plain = reply([vector(text) for text in body["input"]])
                status, headers, content = double.script.pop(0) if double.script else plain
                self.send_response(status)
                named = {"content-type": "application/json", "content-length": len(content), **headers}
                for name, value in named.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
