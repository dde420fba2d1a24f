"""Choosing an embedding model by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.embedding.choices import load_embedder
from indexer.errors import EmbeddingUnavailable

NOWHERE = Path("/nowhere/at/all")
NAMES = [
    "minilm",
    "minilm-int8",
    "multilingual-e5",
    "pymilvus:default",
    "pymilvus:sentence-transformer/org/model",
    "openai:text-embedding-3-small",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_known_name_is_made_without_touching_anything(name: str) -> None:
    model = load_embedder(name, cache_dir=NOWHERE)
    assert model.name == name
    assert model.fingerprint.startswith(name)
    assert not NOWHERE.exists()


def test_fingerprints_of_different_choices_differ() -> None:
    assert len({load_embedder(name, cache_dir=NOWHERE).fingerprint for name in NAMES}) == len(NAMES)


def test_the_default_models_fingerprint_says_what_decides_its_vectors() -> None:
    assert load_embedder("minilm", cache_dir=NOWHERE).fingerprint == "minilm-384-256-53aa5117"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("minilm2", 'Did you mean "minilm"?'),
        ("MiniLM-int8", 'Did you mean "minilm-int8"?'),
        ("pymilvus-default", 'Did you mean "pymilvus:default"?'),
        ("openai:", '"openai:<model>"'),
        ("openai: ", '"openai:<model>"'),
        ("pymilvus:sentence-transformer/", '"pymilvus:sentence-transformer/<name>"'),
        ("", "Known are minilm, minilm-int8, multilingual-e5,"),
        ("word2vec", "Known are minilm,"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(name: str, advice: str) -> None:
    with pytest.raises(EmbeddingUnavailable) as refused:
        load_embedder(name, cache_dir=NOWHERE)
    assert str(refused.value).startswith(f'There is no embedding model "{name}".')
    assert advice in str(refused.value)


def test_choosing_imports_nothing_heavy() -> None:
    script = (
        "import sys; from pathlib import Path; from adapters.embedding.choices import load_embedder\n"
        f"for name in {NAMES!r}: load_embedder(name, cache_dir=Path('x'))\n"
        "heavy = {'numpy', 'onnx', 'onnxruntime', 'openai', 'pymilvus', 'transformers', 'tokenizers'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
