"""Removals to read blind: `python -m benchmarks.quality.blind_removals INPUT... --count 50`.

Draws removals at random, less word-for-word copies, and prints both texts of each without the
relation, the scores or the rule. A reader marks those that should have stayed; `--key FILE` then
says by which rule and score each went. `--near` draws from those nearest to the boundary.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import dedup

#: Characters of a text that are printed.
SHOWN = 1500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+", type=Path, help="JSON Lines with id, title, text")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", help="only items with this value of `lang`")
    parser.add_argument("--near", action="store_true", help="least contained first")
    parser.add_argument("--key", type=Path, help="write relation, rule and scores there")
    given = parser.parse_args()
    items = {}
    for path in given.inputs:
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                item = json.loads(line)
                items[item["id"]] = item
    report = dedup.report([str(path) for path in given.inputs])
    rules = {
        frozenset((pair.a, pair.b)): pair.rule
        for pair in dedup.pairs([str(path) for path in given.inputs])
    }
    drawn = [
        (cluster.kept, member)
        for cluster in report.clusters
        for member in cluster.members
        if member.relation in ("reprint", "excerpt") and member.id in items
        if given.lang in (None, items[member.id].get("lang"))
    ]
    random.Random(given.seed).shuffle(drawn)
    if given.near:
        drawn.sort(key=lambda row: row[1].containment)
    key = []
    for number, (kept, member) in enumerate(drawn[: given.count], 1):
        print(f"\n=== {number}")
        for side, name in (("removed", member.id), ("kept", kept)):
            item = items.get(name, {"title": "", "text": f"(not in the inputs: {name})"})
            text = f"{item.get('title') or ''}\n{item['text']}"
            print(
                f"--- {side}: {item.get('published', '')} {item.get('source', '')}\n{text[:SHOWN]}"
            )
        rule = rules.get(frozenset((kept, member.id)), "")
        key.append(
            f"{number}\t{member.id}\t{kept}\t{member.relation}\t{rule}\t{member.containment:.3f}\n"
        )
    if given.key:
        given.key.write_text("".join(key), "utf-8")


if __name__ == "__main__":
    main()
