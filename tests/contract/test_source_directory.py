"""Folders: links, permissions, odd files and clones of git repositories."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from adapters.sources.directory import DirectorySource
from adapters.sources.location import kind_of
from adapters.sources.tree import Reading
from indexer.errors import PageUnreadable, SourceUnavailable


def source(folder: Path, root: str = "") -> DirectorySource:
    return DirectorySource(folder, Reading(root=root))


def paths_of(folder: Path, root: str = "") -> list[str]:
    with source(folder, root).open() as tree:
        return list(tree.paths())


def readable(folder: Path, root: str = "") -> list[str]:
    """The pages that can be read."""
    found = []
    with source(folder, root).open() as tree:
        for path in tree.paths():
            with suppress(PageUnreadable):
                tree.read(path)
                found.append(path)
    return found


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n")
    (tmp_path / "secret.md").write_text("secret")
    return folder


@contextmanager
def without_privileges() -> Iterator[None]:
    """File permissions hold for everybody but root; tests may run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder whose parents everybody may enter, unlike tmp_path's."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "a.md").write_text("# A\n")
        yield Path(name)


def test_links_that_leave_the_folder_are_named_and_never_read(docs: Path) -> None:
    (docs / "relative.md").symlink_to("../secret.md")
    (docs / "absolute.md").symlink_to("/etc/hostname")
    (docs / "folder").symlink_to("..")
    assert readable(docs) == ["a.md"]
    with source(docs).open() as tree:
        assert list(tree.paths()) == ["a.md", "absolute.md", "relative.md"]
        with pytest.raises(PageUnreadable, match="is a link that leads out"):
            tree.read("absolute.md")


def test_links_that_leave_the_root_are_not_read_though_they_stay_in_the_folder(docs: Path) -> None:
    (docs / "en").mkdir()
    (docs / "en" / "b.md").write_text("# B\n")
    (docs / "en" / "a.md").symlink_to("../a.md")
    assert readable(docs, root="en") == ["b.md"]


def test_links_within_the_folder_are_pages(docs: Path) -> None:
    (docs / "alias.md").symlink_to("a.md")
    with source(docs).open() as tree:
        assert list(tree.paths()) == ["a.md", "alias.md"]
        assert tree.read("alias.md") == "# A\n"


def test_links_into_folders_that_are_left_out_are_not_read(docs: Path) -> None:
    (docs / ".git").mkdir()
    (docs / ".git" / "config").write_text("a token")
    (docs / "config.md").symlink_to(".git/config")
    assert readable(docs) == ["a.md"]


def test_loops_of_links_and_broken_links_are_harmless(docs: Path) -> None:
    (docs / "loop").symlink_to(".")
    (docs / "self.md").symlink_to("self.md")
    (docs / "broken.md").symlink_to("nowhere.md")
    assert readable(docs) == ["a.md"]


def test_nothing_but_links_that_leave_the_folder_is_no_documentation(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "docs" / "a.md").symlink_to("../secret.md")
    with pytest.raises(SourceUnavailable, match="no Markdown pages"):
        paths_of(tmp_path / "docs")


