"""Labelled pairs and the items they point into, as files of a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

#: Labels by which the shorter item of a pair may go.
MAY_GO = ("reprint", "excerpt")


class Labelled(NamedTuple):
    """One labelled set: rows `a, b, text, event, sure` and the items by id."""

    name: str
    items_file: Path
    items: dict[str, dict[str, str]]
    pairs: list[dict[str, Any]]


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def labelled_sets(folder: Path) -> list[Labelled]:
    """Every `pairs_X.jsonl` or `X_pairs.jsonl` of the folder whose rows carry `a`, `b` and `text`.

    Its items stand in `news_X`, `items_X`, `X` or `X_items` (`.jsonl`) beside it.
    """
    sets = []
    for path in sorted({*folder.glob("pairs_*.jsonl"), *folder.glob("*_pairs*.jsonl")}):
        pairs = rows(path)
        if not pairs or not all(isinstance(pairs[0].get(key), str) for key in ("a", "b", "text")):
            continue
        stem = path.stem.removeprefix("pairs_").split("_pairs")[0]
        names = (f"news_{stem}", f"items_{stem}", stem, f"{stem}_items")
        files = [folder / f"{name}.jsonl" for name in names]
        found = [file for file in files if file.exists()]
        if not found:
            raise SystemExit(f"{path}: no items beside it (looked for {', '.join(names)} .jsonl)")
        items = {row["id"]: row for row in rows(found[0])}
        lost = {pair[side] for pair in pairs for side in "ab"} - items.keys()
        if lost:
            raise SystemExit(f"{path}: not in {found[0].name}: {', '.join(sorted(lost)[:5])}")
        sets.append(Labelled(path.stem, found[0], items, pairs))
    return sets
