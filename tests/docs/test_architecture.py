"""What the guides for developers name is there."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from repository import ROOT

PACKAGE = ROOT / "dedup"


def named(page: str) -> list[str]:
    """The files, modules and functions that a page names by their folder."""
    return sorted(set(re.findall(r"`([\w/]+/[\w/.]*)`", (ROOT / page).read_text("utf-8"))))


def exists(name: str) -> bool:
    """Whether a name is a file or folder of the repository or of the package, a module, or
    MODULE.NAME."""
    if any((folder / name).exists() for folder in (ROOT, PACKAGE, PACKAGE / "text")):
        return True
    module, _, attribute = name.partition(".")
    if not (PACKAGE / f"{module}.py").exists():
        return False
    return not attribute or hasattr(import_module(f"dedup.{module.replace('/', '.')}"), attribute)


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_what_a_guide_names_exists(page: str) -> None:
    names = named(page)
    assert len(names) > 10
    assert [name for name in names if not exists(name)] == []


def test_a_name_that_is_gone_is_seen() -> None:
    assert exists("match/rules.apply_rules")
    assert not exists("match/rules.no_such_rule")
    assert not exists("match/no_such_module.py")
