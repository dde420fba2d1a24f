import json
import sys
from importlib import import_module
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

# Benchmarks are run in the project's folder and are no installed package.
sys.path.append(str(Path(__file__).parents[2]))
bench = import_module("benchmarks.peers.__main__")
comparing = import_module("benchmarks.peers.comparing")
serving = import_module("benchmarks.peers.embedding_server")
trial = import_module("benchmarks.peers.trial")
workspace = import_module("benchmarks.workspace")

ROW = {"question": "How?", "gold": ["a.md"], "snippet": "the  Answer"}


class Letters:
    """An embedding model whose vectors are the text's length."""

    def encode_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(len(text))] for text in texts]


def answer(**changed: object) -> dict[str, object]:
    said = {
        "milliseconds": 2.0,
        "pages": ["b.md", "a.md"],
        "own": "the answer",
        "full": "",
        "lengths": [5, 6],
    }
    return said | changed


def test_only_lines_of_code_are_counted():
    head = '"""Said once.\n\nAnd more."""\n\nimport os  # why\n# a comment\n'
    assert comparing.code_lines(head) == 1
    assert comparing.code_lines(f'{head}\ndef f():\n    """Doc."""\n    return (\n        os\n    )\n') == 5


def test_settings_are_counted_without_their_comments():
    assert comparing.setting_lines("# why\n\n[a]\nb = 1  # so\n") == 2


def test_a_context_is_cut_at_twelve_thousand_characters_wherever_that_is():
    inside = "x" * (comparing.BUDGET - 10) + "the answer"
    assert comparing.found(ROW, [], inside, 1.0).recalled == {comparing.BUDGET: True}
    assert comparing.found(ROW, [], "x" + inside, 1.0).recalled == {comparing.BUDGET: False}


def test_pieces_fill_a_context_until_one_does_not_fit():
    assert comparing.filling([6_000, 6_000, 1]) == 2
    assert comparing.filling([12_001, 1]) == 0
    assert comparing.filling([]) == 0


def test_a_peer_is_scored_by_its_first_pages_and_by_both_contexts():
    said = {"k": 2, "questions": [answer()]}
    one = comparing.trial("peer", [ROW], {"pieces": 7, "seconds": 1.6, "cpu": 2.4}, said, lines="3 of Python")
    cells = dict(zip(comparing.HEADS, comparing.line(one), strict=True))
    assert cells["hit@5 (95 %)"].startswith("1.000")
    assert cells["recall, as it sends"] == "1.000"
    assert cells["recall@12000 (95 %)"].startswith("0.000")
    assert cells["pieces, characters it sends"] == "2, 10"
    assert (cells["indexing"], cells["CPU for it"]) == ("2 s", "2 s")


def test_an_answer_too_few_is_no_score():
    said = {"k": 1, "questions": [answer()]}
    with pytest.raises(ValueError, match="shorter"):
        comparing.trial("peer", [ROW, ROW], {"pieces": 1, "seconds": 1.0, "cpu": 1.0}, said, lines="")


@pytest.mark.parametrize(
    "event", [("socket.getaddrinfo", ("example.org", 443)), ("socket.connect", (None, ("8.8.8.8", 53)))]
)
def test_peers_reach_no_other_machine(event):
    with pytest.raises(PermissionError, match="not on this machine"):
        trial.stay_here(*event)


@pytest.mark.parametrize("address", [("127.0.0.1", 80), ("::1", 80, 0, 0), "/tmp/a.sock"])
def test_peers_reach_this_machine(address):
    trial.stay_here("socket.connect", (None, address))


def test_a_peer_that_is_not_installed_says_what_to_do(tmp_path):
    peer = bench.Peer(script="langchain", name="LangChain", environment=tmp_path / "none", lines="")
    with pytest.raises(bench.PeerFailed, match="make bench-peers"):
        bench.tried(peer, workspace.Workspace(folder=tmp_path), [ROW], "")


def test_a_peer_that_breaks_is_told_in_its_last_words(tmp_path):
    peer = bench.Peer(
        script="nobody", name="nobody", environment=Path(sys.prefix), lines="", missing="get it"
    )
    with pytest.raises(bench.PeerFailed, match="get it"):
        bench.tried(peer, workspace.Workspace(folder=tmp_path), [ROW], "")


def test_the_embedding_server_answers_one_text_and_several():
    with serving.embedding_server(Letters()) as url:
        for texts, expected in (("four", [[4.0]]), (["a", "bb"], [[1.0], [2.0]])):
            request = Request(f"{url}/embeddings", json.dumps({"input": texts}).encode())
            with urlopen(request, timeout=10) as reply:
                rows = json.load(reply)["data"]
            assert [row["embedding"] for row in rows] == expected
            assert [row["index"] for row in rows] == list(range(len(expected)))


def test_without_the_shared_documentation_it_is_skipped_with_a_reason(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bench, "ARCHIVE", tmp_path / "none.zip")
    bench.main()
    assert "Skipped" in capsys.readouterr().out
