"""rensa (Rust): batches of word 3-grams to R-MinHash, its LSH index, estimated Jaccard.

rensa has no tokeniser: words come from a regular expression in Python, which is most of the time.
128 permutations in 32 bands, as gaoya chooses for this threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rensa import RMinHash, RMinHashLSH

from corpus import SHINGLE, THRESHOLD, arguments, stories, tell, write

PERMUTATIONS = 128
BANDS = 32
BATCH = 2_000


def shingles(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    if len(words) < SHINGLE:
        return [" ".join(words)]
    return list(map(" ".join, zip(*(words[i:] for i in range(SHINGLE)), strict=False)))


def pairs(path: str) -> Iterator[tuple[str, str]]:
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)
    names: list[str] = []
    signatures: list[RMinHash] = []
    read = stories(path)
    while batch := list(islice(read, BATCH)):
        names += [name for name, _ in batch]
        made = RMinHash.from_token_sets([shingles(text) for _, text in batch], PERMUTATIONS, 42)
        index.insert_many(made, start_key=len(signatures))
        signatures += made
    for begin in range(0, len(signatures), BATCH):
        answers = index.query_all(signatures[begin : begin + BATCH])
        for j, candidates in enumerate(answers, start=begin):
            for i in candidates:
                if i < j and signatures[i].jaccard(signatures[j]) >= THRESHOLD:
                    yield names[i], names[j]


def main() -> None:
    args = arguments()
    tell(pairs=write(args.found, pairs(args.corpus)), kind="pairs")


if __name__ == "__main__":
    main()