def test_a_root_that_is_a_link_out_of_the_folder_is_not_entered(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.md").write_text("secret")
    (docs / "en").symlink_to("../outside")
    with pytest.raises(SourceUnavailable, match="no folder 'en'"):
        paths_of(docs, root="en")


def test_a_page_that_becomes_a_link_to_the_outside_after_listing_is_not_read(docs: Path) -> None:
    with source(docs).open() as tree:
        (docs / "a.md").unlink()
        (docs / "a.md").symlink_to("../secret.md")
        with pytest.raises(PageUnreadable):
            tree.read("a.md")


def test_the_folder_itself_may_be_a_link(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("docs")
    assert paths_of(tmp_path / "link") == ["a.md"]


def test_a_page_that_vanished_after_listing_is_unreadable(docs: Path) -> None:
    with source(docs).open() as tree:
        (docs / "a.md").unlink()
        with pytest.raises(PageUnreadable, match=r"'a\.md' vanished"):
            tree.read("a.md")


def test_a_page_that_became_a_folder_is_unreadable(docs: Path) -> None:
    with source(docs).open() as tree:
        (docs / "a.md").unlink()
        (docs / "a.md").mkdir()
        with pytest.raises(PageUnreadable, match=r"'a\.md' cannot be read"):
            tree.read("a.md")


def test_a_page_without_permission_is_unreadable(open_to_all: Path) -> None:
    (open_to_all / "a.md").chmod(0)
    with (
        without_privileges(),
        source(open_to_all).open() as tree,
        pytest.raises(PageUnreadable, match="permission"),
    ):
        tree.read("a.md")


def test_a_folder_without_permission_is_an_error_and_its_pages_do_not_count_as_removed(
    open_to_all: Path,
) -> None:
    (open_to_all / "sub").mkdir(mode=0o000)
    with without_privileges(), pytest.raises(SourceUnavailable, match="sub' cannot be listed: permission"):
        paths_of(open_to_all)


def test_a_page_of_many_gigabytes_is_refused_without_reading_it(docs: Path) -> None:
    with open(docs / "a.md", "wb") as file:
        file.truncate(50_000_000_000)
    with source(docs).open() as tree, pytest.raises(PageUnreadable, match=r"50\.0 GB"):
        tree.read("a.md")


def test_pipes_and_folders_named_like_pages_are_not_listed(docs: Path) -> None:
    os.mkfifo(docs / "pipe.md")
    (docs / "folder.md").mkdir()
    assert paths_of(docs) == ["a.md"]


def test_a_name_that_is_not_utf8_is_shown_in_characters_that_can_be_stored(docs: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(docs) + b"/\xff.md")).write_text("# X\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    with source(docs).open() as tree:
        assert list(tree.paths()) == ["a.md", "\ufffd.md"]
        assert tree.read("\ufffd.md") == "# X\n"


def test_an_empty_folder_is_no_documentation(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="no Markdown pages"):
        paths_of(tmp_path)


def test_a_file_is_not_a_folder(docs: Path) -> None:
    with pytest.raises(SourceUnavailable, match="is a file: give a folder"):
        paths_of(docs / "a.md")


def test_a_missing_folder_deep_down_names_the_nearest_that_exists(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=f"nearest folder that exists is '{tmp_path}'"):
        paths_of(tmp_path / "no" / "such" / "folder")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(docs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(docs, "init", "-q")
    (docs / ".gitignore").write_text("node_modules\n")
    (docs / "node_modules" / "p").mkdir(parents=True)
    (docs / "node_modules" / "p" / "README.md").touch()
    git(docs, "add", "-A")
    git(docs, "commit", "-q", "-m", "docs")
    return docs


def revision_of(folder: Path, root: str = "") -> str:
    with source(folder, root).open() as tree:
        return tree.revision


def test_the_revision_of_a_folder_outside_of_git_is_that_of_its_contents(docs: Path) -> None:
    first, times = revision_of(docs), (docs / "a.md").stat()
    (docs / "a.md").touch()
    (docs / "notes.txt").touch()
    assert revision_of(docs) == first
    text = (docs / "a.md").read_text()
    (docs / "a.md").write_text(text.swapcase())
    os.utime(docs / "a.md", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert revision_of(docs) != first, "same size and time, other words"
    (docs / "a.md").write_text(text)
    assert revision_of(docs) == first
    (docs / "a.md").rename(docs / "b.md")
    assert revision_of(docs) != first


def test_the_revision_of_an_unchanged_clone_is_its_commit(clone: Path) -> None:
    assert revision_of(clone) == git(clone, "rev-parse", "HEAD")
    (clone / "notes.txt").touch()
    assert revision_of(clone) == git(clone, "rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["a.md", "new.md", "ignored/x.md", "Variables.json"])
def test_a_clone_with_changed_pages_is_no_longer_at_its_commit(clone: Path, name: str) -> None:
    first = revision_of(clone)
    (clone / ".git" / "info" / "exclude").write_text("ignored\n")
    (clone / name).parent.mkdir(exist_ok=True)
    (clone / name).write_text("changed")
    changed = revision_of(clone)
    assert changed not in ("", first)
    (clone / name).write_text("changed again")
    assert revision_of(clone) != changed


def test_a_clone_without_a_commit_is_read_like_any_folder(docs: Path) -> None:
    first = revision_of(docs)
    git(docs, "init", "-q")
    assert revision_of(docs) == first
    assert paths_of(docs) == ["a.md"]


def test_a_folder_that_may_not_be_entered_is_a_folder_all_the_same(open_to_all: Path) -> None:
    (open_to_all / "sub").mkdir(mode=0o000)
    with without_privileges():
        assert kind_of(str(open_to_all / "sub")) == "directory"
