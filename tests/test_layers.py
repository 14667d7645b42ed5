"""The layout shows the way of the data: a module imports only from those before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dedup

PACKAGE = Path(dedup.__file__).parent

#: In the order of the data's way; names of one line may import each other.
ORDER = """
_version errors
settings result columns system
text
readers
index
match story
pipeline
results
api
store
views
spark
cli
__main__
""".strip().splitlines()

LAYER = {name: row for row, names in enumerate(ORDER) for name in names.split()}

#: The only modules that stand beside the packages.
LOOSE = {"__init__", "__main__", "_version", "api", "errors", "result", "settings"}

MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_come_from_before(path: Path) -> None:
    mine = home(path)
    if mine == "__init__":
        return
    for name in imported(ast.parse(path.read_text("utf-8"))):
        other = name.split(".")[1]
        assert other in LAYER, f"{mine} imports the face of the package: {name}"
        assert LAYER[other] <= LAYER[mine], f"{mine} imports {name}"


def imported(tree: ast.Module) -> Iterator[str]:
    """The package's modules that a module imports, in whatever way."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("dedup."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "dedup":
                yield from (f"dedup.{one.name}" for one in node.names)
            elif (node.module or "").startswith("dedup."):
                yield node.module or ""


def test_every_way_to_import_is_seen() -> None:
    code = "import dedup.cli.app\nfrom dedup import api, errors\nfrom dedup.store import Store\n"
    found = ["dedup.cli.app", "dedup.api", "dedup.errors", "dedup.store"]
    assert list(imported(ast.parse(code))) == found


def test_every_module_has_its_place_and_a_docstring() -> None:
    for path in MODULES:
        assert home(path) in LAYER or home(path) == "__init__", path
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


def test_modules_stand_in_packages() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == LOOSE


def test_public_surface() -> None:
    assert sorted(dedup.__all__) == [
        "DedupError",
        "InputWarning",
        "Limits",
        "ReadOptions",
        "Report",
        "Settings",
        "Store",
        "__version__",
        "evaluate",
        "explain",
        "filter",
        "items",
        "normalise",
        "pairs",
        "report",
        "shingle_hashes32",
        "show",
        "signatures",
        "to_datasketch",
        "words",
    ]
    assert all(hasattr(dedup, name) for name in dedup.__all__)
