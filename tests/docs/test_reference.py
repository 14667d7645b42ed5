"""The reference is what the program says of itself, and its links lead somewhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from repository import ROOT

sys.path.insert(0, str(ROOT / "docs" / "_build"))

import reference

from dedup.cli.app import COMMANDS

DOCS = ROOT / "docs"
MARKDOWN = [
    *(path for path in ROOT.glob("*.md")),
    *(path for path in DOCS.rglob("*.md")),
    ROOT / "corpus" / "README.md",
    ROOT / "benchmarks" / "README.md",
]


@pytest.mark.parametrize("name", reference.pages())
def test_the_reference_is_up_to_date(name: str) -> None:
    """After a change of an option, a docstring or an output: python docs/_build/reference.py"""
    written = (DOCS / name).read_text("utf-8")
    assert written == reference.pages()[name], "run python docs/_build/reference.py"


def test_every_command_and_option_has_its_line() -> None:
    page = (DOCS / "reference" / "commands.md").read_text("utf-8")
    for words, *_ in COMMANDS:
        assert f"\n## dedup {words}\n" in page


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        assert found.exists(), f"{path}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.M)
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in headings}
            assert anchor in slugs, f"{path}: {target}"


def test_every_page_is_in_the_navigation() -> None:
    _, _, navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")
    listed = set(re.findall(r"[\w/-]+\.md", navigation))
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert listed == pages


def test_no_page_has_a_riddle_of_old() -> None:
    """The words for people are kept and removed."""
    for path in MARKDOWN:
        if path.name in ("CHANGELOG.md", "changelog.md"):
            continue
        text = path.read_text("utf-8")
        for words in ("may go", "who goes", "that stays", "nothing goes"):
            assert words not in text, f"{path}: {words}"


def test_figures_of_the_readme_are_those_that_were_measured() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    _, _, part = readme.partition("\n## How good, how fast\n")
    measured = (DOCS / "explanation" / "figures.md").read_text("utf-8")
    figures = re.findall(r"\d+(?:[.,]\d+)+|\d{4}-\d\d-\d\d", part.partition("\n## ")[0])
    assert figures
    assert not [figure for figure in figures if figure not in measured]
