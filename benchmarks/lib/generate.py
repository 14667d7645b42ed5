"""Generate a news-like Russian corpus with planted copies, and the truth about them.

    python -m benchmarks.lib.generate 200000 --out news.jsonl --truth truth.jsonl --seed 1
    python -m benchmarks.lib.generate 50000 --shape near --out near.jsonl

The same arguments give the same bytes, whatever the number of processes; a longer corpus starts
with the shorter one of the same seed. Truth: one JSON object per planted copy, with the exact
Jaccard of word 3-grams and 5-grams and the containment of 3-grams, counted on title and text.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.lib.stories import BLOCK, Job, block, draw, language, line, originals, render

SHAPES = ("news", "identical", "near", "giant", "short", "template", "mixed", "brackets")

#: Marks in a line of the shape "brackets", the longest that rules search by backtracking.
OPEN = 16_000


def generate(
    n: int,
    seed: int,
    path: Path,
    copies: float = 0.3,
    truth: Path | None = None,
    processes: int = 2,
) -> None:
    """Write `n` stories to `path` as JSONL and what was planted to `truth`.

    copies: the share of stories that are edited copies of an earlier one. The output does not
    depend on `processes`.
    """
    jobs = [
        Job(seed, number, min(BLOCK, n - number * BLOCK), copies, told=truth is not None)
        for number in range(-(-n // BLOCK))
    ]
    language()  # built before the processes fork, so that they share it
    with path.open("wb") as out, (truth or Path("/dev/null")).open("wb") as told:
        if processes > 1 and len(jobs) > 1:
            with multiprocessing.get_context("fork").Pool(processes) as pool:
                for lines, rows in pool.imap(block, jobs):
                    out.write(lines)
                    told.write(rows)
        else:
            for lines, rows in map(block, jobs):
                out.write(lines)
                told.write(rows)


def _hostile(shape: str, n: int, seed: int) -> Iterator[bytes]:
    """Lines of a corpus made to hurt; see benchmarks/README.md for what each shape is."""
    lang = language()
    rng = np.random.default_rng([seed, 99])
    base = originals(seed, 0)
    body = base.tokens[base.starts[0] : base.starts[1]]
    title = render(base.heads[0], lang)
    if shape == "giant":
        blocks = [originals(seed, b).tokens for b in range(1 + n // (BLOCK * 180))]
        tokens = np.concatenate(blocks)
        keep = int(np.searchsorted(np.cumsum(lang.word[tokens] >= 0), n)) + 1
        yield line(0, title, render(tokens[:keep], lang))
        return
    if shape == "mixed":
        yield line(0, title, "aа".encode() * (n // 2))  # Latin, Cyrillic
        return
    if shape == "brackets":
        yield line(0, title, (b"[" * OPEN + rb"](\n") * (n // OPEN))
        return
    if shape == "short":
        words = np.stack([draw(lang, name, rng, n) for name in "NVN"], 1)
        words[:, 0] += lang.words
        for i in range(n):
            yield line(i, b"", render(words[i], lang))
        return
    places = np.flatnonzero(lang.word[body] >= 0)
    if shape == "template":
        # a fixed form of which one word in six is that day's number
        body = body.copy()
        places = places[::6]
    fixed = render(body, lang)
    for i in range(n):
        if shape == "identical":
            yield line(i, title, fixed)
            continue
        today = body.copy()
        if shape == "near":
            today[rng.choice(places)] = draw(lang, "N", rng, 1)[0]
        else:
            today[places] = lang.first["#"] + rng.integers(0, 6_000, len(places))
        yield line(i, title, render(today, lang))


def generate_hostile(shape: str, n: int, seed: int, path: Path) -> None:
    """Write a hostile corpus: `n` items; for "giant" one of `n` words, for "mixed" and "brackets"
    one of about `n` characters."""
    with path.open("wb") as out:
        out.writelines(_hostile(shape, n, seed))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("n", type=int, help="stories (some shapes: words, characters)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=float, default=0.3)
    parser.add_argument("--shape", choices=SHAPES, default="news")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    begin = time.perf_counter()
    if args.shape == "news":
        generate(args.n, args.seed, args.out, args.copies, args.truth, args.processes)
    else:
        generate_hostile(args.shape, args.n, args.seed, args.out)
    size = args.out.stat().st_size / 1e6
    took = f"{args.out.name}: {size:.1f} MB in {time.perf_counter() - begin:.1f} s"
    print(took, file=sys.stderr)  # stdout may be the corpus


if __name__ == "__main__":
    main()
