"""Which questions are English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.languages import is_english


@pytest.mark.parametrize(
    "text",
    [
        "How do I set the consistency level?",
        "HNSW ef default",
        "set consistency per search call",
        "let gpt-4o rerank",
        "why is my índice slow when the log says 'não existe'",
        "",
        "123 ?",
        "how do I roll a die and die",
        "per request",
    ],
)
def test_english_and_what_cannot_be_told_counts_as_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuántas colecciones puedo crear?",
        "como creo um índice HNSW",
        "perché le modifiche non hanno effetto?",
        "comment créer une collection ?",
        "Wie stelle ich die Konsistenz ein?",
        "hoe maak ik een index?",
        "Was bedeuten efConstruction und ef?",
        "¿tienes sentimientos?",
        "Milvus не запускается: Illegal instruction (core dumped)",
        "nlist 一般设多大合适？",
        "インデックスの種類は？",
        "el pod se cae con 'bad member ID arg, expecting ID in Hex'",
    ],
)
def test_other_languages_are_told_whatever_english_they_quote(text: str) -> None:
    assert not is_english(text)


@given(st.text(max_size=500))
def test_any_text_is_told(text: str) -> None:
    assert is_english(text) in (True, False)
