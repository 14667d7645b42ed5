"""Each step of the core alone, on one core, beside what the machine could do at best.

    python benchmarks/kernels.py --n 20000      # about 20 seconds

MB/s are bytes of JSONL per second of the step, so the steps' times add up and the slowest shows.
Limits stated: a plain copy of the JSONL in memory, a parse of its lines by the standard library and
by msgspec into dictionaries, and beside each step a copy of the arrays it takes in ("copy ms").
Steps run batch by batch in the order and the batch sizes of the program, each timed by itself.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import harness
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from generate import generate

from dedup.index.bands import ROWS, band_keys, bands_for
from dedup.index.buckets import band_pairs
from dedup.index.passages import sample
from dedup.index.shingles import shingle_hashes, sorted_sets
from dedup.index.signature import hashes32, sign
from dedup.intake.items import STEP
from dedup.read import chunks
from dedup.read.records import parse_chunk
from dedup.text import words as cut
from dedup.text.aside import set_aside
from dedup.text.normalise import clean
from dedup.text.points import batches, from_arrow

SHINGLE = 3


class Clock:
    """Seconds by step, and the seconds a copy of each step's input takes."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.copies: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str, *inputs: npt.NDArray[Any]) -> Iterator[None]:
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


def steps(corpus: Path, clock: Clock) -> None:
    """The way of the data from file to buckets."""
    hashes: list[npt.NDArray[np.uint64]] = []
    counts: list[npt.NDArray[np.int64]] = []
    pieces = chunks([corpus])
    while True:
        with clock.step("read"):
            piece = next(pieces, None)
            items = parse_chunk(piece).items.combine_chunks() if piece is not None else None
        if items is None:
            break
        texts, titles = (items.column(name).combine_chunks() for name in ("text", "title"))
        with clock.step("set aside"):
            whole = set_aside(texts, titles)
            lengths = pc.utf8_length(whole).to_numpy(zero_copy_only=False).astype(np.int64)
        for first, last in batches(lengths):
            with clock.step("code points"):
                points = from_arrow(whole[first:last])
            with clock.step("normalise", points.codes):
                points = clean(points)
            with clock.step("words", points.codes):
                begin, end, number = cut._tokens(points)
            with clock.step("hashes", points.codes, begin, end):
                hashed = cut._hashes(points.codes, begin, end)
            with clock.step("flags", points.codes, begin, end):
                cut._flags(points, begin, end, number)
            hashes.append(hashed)
            counts.append(np.diff(np.searchsorted(begin, points.starts)))
    index(np.concatenate(hashes), np.concatenate(counts), clock)


def index(hashed: npt.NDArray[np.uint64], counts: npt.NDArray[np.int64], clock: Clock) -> None:
    """From words to candidates, as many items at a time as the program takes."""
    ends = np.concatenate([[0], np.cumsum(counts)])
    bands = bands_for(0.7)
    keys = []
    for low in range(0, len(counts), STEP):
        high = min(low + STEP, len(counts))
        starts = ends[low : high + 1] - ends[low]
        words = hashed[ends[low] : ends[high]]
        with clock.step("shingles", words):
            shingles, places = shingle_hashes(words, starts, SHINGLE)
        with clock.step("signature", shingles):
            signed = sign(hashes32(shingles), places, bands * ROWS, 1)
        with clock.step("bands", signed):
            keys.append(band_keys(signed, ROWS))
        with clock.step("samples", shingles):
            sample(shingles, places)
        with clock.step("shingle sets", shingles):
            sorted_sets(shingles, places)
    table = np.concatenate(keys)
    with clock.step("buckets", table):
        band_pairs(table, np.arange(len(table)))


def main() -> None:
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
        clock = Clock()
        steps(corpus, clock)
    size = len(data) / 1e6
    whole = sum(clock.seconds.values())
    rows: list[dict[str, Any]] = []
    print(f"{args.n:,} stories, {size:.1f} MB of JSONL, one core")
    for step, seconds in limits(data).items():
        rows.append(
            {"limit": step, "seconds": round(seconds, 4), "mb_per_s": round(size / seconds)}
        )
        print(f"  {step:<22} {size / seconds:9.0f} MB/s")
    print(f"  {'step':<22} {'MB/s':>9} {'share':>7} {'ms':>8} {'copy ms':>8}")
    for step, seconds in clock.seconds.items():
        copy = clock.copies.get(step)
        rows.append(
            {
                "step": step,
                "seconds": round(seconds, 4),
                "mb_per_s": round(size / seconds, 1),
                "share": round(seconds / whole, 4),
                "copy_seconds": None if copy is None else round(copy, 5),
            }
        )
        shown = "" if copy is None else f"{1e3 * copy:8.1f}"
        cost = f"{size / seconds:9.0f} {seconds / whole:7.1%} {1e3 * seconds:8.0f}"
        print(f"  {step:<22} {cost} {shown}")
    print(f"  {'all steps':<22} {size / whole:9.0f}   {args.n / whole:,.0f} stories a second")
    result = {"n": args.n, "seed": args.seed, "bytes": len(data), "rows": rows}
    print(harness.keep("kernels", result, args.results).name)


if __name__ == "__main__":
    main()
