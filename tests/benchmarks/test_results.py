"""The results of benchmarks that are kept in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.name)
def test_results_name_no_folder_of_the_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "/home/" not in text
    assert not any(word.startswith("/") for word in text.replace('"', " ").split() if len(word) > 1)
