"""What every source of documentation must hold, run on a folder, a .zip and a git repository."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.location import source_at
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.ports import Source

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PAGE = b"# Page\n"


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Place:
    """One location that holds documentation; its kind is what the suite is run on."""

    def __init__(self, kind: str, tmp_path: Path) -> None:
        self.kind = kind
        self.location = tmp_path / {"directory": "docs", "archive": "docs.zip", "git": "docs.git"}[kind]
        self._cache_dir = tmp_path / "cache"
        self._work = tmp_path / "work"

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Make the location hold these files and no others."""
        target = self.location if self.kind == "directory" else self._work
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        write_files(target, files)
        if self.kind == "archive":
            with zipfile.ZipFile(self.location, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in files:
                    archive.write(target / path, path)
        if self.kind == "git":
            self._commit()

    def source(self, **options: Any) -> Source:
        return source_at(str(self.location), cache_dir=self._cache_dir, **options)

    def _commit(self) -> None:
        if not self.location.exists():
            git(self.location.parent, "init", "-q", "--bare", str(self.location))
        bare = (f"--git-dir={self.location}", f"--work-tree={self._work}")
        git(self._work, *bare, "add", "--all", "--force")
        git(self._work, *bare, "commit", "-q", "--allow-empty", "-m", "state")


@pytest.fixture(params=["directory", "archive", "git"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return Place(request.param, tmp_path)


def paths_of(source: Source) -> list[str]:
    with source.open() as tree:
        return list(tree.paths())


def read_page(place: Place, data: bytes, **options: Any) -> str:
    place.publish({"page.md": data, "other.md": PAGE})
    with place.source(**options).open() as tree:
        return tree.read("page.md")


def test_lists_pages_and_variables_sorted_and_nothing_else(place: Place) -> None:
    place.publish(
        dict.fromkeys(
            ["b.md", "a/c.mdx", "a/d.MARKDOWN", "Variables.json", "a/Variables.json", "a/x.json", "i.png"],
            PAGE,
        )
    )
    assert paths_of(place.source()) == [
        "Variables.json",
        "a/Variables.json",
        "a/c.mdx",
        "a/d.MARKDOWN",
        "b.md",
    ]


def test_leaves_out_dot_folders_dot_files_and_node_modules(place: Place) -> None:
    place.publish(
        dict.fromkeys(["a.md", "b/c.md", ".github/x.md", "b/.x.md", "b/node_modules/p/README.md"], PAGE)
    )
    assert paths_of(place.source()) == ["a.md", "b/c.md"]


def test_reads_a_page_as_it_was_written(place: Place) -> None:
    assert read_page(place, "# Größe 向量 🙂\n\ntext\n".encode()) == "# Größe 向量 🙂\n\ntext\n"


def test_reads_an_empty_page_as_empty_text(place: Place) -> None:
    assert read_page(place, b"") == ""


def test_drops_the_byte_order_mark_and_normalises_line_ends(place: Place) -> None:
    assert read_page(place, b"\xef\xbb\xbfone\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


def test_reads_pages_with_blanks_and_letters_of_any_script_in_their_names(place: Place) -> None:
    names = ["[a] *b*.md", "a b.md", "größe.md", "向量/检索.md"]
    place.publish(dict.fromkeys(names, PAGE))
    with place.source().open() as tree:
        assert list(tree.paths()) == names
        assert {tree.read(name) for name in names} == {"# Page\n"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"ok\xffno", "byte 2 is 0xff"),
        (b"\xef\xbb\xbfok\xff", "byte 5 is 0xff"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL byte at byte 8"),
        ("# Page".encode("utf-16"), "looks like UTF-16"),
    ],
)
def test_refuses_a_page_that_is_not_utf8_text_and_says_where(place: Place, data: bytes, reason: str) -> None:
    with pytest.raises(PageUnreadable, match=reason):
        read_page(place, data)


def test_refuses_a_page_of_50_mb_and_says_its_size(place: Place) -> None:
    with pytest.raises(
        PageUnreadable, match=r"'page.md' is too large for a page: 50\.0 MB, and at most 5\.0 MB"
    ):
        read_page(place, b"a" * 50_000_000)


def test_reads_a_page_of_exactly_the_allowed_size(place: Place) -> None:
    assert read_page(place, b"a" * 1000, max_page_bytes=1000) == "a" * 1000
    with pytest.raises(PageUnreadable, match=r"1\.0 kB"):
        read_page(place, b"a" * 1001, max_page_bytes=1000)


def test_one_unreadable_page_does_not_keep_others_from_being_read(place: Place) -> None:
    place.publish({"bad.md": b"\xff", "good.md": PAGE})
    with place.source().open() as tree:
        with pytest.raises(PageUnreadable):
            tree.read("bad.md")
        assert tree.read("good.md") == "# Page\n"


@pytest.mark.parametrize(
    "path", ["../secret.md", "/etc/hostname", "missing.md", "notes.txt", ".hidden.md", ""]
)
def test_reads_listed_files_alone(place: Place, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.md").write_text("secret")
    place.publish({"a.md": PAGE, "notes.txt": PAGE, ".hidden.md": PAGE})
    with place.source().open() as tree, pytest.raises(PageUnreadable, match="not among the pages"):
        tree.read(path)


def test_finds_the_folder_that_holds_all_pages(place: Place) -> None:
    place.publish(dict.fromkeys(["README.md", "LICENSE", "site/en/Variables.json", "site/en/faq/a.md"], PAGE))
    assert paths_of(place.source()) == ["Variables.json", "faq/a.md"]


def test_reads_only_the_configured_root(place: Place) -> None:
    place.publish(
        dict.fromkeys(["site/en/a.md", "site/en/faq/b.md", "site/zh/a.md", "site/english.md"], PAGE)
    )
    assert paths_of(place.source(root="/site/en/")) == ["a.md", "faq/b.md"]


def test_a_root_of_one_dot_is_the_top(place: Place) -> None:
    place.publish(dict.fromkeys(["README.md", "en/a.md"], PAGE))
    assert paths_of(place.source(root=".")) == ["README.md", "en/a.md"]


def test_a_root_that_is_not_there_is_refused_with_the_nearest_that_is(place: Place) -> None:
    place.publish(dict.fromkeys(["site/en/a.md", "site/zh/a.md"], PAGE))
    with pytest.raises(SourceUnavailable, match=r"no folder 'site/enn' .* 'site/en'"):
        paths_of(place.source(root="site/enn"))


def test_an_optional_root_is_used_where_it_exists_and_found_where_not(place: Place) -> None:
    place.publish(dict.fromkeys(["site/en/a.md", "site/zh/a.md"], PAGE))
    assert paths_of(place.source(root="site/zh", root_optional=True)) == ["a.md"]
    assert paths_of(place.source(root="docs", root_optional=True)) == ["en/a.md", "zh/a.md"]
    place.publish(dict.fromkeys(["docs/a.md", "site/zh/a.md"], PAGE))
    assert paths_of(place.source(root="docs", root_optional=True)) == ["a.md"]


@pytest.mark.parametrize("root", ["..", "site/../../other"])
def test_a_root_that_leaves_the_source_is_refused(place: Place, root: str) -> None:
    place.publish({"site/a.md": PAGE})
    with pytest.raises(SourceUnavailable, match="leaves its source"):
        paths_of(place.source(root=root, root_optional=True))


@pytest.mark.parametrize("files", [["a.txt"], ["Variables.json"], [".hidden/a.md"], ["node_modules/a.md"]])
def test_no_page_at_all_is_an_error_and_never_an_empty_tree(place: Place, files: list[str]) -> None:
    place.publish(dict.fromkeys(files, PAGE))
    with pytest.raises(SourceUnavailable, match=r"no Markdown pages .* in '.*docs"):
        paths_of(place.source())


def test_opened_again_it_shows_what_changed_came_and_went(place: Place) -> None:
    source = place.source()
    place.publish({"a.md": b"one", "b.md": b"old", "c.md": b"x"})
    assert paths_of(source) == ["a.md", "b.md", "c.md"]
    place.publish({"a.md": b"one", "b.md": b"new", "d.md": b"y"})
    with source.open() as tree:
        assert list(tree.paths()) == ["a.md", "b.md", "d.md"]
        assert tree.read("b.md") == "new"


def test_a_source_that_lost_its_pages_raises_though_it_had_some_before(place: Place) -> None:
    source = place.source()
    place.publish({"a.md": PAGE})
    paths_of(source)
    place.publish({"a.txt": PAGE})
    with pytest.raises(SourceUnavailable, match="no Markdown pages"):
        paths_of(source)


def test_a_source_that_vanished_raises_though_it_was_there_before(place: Place) -> None:
    source = place.source()
    place.publish({"a.md": PAGE})
    paths_of(source)
    place.location.rename(place.location.with_name("elsewhere"))
    with pytest.raises(SourceUnavailable, match="There is no"):
        paths_of(source)


def test_the_revision_stays_with_the_state_and_changes_with_it(place: Place) -> None:
    def revision() -> str:
        with place.source().open() as tree:
            return tree.revision

    place.publish({"a.md": PAGE})
    first = revision()
    assert revision() == first
    place.publish({"a.md": b"changed"})
    assert revision() not in ("", first)


def test_a_location_that_is_not_there_names_the_nearest_that_is(place: Place) -> None:
    place.publish({"a.md": PAGE})
    wrong = place.location.with_name(place.location.name.replace("docs", "dcos"))
    source = source_at(str(wrong), cache_dir=place.location.parent / "cache")
    with pytest.raises(SourceUnavailable, match=f"Did you mean '{place.location}'"):
        paths_of(source)


def test_an_error_within_the_caller_is_passed_on_untouched(place: Place) -> None:
    place.publish({"a.md": PAGE})
    with pytest.raises(OSError, match="the caller's own"), place.source().open():
        raise OSError("the caller's own")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not beside this clone")
@pytest.mark.parametrize("name", ["milvus_docs_2.4.x_en.zip", "milvus-docs-en.bundle"])
def test_the_milvus_corpus_reads_the_same_from_zip_and_bundle(tmp_path: Path, name: str) -> None:
    with source_at(str(CORPUS / name), cache_dir=tmp_path).open() as tree:
        paths = tree.paths()
        assert len(paths) == 270
        assert {"Variables.json", "faq/product_faq.md"} <= set(paths)
        assert sum(len(tree.read(path)) for path in paths) == 2_522_350
