"""Each step of the core alone, on one core, beside what the machine could do at best.

    python -m benchmarks.speed.kernels --n 20000      # about half a minute

MB/s are bytes of JSONL per second of the step, so the steps' times add up and the slowest shows.
Each step runs twice: with the compiled loops and with the array operations that stand for them
where there is no compiler, which tells by how much NumPy holds back. Limits stated: a plain copy
of the JSONL in memory, a parse of its lines by the standard library and by msgspec into
dictionaries, and beside each step a copy of the arrays it takes in ("copy ms"). Steps run batch
by batch in the order and the batch sizes of the program. Exit 1 if the two ways find other pairs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.lib import harness
from benchmarks.lib.generate import generate
from dedup.columns.ragged import offsets
from dedup.columns.types import AnyArray, Uint64Array
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.lsh import ROWS, band_keys, bands_for
from dedup.index.minhash import hashes32, sign
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import sample
from dedup.pipeline.classify import ItemAccess, classify_pairs
from dedup.pipeline.corpus import ITEMS_PER_STEP
from dedup.pipeline.prepare import ItemWords
from dedup.pipeline.repeated_lines import lines_of
from dedup.readers import chunks
from dedup.readers.parse import parse_chunk
from dedup.text.boilerplate import strip_boilerplate
from dedup.text.codepoints import batches
from dedup.text.normalise import clean_column
from dedup.text.words import tokenise

SHINGLE = 3


class Clock:
    """Seconds by step, and the seconds a copy of each step's input takes."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.copies: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str, *inputs: AnyArray) -> Iterator[None]:
        for array in inputs:
            begin = time.perf_counter()
            array.copy()
            self.copies[name] += time.perf_counter() - begin
        begin = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - begin


def limits(data: bytes) -> dict[str, float]:
    """Seconds for the stated limits on the JSONL bytes; the best of three."""
    lines = data.splitlines()
    decode = msgspec.json.Decoder().decode
    ways: dict[str, Callable[[], object]] = {
        "plain copy": lambda: bytearray(data),
        "JSON parse (json)": lambda: [json.loads(line) for line in lines],
        "JSON parse (msgspec)": lambda: [decode(line) for line in lines],
    }
    took = {}
    for name, way in ways.items():
        best = float("inf")
        for _ in range(3):
            begin = time.perf_counter()
            way()
            best = min(best, time.perf_counter() - begin)
        took[name] = best
    return took


@contextmanager
def arrays_only() -> Iterator[None]:
    """Without the compiled loops."""
    modules = [m for name, m in sys.modules.items() if name.startswith("dedup.")]
    before = [(m, dict(vars(m))) for m in modules if hasattr(m, "loops")]
    for module, names in before:
        module.loops = None  # type: ignore[attr-defined]
        for name in names:
            if name.endswith("_numpy"):
                setattr(module, name.removesuffix("_numpy"), names[name])
    try:
        yield
    finally:
        for module, names in before:
            vars(module).update(names)


def steps(corpus: Path, clock: Clock) -> Uint64Array:
    """The way of the data from file to judged pairs; returns those, packed."""
    parts: list[ItemWords] = []
    pieces = chunks([corpus])
    while True:
        with clock.step("read"):
            piece = next(pieces, None)
            items = parse_chunk(piece).items.combine_chunks() if piece is not None else None
        if items is None:
            break
        texts, titles = (items.column(name).combine_chunks() for name in ("text", "title"))
        with clock.step("set aside"):
            whole = strip_boilerplate(texts, titles)
        for first, last in batches(whole):
            with clock.step("normalise"):
                points = clean_column(whole[first:last])
            with clock.step("words", points.codes):
                words = tokenise(points)
            parts.append(ItemWords(words.hashes, words.flags, words.starts))
    starts = offsets(np.concatenate([np.diff(part.starts) for part in parts]))
    hashes, flags = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return index(ItemWords(hashes, flags, starts), clock)


