"""What every driver shares: reading the corpus, writing what was found."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Any

try:  # the fast peers would otherwise spend a third of their time in the standard parser
    from orjson import loads
except ImportError:
    from json import loads

THRESHOLD = 0.7
SHINGLE = 3


def arguments() -> argparse.Namespace:
    """CORPUS and FOUND, the two files every driver takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("found")
    return parser.parse_args()


def stories(path: str) -> Iterator[tuple[str, str]]:
    """(id, title and text) of each record of a JSONL file."""
    with open(path, "rb") as lines:
        for line in lines:
            record = loads(line)
            yield record["id"], record["title"] + "\n" + record["text"]


def write(path: str, pairs: Iterable[tuple[str, str]]) -> int:
    """Write pairs of ids as JSONL rows {"a", "b"}; how many."""
    count = 0
    with open(path, "w", encoding="utf-8") as out:
        for a, b in pairs:
            out.write(json.dumps({"a": a, "b": b}) + "\n")
            count += 1
    return count


def stars(groups: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    """A group as pairs: its first id with each of the others."""
    for first, *others in groups:
        for other in others:
            yield first, other


def tell(**counters: Any) -> None:
    """Hand the counters to the harness: one line of JSON, the last of standard output."""
    print(json.dumps(counters), flush=True)
