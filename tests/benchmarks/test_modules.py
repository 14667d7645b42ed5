"""Every benchmark can be loaded: none asks the program for a name that it has no more."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "benchmarks").rglob("*.py")
    if path.name != "__init__.py" and not path.name.startswith("with_")  # run where a peer is
)


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_can_be_loaded(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as missing:
        ours = (missing.name or "").partition(".")[0] in ("benchmarks", "dedup")
        if ours:
            raise
        pytest.skip(f"{missing.name} is not installed")
