"""Write a generated corpus many times over, each time in words of its own, to standard output.

    python -m benchmarks.lib.relettered 10000000 --block 1000000 | dedup report - --level copies

The first block is generated; the later ones are the first with letters exchanged, vowels for
vowels and consonants for consonants, and with ids and years of their own. So a block holds its
planted copies, no two blocks share a word, and ten million stories are made in a tenth of the time.
What all generated stories have in common, such as stock phrases, is common within a block only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.lib import stories

#: Letters that are exchanged for each other; those of upper case follow.
VOWELS, CONSONANTS = "аеиоуыэюя", "бвгджзклмнпрстфхцчшщ"

#: The year of the first block, as it stands in a line, and the beginning of its ids.
YEAR, IDENTITY = '"published": "2025', '"id": "g'


def exchange(number: int) -> npt.NDArray[np.uint16]:
    """The letter for each letter in block `number`, uint16 by code point; block 0 keeps its own."""
    table = np.arange(1 << 16, dtype=np.uint16)
    draw = np.random.default_rng(number)
    for letters in (VOWELS, CONSONANTS):
        order = draw.permutation(len(letters)) if number else range(len(letters))
        for case in (letters, letters.upper()):
            table[[ord(one) for one in case]] = [ord(case[place]) for place in order]
    return table


def relettered(text: str, number: int, table: npt.NDArray[np.uint16]) -> bytes:
    """Lines of the first block as those of block `number`."""
    codes = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    text = table[codes].tobytes().decode("utf-16-le")
    text = text.replace(IDENTITY, f"{IDENTITY}{number}-")
    return text.replace(YEAR, f"{YEAR[:-4]}{2025 + number}").encode()


def lines(n: int, size: int, seed: int) -> Iterator[bytes]:
    """`n` stories in blocks of `size`, some hundreds at a time. The first block is held compressed,
    some 0.8 KB a story."""
    codec = pa.Codec("zstd")
    held: list[tuple[pa.Buffer, int]] = []
    step = stories.BLOCK
    for number in range(-(-min(n, size) // step)):
        count = min(step, min(n, size) - number * step)
        part, _ = stories.block(stories.Job(seed, number, count, told=False))
        held.append((codec.compress(part), len(part)))
        yield part
    written = min(n, size)
    for number in range(1, -(-n // size)):
        table = exchange(number)
        for packed, length in held:
            text = codec.decompress(packed, length).to_pybytes().decode()
            rows = text.count("\n")
            if written + rows > n:
                text = "".join(text.splitlines(keepends=True)[: n - written])
                rows = n - written
            written += rows
            yield relettered(text, number, table)
            if written == n:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("n", type=int, help="stories")
    parser.add_argument("--block", type=int, default=1_000_000, help="stories of the first block")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for part in lines(args.n, args.block, args.seed):
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main()
