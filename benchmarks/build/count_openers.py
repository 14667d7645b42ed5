"""Counts which words open sentences: capitalised there, written small elsewhere.

    python -m benchmarks.build.count_openers --data DIR > dedup/readers/openers.tsv

DIR holds `news_ru.jsonl` (one JSON object a line with a field `text`). A word is listed when it
opened at least 5 sentences, at least 85 in 100 of its capitals stood at the start of a sentence
(names stand in the middle too) and small it was seen at least 0.3 times as often.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

import msgspec

_WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*")
_SENTENCE_ENDS = re.compile(r"[.!?…][\"»”)]*\s+(?:[—–-]\s+)?$")
_UNCLEAR = re.compile(r"[«\"“(:—–]")  # behind these a capital may be a name or an opener


def count(path: Path) -> dict[str, int]:
    """Openers of the texts of a JSONL file, with how many sentences each opened."""
    opening: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for record in path.read_bytes().splitlines():
        for line in msgspec.json.decode(record)["text"].split("\n"):
            end = 0
            for match in _WORD.finditer(line):
                word, gap = match.group(), line[end : match.start()]
                if word[0].islower():
                    small[word] += 1
                elif len(word) > 1 and word.isupper():
                    pass
                elif end == 0 or _SENTENCE_ENDS.search(gap):
                    opening[word.lower()] += 1
                elif not _UNCLEAR.search(gap):
                    inside[word.lower()] += 1
                end = match.end()
    return {
        word: n
        for word, n in sorted(opening.items(), key=lambda pair: (-pair[1], pair[0]))
        if n >= 5 and n >= 0.85 * (n + inside[word]) and small[word] >= 0.3 * n
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news_ru.jsonl")
    openers = count(parser.parse_args().data / "news_ru.jsonl")
    print("# Words that open a sentence of Russian news, and how many sentences each opened.")
    print("# From 9,811 items of 2018-2024; made by benchmarks/build/count_openers.py.")
    for word, n in openers.items():
        print(f"{word}\t{n}")


if __name__ == "__main__":
    main()
