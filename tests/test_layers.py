"""The layout shows the way of the data: a module imports only from those before it."""

from __future__ import annotations

import ast
from collections import defaultdict
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

#: Determiners and participles: as the name of a value they do not say what it is.
BANNED_NAMES = {"some", "every", "held", "told", "own", "found", "gone"}

#: Names of constants that tell neither what they bound nor what they count.
MEANINGLESS_CONSTANTS = {"STEP", "BLOCK", "MANY", "HALF", "THIRD", "CHUNK"}


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


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module defines at its top level; of overloads only the last."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
            if "overload" not in marks:
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name))


def bound(tree: ast.Module) -> Iterator[str]:
    """The names of all variables and arguments of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_no_public_name_stands_twice() -> None:
    # Commands are named as what they call, and each of the kernels has the names of its loops.
    homes: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        if home(path) != "cli" and not path.stem.endswith("kernels"):
            for name in defined(ast.parse(path.read_text("utf-8"))):
                if not name.startswith("_"):
                    homes[name].append(str(path.relative_to(PACKAGE)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_names_say_what_they_hold(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert BANNED_NAMES.isdisjoint(bound(tree))
    constants = {name.lstrip("_") for name in defined(tree) if name.isupper()}
    assert MEANINGLESS_CONSTANTS.isdisjoint(constants)


def test_every_kind_of_definition_is_seen() -> None:
    code = "@overload\ndef f(): ...\ndef f(own): ...\nclass C: ...\nA = 1\nB: int = 2\n"
    assert list(defined(ast.parse(code))) == ["f", "C", "A", "B"]
    assert set(bound(ast.parse(code))) == {"own", "A", "B"}


def test_public_surface() -> None:
    assert sorted(dedup.__all__) == [
        "Budget",
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
