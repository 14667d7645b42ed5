"""Builds dedup/story/stems_ru.tsv: in how many news items each Russian stem stands.

    python -m benchmarks.build.build_rarity --data ../shared/data

Only counts leave the data; stems of fewer than three items are left out, so no text can
be put together from the table.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from dedup.story.sketch import LEAD
from dedup.story.stems import stem_words
from dedup.text.words import word_lists

LEAST = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news_ru.jsonl")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).parents[2] / "dedup" / "story" / "stems_ru.tsv",
    )
    options = parser.parse_args()
    lines = (options.data / "news_ru.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    counts: Counter[str] = Counter()
    for words in word_lists([record["title"] + "\n" + record["text"] for record in records]):
        counts.update(set(stem_words(words[:LEAD])))
    dates = sorted(record["published"][:7] for record in records)
    rows = sorted(item for item in counts.items() if item[1] >= LEAST)
    head = [
        "# version: ru-2020-2024",
        f"# documents: {len(records)}",
        f"# published: {dates[0]} to {dates[-1]}",
        f"# counted: distinct stems of the first {LEAD} words; stems of {LEAST} items or more",
        "# built by: benchmarks/build/build_rarity.py",
    ]
    body = [f"{stem}\t{count}" for stem, count in rows]
    options.output.write_text("\n".join(head + body) + "\n", "utf-8")
    print(f"{len(rows)} stems of {len(records)} items, {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
