"""constraints.txt names a version of every library that an installation brings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from repository import ROOT


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def needed(requirement: Requirement, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The names of what a library requires on this machine, directly or not."""
    for extra in requirement.extras or {""}:
        if (requirement.name, extra) in seen:
            continue
        seen.add((requirement.name, extra))
        for one in map(Requirement, requires(requirement.name) or ()):
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                yield canonicalize_name(one.name)
                yield from needed(one, seen)


def test_each_line_is_a_name_and_a_version() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line), line


def test_every_library_is_there_in_a_version_that_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions, seen = pinned(), set[tuple[str, str]]()
    names = set()
    for requirement in map(Requirement, project["dependencies"]):
        name = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(versions[name]), requirement
        names.add(name)
        try:
            names |= set(needed(requirement, seen))
        except PackageNotFoundError:  # this machine has an older installation
            continue
    assert names <= set(versions)


def test_the_oldest_database_is_the_one_that_is_tested() -> None:
    (bound,) = re.findall(r'"duckdb>=([\d.]+),', (ROOT / "pyproject.toml").read_text())
    assert f"'duckdb=={bound}'" in (ROOT / "CONTRIBUTING.md").read_text()
    assert f"DuckDB {bound} to" in (ROOT / "ARCHITECTURE.md").read_text()