def index(words: ItemWords, clock: Clock) -> Uint64Array:
    """From words to judged pairs, as many items at a time as the program takes."""
    items = len(words.starts) - 1
    bands = bands_for(0.7)
    keys, samples, counts = [], [], []
    for low in range(0, items, ITEMS_PER_STEP):
        some = words.take(np.arange(low, min(low + ITEMS_PER_STEP, items)))
        with clock.step("lines", some.hashes):
            lines_of(some)
        with clock.step("shingles", some.hashes):
            shingles, places = shingle_hashes(some.hashes, some.starts, SHINGLE)
        with clock.step("signature", shingles):
            signed = sign(hashes32(shingles), places, bands * ROWS, 1)
        with clock.step("bands", signed):
            keys.append(band_keys(signed, ROWS))
        with clock.step("samples", shingles):
            found, ends = sample(shingles, places)
        samples.append(found)
        counts.append(np.diff(ends))
    table, sampled = np.concatenate(keys), np.concatenate(samples)
    with clock.step("band buckets", table):
        pairs, _ = band_pairs(table, np.arange(items))
    with clock.step("passage buckets", sampled):
        passage_pairs(sampled, offsets(np.concatenate(counts)))
    nowhere, never = np.full(items, -1, np.int64), np.full(items, np.nan)
    of = ItemAccess(words.take, lambda n: nowhere[n], lambda n: never[n])
    with clock.step("judge"):
        related = classify_pairs(pairs, of, SHINGLE, 1)
    return related.left.astype(np.uint64) << np.uint64(32) | related.right.astype(np.uint64)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "news.jsonl"
        generate(min(args.n, 1_000), args.seed, corpus)
        steps(corpus, Clock())  # tables built, modules loaded
        generate(args.n, args.seed, corpus)
        data = corpus.read_bytes()
        clock, plain = Clock(), Clock()
        found = steps(corpus, clock)
        with arrays_only():
            same = np.array_equal(found, steps(corpus, plain))
    size = len(data) / 1e6
    whole = sum(clock.seconds.values())
    rows: list[dict[str, Any]] = []
    print(f"{args.n:,} stories, {size:.1f} MB of JSONL, one core")
    for step, seconds in limits(data).items():
        rows.append(
            {"limit": step, "seconds": round(seconds, 4), "mb_per_s": round(size / seconds)}
        )
        print(f"  {step:<22} {size / seconds:9.0f} MB/s")
    print(f"  {'step':<22} {'MB/s':>9} {'share':>7} {'ms':>8} {'arrays ms':>10} {'copy ms':>8}")
    for step, seconds in clock.seconds.items():
        copy = clock.copies.get(step)
        rows.append(
            {
                "step": step,
                "seconds": round(seconds, 4),
                "mb_per_s": round(size / seconds, 1),
                "share": round(seconds / whole, 4),
                "arrays_seconds": round(plain.seconds[step], 4),
                "copy_seconds": None if copy is None else round(copy, 5),
            }
        )
        shown = "" if copy is None else f"{1e3 * copy:8.1f}"
        cost = f"{size / seconds:9.0f} {seconds / whole:7.1%} {1e3 * seconds:8.0f}"
        print(f"  {step:<22} {cost} {1e3 * plain.seconds[step]:10.0f} {shown}")
    arrays = sum(plain.seconds.values())
    print(f"  {'all steps':<22} {size / whole:9.0f}   {args.n / whole:,.0f} stories a second")
    print(
        f"  {'by arrays alone':<22} {size / arrays:9.0f}   {args.n / arrays:,.0f} stories a second"
    )
    result = {"n": args.n, "seed": args.seed, "bytes": len(data), "same": same, "rows": rows}
    print(harness.keep("kernels", result, args.results).name)
    if not same:
        print("the compiled loops and the arrays found other pairs")
    return not same


if __name__ == "__main__":
    raise SystemExit(main())
