"""datasketch as its documentation shows it: one MinHash per story, MinHashLSH, one process.

`--tokens razdel` cuts words as dedup does; `--tokens regex` with a regular expression, which is
several times faster. Pairs are what the LSH index answers, checked by the estimated Jaccard.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from datasketch import MinHash, MinHashLSH

from corpus import SHINGLE, THRESHOLD, arguments, stories, tell, write

PERMUTATIONS = 128


def by_razdel() -> Callable[[str], list[str]]:
    from razdel import tokenize

    def words(text: str) -> list[str]:
        return [t.text for t in tokenize(text.lower()) if any(map(str.isalnum, t.text))]

    return words


def by_regex() -> Callable[[str], list[str]]:
    find = re.compile(r"\w+").findall
    return lambda text: find(text.lower())


def pairs(path: str, words: Callable[[str], list[str]]) -> Iterator[tuple[str, str]]:
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    kept = {}
    for name, text in stories(path):
        found = words(text)
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch(
            [
                " ".join(found[i : i + SHINGLE]).encode()
                for i in range(max(1, len(found) - SHINGLE + 1))
            ]
        )
        for other in index.query(signature):
            if kept[other].jaccard(signature) >= THRESHOLD:
                yield other, name
        index.insert(name, signature)
        kept[name] = signature


def main() -> None:
    tokens = "regex" if "--tokens=regex" in sys.argv else "razdel"
    sys.argv = [a for a in sys.argv if not a.startswith("--tokens")]
    args = arguments()
    words = by_regex() if tokens == "regex" else by_razdel()
    tell(pairs=write(args.found, pairs(args.corpus, words)), kind="pairs")


if __name__ == "__main__":
    main()
