"""Each example of a relation in the documentation has that relation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from repository import ROOT

import dedup
from dedup.result import REMOVING

PAGE = ROOT / "docs" / "explanation" / "how-it-decides.md"


def examples() -> Iterator[tuple[str, str, str]]:
    """Relation, first text, second text."""
    text = PAGE.read_text("utf-8")
    relations = text[text.index("## The relations") : text.index("## The rules")]
    for name, section in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", relations, re.M | re.S):
        for quote in re.findall(r"(?:^>.*\n)+", section, re.M):
            plain = re.sub(r"^> ?", "", quote, flags=re.M).replace("*", "")
            first, second = (" ".join(part.split()) for part in plain.split("\n\n"))
            yield name, first, second


@pytest.mark.parametrize(("relation", "first", "second"), list(examples()))
def test_an_example_is_one(relation: str, first: str, second: str) -> None:
    assert dedup.explain(first, second, texts=True).relation == relation


def test_every_relation_has_an_example_in_two_languages() -> None:
    names = [name for name, *_ in examples()]
    for name in (*REMOVING, "overlap", "template", "story"):
        assert names.count(name) == 2
