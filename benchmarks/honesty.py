"""Fits the confidence anew and measures what it decides: `python -m benchmarks.honesty`, beside an index."""

import argparse
import asyncio
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.answering import Answerer
from bot.evaluation import scoring
from bot.evaluation.evaluating import answer_all
from bot.evaluation.rows import read_rows
from bot.generation import grounding
from bot.honesty import confidence
from bot.honesty.clarifying import vague
from bot.honesty.confidence import Scale
from bot.honesty.declining import declined
from bot.model import Passage
from bot.search.searching import CANDIDATES
from bot.words import terms
from config import wiring

QUESTIONS = Path(__file__).with_name("honesty.jsonl")
SAMPLES = Path(__file__).parents[1] / "tests" / "honesty_samples.jsonl"
"""Later ones, in two halves: rules were chosen with one of them, ``held`` is the test."""
WORDS_OF_A_SENTENCE = 5
FILLING = "you can therefore simply arrange everything this way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A question of the file with what it found."""

    row: Mapping[str, str]
    found: Sequence[Passage]


async def searched(rows: Sequence[Mapping[str, str]], docent: wiring.Docent) -> Sequence[Searched]:
    """What every row's question finds."""
    return [
        Searched(row=row, found=await docent.retriever.search(row["question"], CANDIDATES)) for row in rows
    ]


def features(found: Sequence[Passage], floor: float) -> Sequence[float]:
    """What the confidence is made of: the best cosine above the floor, and 1."""
    return [max(one.similarity for one in found if one.similarity is not None) - floor, 1.0]


def fitted(results: Sequence[Searched], floor: float, rounds: int = 60, ridge: float = 0.01) -> np.ndarray:
    """The weights of a logistic regression, answerable against the rest.

    Near misses are left out: their similarity is that of covered questions, and their names tell them.
    Vague messages too: they are asked back before any of this counts.
    """
    used = [one for one in results if one.row["kind"] in ("answerable", "offtopic", "adversarial")]
    x = np.array([features(one.found, floor) for one in used])
    y = np.array([one.row["kind"] == "answerable" for one in used], float)
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(slope, x.T @ (p - y) + ridge * weights)
    return weights


def calibration(results: Sequence[Searched], scale: Scale) -> Sequence[tuple[float, int, float]]:
    """In fifths of the confidence: its lower end, how many questions, and the share that is covered."""
    rows = [one for one in results if one.row["kind"] in ("answerable", "offtopic", "adversarial")]
    pairs = [(confidence.confidence(one.found, scale), one.row["kind"] == "answerable") for one in rows]
    table = []
    for fifth in range(5):
        inside = [covered for likely, covered in pairs if fifth / 5 <= likely <= (fifth + 1) / 5]
        table.append((fifth / 5, len(inside), scoring.share(inside)))
    return table


def grounded(results: Sequence[Searched]) -> Mapping[str, float]:
    """Share of sentences that count as supported: by their page, halved and filled up, by another page."""
    chance = random.Random(1)
    shares: dict[str, list[bool]] = {"own page": [], "half of the words": [], "another page": []}
    for one in results:
        first, others = one.found[0], [other for other in one.found[4:] if other.path != one.found[0].path]
        if one.row["kind"] != "answerable" or not others:
            continue
        pieces = re.split(r"(?<=[.?!])\s+|\n", first.text)
        for sentence in [piece for piece in pieces if len(terms(piece)) >= WORDS_OF_A_SENTENCE][:3]:
            words = sentence.split()
            half = chance.sample(words, -(-len(words) // 2))
            shares["own page"].append(grounding.supported(sentence, first))
            shares["half of the words"].append(grounding.supported(" ".join([*half, FILLING]), first))
            shares["another page"].append(grounding.supported(sentence, chance.choice(others)))
    return {name: scoring.share(outcomes) for name, outcomes in shares.items()}


async def decided(rows: Sequence[Mapping[str, str]], answerer: Answerer) -> Mapping[str, object]:
    """What the whole bot does with each kind."""
    said = [one async for one in answer_all(rows, answerer)]
    covered = [one for one in said if one.row["kind"] == "answerable"]
    return scoring.refusal([one for one in said if one.row["kind"] != "answerable"], covered)


def half(name: str) -> Sequence[Mapping[str, str]]:
    """One half of the samples; the kind of each says where it names the product, or is not English."""
    rows = [row for row in read_rows(SAMPLES, ["question", "kind", "half"]) if row["half"] == name]
    return [dict(row) | {"kind": _kind(row)} for row in rows]


def _kind(row: Mapping[str, str]) -> str:
    if row["kind"] == "answerable" and row["lang"] == "en":
        return "answerable"
    naming = ", naming a product" if row.get("naming") else ""
    return f"{row['kind']}{naming}{'' if row['lang'] == 'en' else ', other languages'}"


async def measured(config: Path | None) -> None:
    """Print everything."""
    rows = read_rows(QUESTIONS, ["question", "kind"])
    async with wiring.wire(config) as docent:
        floor = docent.limits.min_similarity
        if floor is None:
            raise SystemExit("The configured embedding model has no min_similarity to measure from.")
        results = await searched(rows, docent)
        print("weights (slope, start):", fitted(results, floor).round(2).tolist())
        print("confidence from, questions, covered:", *calibration(results, docent.limits.scale), sep="\n  ")
        print("statements supported:", json.dumps(grounded(results)))
        print("by their text alone:", json.dumps(_by_text(rows)))
        print("decided:", json.dumps(await decided(rows, docent.answerer)))
        for name in ("tuned", "held"):
            print(f"{name}:", json.dumps(await decided(half(name), docent.answerer)))


def _by_text(rows: Sequence[Mapping[str, str]]) -> Mapping[str, Mapping[str, float]]:
    kinds = dict.fromkeys(row["kind"] for row in rows)
    texts = {kind: [row["question"] for row in rows if row["kind"] == kind] for kind in kinds}
    return {
        kind: {
            "declined": scoring.share([declined(text) for text in texts[kind]]),
            "vague": scoring.share([vague(text) for text in texts[kind]]),
        }
        for kind in kinds
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=None)
    asyncio.run(measured(parser.parse_args().config))
