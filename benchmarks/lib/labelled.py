"""Labelled pairs and the items they point into, as files of a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

#: Labels by which the shorter item of a pair may go.
MAY_GO = ("reprint", "excerpt")


class Labelled(NamedTuple):
    """One labelled set: rows `a, b, text, sure` (and `go`, `drawn`), and the items by id.

    `items_files`: the files that hold the items of its pairs.
    """

    name: str
    items_files: list[Path]
    items: dict[str, dict[str, str]]
    pairs: list[dict[str, Any]]


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def labelled_sets(folder: Path) -> list[Labelled]:
    """Every `pairs_X.jsonl` or `X_pairs.jsonl` of the folder whose rows carry `a`, `b` and `text`.

    Their items stand in `news_*.jsonl`, `items_*.jsonl` or `*_items.jsonl` beside them.
    """
    files = {
        path: {row["id"]: row for row in rows(path)}
        for pattern in ("news_*.jsonl", "items_*.jsonl", "*_items.jsonl")
        for path in sorted(folder.glob(pattern))
    }
    sets = []
    for path in sorted({*folder.glob("pairs_*.jsonl"), *folder.glob("*_pairs*.jsonl")}):
        pairs = rows(path)
        if not pairs or not all(isinstance(pairs[0].get(key), str) for key in ("a", "b", "text")):
            continue
        named = {pair[side] for pair in pairs for side in "ab"}
        used = [file for file, items in files.items() if items.keys() & named]
        items = {name: item for file in used for name, item in files[file].items()}
        lost = named - items.keys()
        if lost:
            raise SystemExit(f"{path}: no file of items has {', '.join(sorted(lost)[:5])}")
        sets.append(Labelled(path.stem, used, items, pairs))
    return sets
