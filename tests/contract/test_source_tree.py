"""Where a source's root is, what its addresses mean, and what is said of them."""

import errno
from pathlib import Path

import pytest

from adapters.sources.address import masked
from adapters.sources.archive import ArchiveSource
from adapters.sources.directory import DirectorySource
from adapters.sources.git import GitSource
from adapters.sources.location import kind_of, source_at
from adapters.sources.refs import choose_ref, parse_refs
from adapters.sources.tree import find_root, in_words, unwritable
from indexer.errors import SourceUnavailable


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        (["a.md", "b/c.md"], ""),
        (["en/a.md", "en/b/c.md"], "en"),
        (["docs-2.4/site/en/a.md", "docs-2.4/site/en/b/c.md"], "docs-2.4/site/en"),
        (["README.md", "en/a.md", "en/b.md"], "en"),
        (["README.zh-CN.md", "CODE_OF_CONDUCT.md", "changelog.md", "en/a.md"], "en"),
        (["repo-1.0/README.md", "repo-1.0/docs/a.md"], "repo-1.0/docs"),
        (["README.md", "docs/README.md", "docs/guide/a.md"], "docs"),
        (["Variables.json", "en/a.md"], ""),
        (["en/Variables.json", "en/faq/a.md"], "en"),
        (["README.md"], ""),
        (["README.md", "data/Variables.json"], ""),
        (["intro.md", "en/a.md"], ""),
        (["readme-first.md", "en/a.md"], ""),
        (["security-overview.md", "guide/a.md"], ""),
        (["en/a.md", "zh/a.md"], ""),
        (["guide/a.md"], "guide"),
    ],
)
def test_the_root_is_the_deepest_folder_that_holds_the_documentation(paths: list[str], root: str) -> None:
    assert find_root(paths) == root


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://example.org/docs.zip", "archive"),
        ("HTTPS://EXAMPLE.ORG/DOCS.ZIP", "archive"),
        ("https://example.org/docs.zip?token=x", "archive"),
        ("docs.zip", "archive"),
        ("https://example.org/docs.git", "git"),
        ("https://example.org/team/docs", "git"),
        ("http://example.org/docs", "git"),
        ("git@example.org:team/docs.git", "git"),
        ("git@example.org:team/docs", "git"),
        ("ssh://git@example.org/docs", "git"),
        ("git://example.org/docs", "git"),
        ("file:///srv/docs", "git"),
        ("docs.bundle", "git"),
        ("../docs.git", "git"),
        ("docs", "directory"),
        ("../docs", "directory"),
    ],
)
def test_the_kind_of_a_location_is_read_from_its_name(location: str, kind: str) -> None:
    assert kind_of(location) == kind


def test_what_exists_goes_before_what_the_name_says(tmp_path: Path) -> None:
    (tmp_path / "docs.zip").mkdir()
    assert kind_of(str(tmp_path / "docs.zip")) == "directory"


def test_a_configured_kind_goes_before_everything(tmp_path: Path) -> None:
    kinds = {"directory": DirectorySource, "archive": ArchiveSource, "git": GitSource}
    for kind, source in kinds.items():
        assert isinstance(source_at(str(tmp_path), kind=kind, cache_dir=tmp_path), source)


def test_an_unknown_kind_and_an_empty_location_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="use directory, archive, git or website"):
        source_at("docs", kind="svn", cache_dir=tmp_path)
    with pytest.raises(SourceUnavailable, match="No location is given"):
        source_at("  ", cache_dir=tmp_path)
    with pytest.raises(SourceUnavailable, match="No location is given"):
        source_at("a\0b", cache_dir=tmp_path)


def test_a_tilde_stands_for_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").touch()
    with source_at("~/docs", cache_dir=tmp_path).open() as tree:
        assert tree.paths() == ["a.md"]


@pytest.mark.parametrize("location", ["~nobody-of-this-name/docs", "x" * 5000, "no/such/folder"])
def test_a_location_that_cannot_be_is_a_sentence(tmp_path: Path, location: str) -> None:
    with (
        pytest.raises(SourceUnavailable, match="There is no folder"),
        source_at(location, cache_dir=tmp_path).open(),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:secret@host/docs.git", "https://***@host/docs.git"),
        ("https://secret@host/docs.git", "https://***@host/docs.git"),
        ("https://user:se@cret@host/docs.git", "https://***@host/docs.git"),
        (
            "fatal: unable to access 'https://u:secret@host/x/': no",
            "fatal: unable to access 'https://***@host/x/': no",
        ),
        ("https://host/docs.zip?token=secret&x=1", "https://host/docs.zip?***"),
        ("git@host:team/docs.git", "git@host:team/docs.git"),
        ("/srv/a@b/docs", "/srv/a@b/docs"),
        ("https://host/a@b/docs", "https://host/a@b/docs"),
    ],
)
def test_credentials_in_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


REFS = {"HEAD": "a1", "refs/heads/main": "a1", "refs/heads/v2.6.x": "b2", "refs/tags/2.6": "c3"}


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("", "HEAD"),
        ("main", "refs/heads/main"),
        ("2.6", "refs/tags/2.6"),
        ("refs/heads/v2.6.x", "refs/heads/v2.6.x"),
    ],
)
def test_a_ref_is_a_branch_or_a_tag_or_the_default_branch(ref: str, name: str) -> None:
    assert choose_ref(REFS, ref, "docs").name == name


def test_a_ref_of_hexadecimal_digits_is_a_commit_unless_a_branch_has_that_name() -> None:
    assert choose_ref(REFS, "ABCDEF0", "docs").id == "abcdef0"
    assert choose_ref({**REFS, "refs/heads/abcdef0": "d4"}, "abcdef0", "docs").id == "d4"


def test_the_only_branch_is_the_default_where_none_is_named() -> None:
    assert choose_ref({"refs/heads/docs": "a1"}, "", "docs").name == "refs/heads/docs"
    with pytest.raises(SourceUnavailable, match=r"no default branch.*'one', 'two'"):
        choose_ref({"refs/heads/one": "a1", "refs/heads/two": "b2"}, "", "docs")


def test_an_unknown_ref_names_the_nearest() -> None:
    with pytest.raises(SourceUnavailable, match=r"no branch, tag or commit 'v2\.6'.*'v2\.6\.x'"):
        choose_ref(REFS, "v2.6", "docs")


def test_the_listing_of_refs_is_read_without_peeled_tags() -> None:
    assert parse_refs("a1\tHEAD\nb2\trefs/tags/x\nc3\trefs/tags/x^{}\nwarning: noise\n") == {
        "HEAD": "a1",
        "refs/tags/x": "b2",
    }


def test_sizes_are_said_in_words() -> None:
    assert [in_words(size) for size in (0, 999, 1_000, 4_900_000, 2_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "4.9 MB",
        "2.0 GB",
    ]


def test_a_full_disk_is_said_in_words() -> None:
    assert "disk is full" in str(unwritable(Path("cache"), OSError(errno.ENOSPC, "x")))
    assert "cannot be written: Read-only" in str(
        unwritable(Path("c"), OSError(errno.EROFS, "Read-only file system"))
    )
