"""Trains triage on messages of our own: ``python -m benchmarks.triage_training`` writes the weights anew."""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.triage.classifier import HEADS, SCALE, START, WEIGHTS
from bot.triage.features import features

MESSAGES = Path(__file__).with_name("triage_training.jsonl")
FOLDS, ROUNDS, RIDGE = 5, 300, 0.001
STRENGTH = {"pattern": 1.0, "word": 0.7, "pair": 0.5}
"""How much one feature of a kind weighs before training: the ridge holds weak ones back."""
RECALL = 0.92
"""Share of the messages that need a person which the threshold has to find in folds never trained on."""
Matrix = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One thing to be learned, with every row's label and its scores from folds that did not see the row."""

    name: str
    labels: Sequence[str]
    rows: Matrix
    scores: Matrix
    temperature: float

    @property
    def shares(self) -> Matrix:
        """Probabilities, a row a message."""
        return softmax(self.scores / self.temperature)


def read() -> Sequence[Mapping[str, Any]]:
    """The messages with their labels."""
    return [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]


def strength(feature: str) -> float:
    """What a feature counts in the matrix."""
    if feature[0] in "+=":
        return STRENGTH["pattern"]
    return STRENGTH["pair" if " " in feature else "word"]


def matrix(found: Sequence[frozenset[str]], known: Sequence[str]) -> Matrix:
    """A row a message, a column a feature; the last column is 1."""
    place = {feature: column for column, feature in enumerate(known)}
    x = np.zeros((len(found), len(known) + 1))
    x[:, -1] = 1
    for row, held in enumerate(found):
        for feature in held & place.keys():
            x[row, place[feature]] = strength(feature)
    return x


def softmax(scores: Matrix) -> Matrix:
    """Scores as probabilities along the rows."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fitted(x: Matrix, y: Matrix) -> Matrix:
    """Weights of a multinomial logistic regression, by accelerated gradient descent."""
    weights = ahead = np.zeros((x.shape[1], y.shape[1]))
    step = 1 / (0.5 * _largest(x) / len(x) + RIDGE)
    for turn in range(ROUNDS):
        slope = x.T @ (softmax(x @ ahead) - y) / len(x) + RIDGE * ahead
        moved = ahead - step * slope
        ahead = moved + turn / (turn + 3) * (moved - weights)
        weights = moved
    return weights


def cross_validated(name: str, labels: Sequence[str], rows: Matrix, x: Matrix) -> Head:
    """Scores of every row from the folds without it, and the temperature that makes them honest."""
    fold = np.random.default_rng(1).permutation(len(rows)) % FOLDS
    y = np.eye(len(labels))[rows]
    scores = np.zeros_like(y)
    for one in range(FOLDS):
        scores[fold == one] = x[fold == one] @ fitted(x[fold != one], y[fold != one])
    losses = {
        t: -np.log(softmax(scores / t)[np.arange(len(rows)), rows]).mean() for t in np.arange(0.5, 4, 0.05)
    }
    return Head(
        name=name,
        labels=labels,
        rows=rows,
        scores=scores,
        temperature=float(min(losses, key=losses.__getitem__)),
    )


def threshold(head: Head) -> float:
    """The highest probability from which RECALL of those that need a person are found."""
    likely = head.shares[head.rows == 0, 0]
    return float(np.floor(np.quantile(likely, 1 - RECALL) * 100) / 100)


def trained() -> tuple[Sequence[Head], Sequence[str]]:
    """The heads as measured, and the lines of the weights' file."""
    messages = read()
    found = [features(message["message"]) for message in messages]
    counts = Counter(feature for held in found for feature in held)
    known = sorted(feature for feature, count in counts.items() if count >= 2)
    x = matrix(found, known)
    heads, tables, columns = [], [], []
    for name in HEADS:
        labels = ["yes", "no"] if name == "needs_human" else sorted({one[name] for one in messages})
        given = [("no", "yes")[one[name]] if name == "needs_human" else one[name] for one in messages]
        rows = np.array([labels.index(label) for label in given])
        head = cross_validated(name, labels, rows, x)
        table = fitted(x, np.eye(len(labels))[rows]) / head.temperature
        if name == "needs_human":  # two labels are one weight
            table, labels = table[:, :1] - table[:, 1:], labels[:1]
        heads.append(head)
        tables.append(table)
        columns += [f"{name}:{label}" for label in labels]
    bar = f"threshold\t{round(threshold(heads[2]) * SCALE)}"
    return heads, [*written(known, np.hstack(tables), columns), bar]


def written(known: Sequence[str], table: Matrix, columns: Sequence[str]) -> Sequence[str]:
    """The lines of the weights' file; features that weigh nothing are left out."""
    lines = ["# Written by python -m benchmarks.triage_training; hundredths.", "\t".join(columns)]
    for feature, row in zip([*known, START], table, strict=True):
        weights = np.rint(row * (1.0 if feature == START else strength(feature)) * SCALE).astype(int)
        if np.abs(weights).max() > 2:
            lines.append(f"{feature}\t{' '.join(map(str, weights))}")
    return lines


def measured(heads: Sequence[Head]) -> None:
    """Print what folds never trained on give."""
    for head in heads:
        right = head.shares.argmax(axis=1) == head.rows
        print(f"{head.name}: {right.mean():.3f} right of {len(right)}, temperature {head.temperature:.2f}")
    print("confidence from, messages, right:", *calibration(heads[0]), sep="\n  ")
    person, bar = heads[2], threshold(heads[2])
    called, needed = person.shares[:, 0] >= bar, person.rows == 0
    found, true = called[needed].mean(), needed[called].mean()
    print(f"needs_human from {bar:.2f}: recall {found:.3f}, precision {true:.3f}")
    severity = heads[1]
    low, critical = severity.labels.index("low"), severity.labels.index("critical")
    called_low = severity.shares.argmax(axis=1) == low
    print("critical called low:", int((called_low & (severity.rows == critical)).sum()))


def calibration(head: Head) -> Sequence[tuple[float, int, float]]:
    """In fifths of the confidence: its lower end, how many messages, and the share that is right."""
    likely, right = head.shares.max(axis=1), head.shares.argmax(axis=1) == head.rows
    fifths = [(likely * 5).astype(int).clip(0, 4) == fifth for fifth in range(5)]
    return [
        (fifth / 5, int(inside.sum()), round(float(right[inside].mean()), 2) if inside.any() else 0.0)
        for fifth, inside in enumerate(fifths)
    ]


def _largest(x: Matrix) -> float:
    """About the largest eigenvalue of x'x, from above."""
    vector = np.ones(x.shape[1])
    for _ in range(20):
        vector = x.T @ (x @ vector)
        vector /= np.linalg.norm(vector)
    return 1.05 * float(np.linalg.norm(x @ vector) ** 2)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    heads, lines = trained()
    measured(heads)
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.name}: {len(lines) - 3} features, {WEIGHTS.stat().st_size} bytes")
