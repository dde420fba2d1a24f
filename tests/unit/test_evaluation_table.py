"""How scores are shown to people."""

import pytest

from adapters.terminal.evaluation import print_table


def test_each_score_has_its_interval_beside_it_and_each_kind_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(
        {
            "n": 3,
            "hit@5": 0.6667,
            "interval": {"hit@5": [0.1, 1.0]},
            "by_kind": {"api": {"n": 2, "hit@5": 0.5}, "a very long kind": {"n": 1, "hit@5": 1.0}},
        }
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["hit@5", "0.6667", "(0.100", "to", "1.000)"]
    assert [line.split() for line in lines[3:5]] == [["kind", "n", "hit@5"], ["api", "2", "0.5"]]
    assert len({len(line) for line in lines[3:]}) == 1


def test_scores_without_kinds_have_no_second_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table({"n": 1, "by_kind": {}})
    assert len(capsys.readouterr().out.splitlines()) == 1
