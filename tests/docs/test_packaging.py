"""What the distribution says of itself agrees with what it is."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from repository import ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]


def test_wheels_are_built_for_each_python_that_the_metadata_names() -> None:
    named = [
        classifier.rpartition(" ")[2].replace(".", "")
        for classifier in PROJECT["classifiers"]
        if re.search(r"Python :: 3\.\d+$", classifier)
    ]
    assert PYPROJECT["tool"]["cibuildwheel"]["build"] == [f"cp{python}-*" for python in named]
    assert PROJECT["requires-python"] == f">={named[0][0]}.{named[0][1:]}"


def test_each_extra_that_a_text_names_exists() -> None:
    texts = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "dedup").rglob("*.py")]
    extras = set(PROJECT["optional-dependencies"])
    for path in texts:
        text = path.read_text("utf-8")
        assert set(re.findall(r"dedup-news\[(\w+)\]", text)) <= extras, path
        assert not re.search(r"pip install '?dedup[\['\s]", text), f"{path}: another package's name"


def test_the_source_distribution_has_what_its_tests_read() -> None:
    """Every folder beside the package that tests read is named in MANIFEST.in."""
    manifest = (ROOT / "MANIFEST.in").read_text("utf-8")
    for folder in ("tests", "corpus", "docs", "benchmarks"):
        assert re.search(rf"^recursive-include {folder} ", manifest, re.M)
    for name in ("CHANGELOG.md", "mkdocs.yml", "constraints.txt"):
        assert re.search(rf"^include .*{re.escape(name)}", manifest, re.M)
