"""pymilvus-model's functions, run by themselves in a process each: importing them takes long and warns."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = ["[PAD]", "[UNK]", "milvus", "stores", "data", "bananas", "ripen", "where"]
REVISION = "0" * 40
ASK = """
import json, sys
from pathlib import Path
from adapters.embedding.choices import load_embedder
from indexer.errors import EmbeddingUnavailable
texts = json.load(sys.stdin)
model = load_embedder(sys.argv[1], cache_dir=Path("unused"))
try:
    found = {"dim": model.dim, "documents": model.encode_documents(texts),
             "queries": model.encode_queries(texts), "none": model.encode_documents([])}
except EmbeddingUnavailable as error:
    found = {"error": str(error)}
print(json.dumps(found))
"""


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken, and that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def ask(model: str, texts: list[str], home: Path, port: int) -> dict[str, Any]:
    """What ``model`` says in a process whose hub does not answer and whose model cache is ``home``."""
    own = {"HF_HOME": str(home), "HF_ENDPOINT": f"http://127.0.0.1:{port}", "PYTHONPATH": str(home)}
    unset = {"HF_HUB_OFFLINE", "HF_HUB_CACHE", "TRANSFORMERS_OFFLINE", "http_proxy", "HTTP_PROXY"}
    environment = {name: value for name, value in os.environ.items() if name not in unset} | own
    command = [sys.executable, "-c", ASK, model]
    run = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, check=True, env=environment
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def snapshot(home: Path, repository: str) -> Path:
    """Where the hub's client looks for the files of ``repository``."""
    folder = home / "hub" / f"models--{repository.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(REVISION)
    files = folder / "snapshots" / REVISION
    files.mkdir(parents=True)
    return files


def prepare_default(home: Path) -> None:
    """A random 768-dimensional model of eight words, in place of the one that a hub would give."""
    table = np.random.default_rng(7).normal(size=(len(WORDS), 768)).astype(np.float32)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    states = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [1, "tokens", 768])
    node = helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    graph = helper.make_graph([node], "albert", inputs, [states], [numpy_helper.from_array(table, "table")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    save(model, snapshot(home, "GPTCache/paraphrase-albert-onnx") / "model.onnx")
    files = snapshot(home, "GPTCache/paraphrase-albert-small-v2")
    words = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.save(str(files / "tokenizer.json"))
    (files / "config.json").write_text(json.dumps({"model_type": "albert", "hidden_size": 768}))
    special = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    (files / "tokenizer_config.json").write_text(json.dumps({**special, "model_max_length": 16}))


def test_the_default_function_runs_from_its_cache_without_a_hub(tmp_path: Path, closed_port: int) -> None:
    prepare_default(tmp_path)
    texts = [
        "milvus stores data",
        "where milvus stores",
        "bananas ripen",
        "odd \ud83d \x00",
        "data " * 50_000,
    ]
    found = ask("pymilvus:default", texts, tmp_path, closed_port)
    assert found.get("dim") == 768, found
    assert found["queries"] == found["documents"]
    assert found["none"] == []
    vectors = np.array(found["documents"])
    assert vectors.shape == (5, 768)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5))
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_the_default_function_without_hub_and_cache_is_explained_at_once(
    tmp_path: Path, closed_port: int
) -> None:
    found = ask("pymilvus:default", ["a"], tmp_path, closed_port)
    assert found["error"].startswith("The embedding model pymilvus:default cannot be loaded: it is not in")
    assert 'Run once where the hub is reachable, or set embedding.model = "minilm".' in found["error"]


@pytest.mark.skipif(
    find_spec("sentence_transformers") is not None,
    reason="sentence-transformers is installed in this environment",
)
def test_sentence_transformers_missing_is_explained_with_its_command(
    tmp_path: Path, closed_port: int
) -> None:
    found = ask("pymilvus:sentence-transformer/org/model", ["a"], tmp_path, closed_port)
    assert found["error"] == (
        "The embedding model pymilvus:sentence-transformer/org/model needs the package "
        "sentence-transformers, which is not installed. Install it with: pip install sentence-transformers"
    )


STAND_IN = """
import numpy
class SentenceTransformer:
    def __init__(self, model_name_or_path, device):
        assert (model_name_or_path, device) == ("org/model", "cpu")
    def get_sentence_embedding_dimension(self):
        return 3
    def encode(self, texts, batch_size, show_progress_bar, convert_to_numpy, normalize_embeddings):
        assert normalize_embeddings and not show_progress_bar
        return numpy.array([[1.0, len(text), 0.0] for text in texts])
"""


def test_a_sentence_transformer_is_used_through_pymilvus_model(tmp_path: Path, closed_port: int) -> None:
    (tmp_path / "sentence_transformers.py").write_text(STAND_IN)
    found = ask("pymilvus:sentence-transformer/org/model", ["", "abc"], tmp_path, closed_port)
    assert found["dim"] == 3
    assert found["documents"][0] == [1.0, 0.0, 0.0]
    assert found["queries"][1] == pytest.approx([0.1**0.5, 0.9**0.5, 0.0])
