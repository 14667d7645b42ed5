"""The generated corpus: what its truth file says is so, and the same arguments give the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import razdel
from repository import ROOT

from benchmarks.lib.generate import generate
from benchmarks.lib.relettered import lines

N = 2_300  # crosses a block's border


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "news.jsonl"
    generate(N, 7, path, truth=path.with_suffix(".truth"), processes=1)
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def shingles(record: dict[str, Any], k: int) -> set[tuple[str, ...]]:
    tokens = razdel.tokenize(record["title"] + "\n" + record["text"])
    words = [t.text.lower() for t in tokens if any(map(str.isalnum, t.text))]
    return {tuple(words[i : i + k]) for i in range(len(words) - k + 1)}


def test_truth_is_what_razdels_words_give(corpus: Path) -> None:
    record = {row["id"]: row for row in rows(corpus)}
    assert len(record) == N
    told = rows(corpus.with_suffix(".truth"))
    assert 0.27 * N < len(told) < 0.33 * N
    assert {row["kind"] for row in told} == {"verbatim", "light", "cut", "extended", "excerpt"}
    for row in told[::3]:
        copy, original = record[row["copy"]], record[row["original"]]
        assert copy["id"] > original["id"]
        for k in (3, 5):
            a, b = shingles(copy, k), shingles(original, k)
            assert row[f"jaccard{k}"] == pytest.approx(len(a & b) / len(a | b), abs=1e-5)
            if k == 3:
                contained = len(a & b) / min(len(a), len(b))
                assert row["containment3"] == pytest.approx(contained, abs=1e-5)


def test_a_shorter_corpus_begins_the_longer_whatever_the_processes(
    corpus: Path, tmp_path: Path
) -> None:
    # in a process of its own: forking beside other tests' threads is not safe
    short = tmp_path / "short.jsonl"
    command = [sys.executable, "-m", "benchmarks.lib.generate", str(N - 100), "--seed", "7"]
    subprocess.run([*command, "--out", str(short), "--processes", "2"], check=True, cwd=ROOT)
    assert corpus.read_bytes().startswith(short.read_bytes())
    other = tmp_path / "other.jsonl"
    generate(50, 8, other, processes=1)
    assert not corpus.read_bytes().startswith(other.read_bytes())


def test_the_brute_force_oracle_finds_every_pair(corpus: Path) -> None:
    from benchmarks.lib.oracle import exact_pairs
    from benchmarks.lib.oracle import shingles as hashed

    records = rows(corpus)[:150]
    sets = [hashed(row["text"]) for row in records]
    every = {
        (i, j)
        for j in range(len(sets))
        for i in range(j)
        if len(sets[i] & sets[j]) >= 0.7 * len(sets[i] | sets[j])
    }
    assert every
    assert set(exact_pairs(sets, 0.7)) == every


def test_relettered_blocks_are_the_first_in_words_of_their_own() -> None:
    written = b"".join(lines(2_500, 1_000, 7)).decode().splitlines()
    records = [json.loads(line) for line in written]
    assert len({record["id"] for record in records}) == len(records) == 2_500
    first, second, third = records[:1_000], records[1_000:2_000], records[2_000:]
    assert len(third) == 500
    for block in (second, third):
        assert [one["source"] for one in block] == [one["source"] for one in first[: len(block)]]
        # The same places hold the same words, so copies stay copies.
        pairs = {
            pair
            for one, other in zip(first[: len(block)], block, strict=True)
            for pair in zip(one["text"].split(), other["text"].split(), strict=True)
        }
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    of_first, of_second = (
        {gram for one in block[:50] for gram in shingles(one, 3)} for block in (first, second)
    )
    assert not of_first & of_second


def test_a_corpus_is_the_same_whether_its_truth_is_asked_for_or_not(
    corpus: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "alone.jsonl"
    generate(N, 7, alone, processes=1)
    assert alone.read_bytes() == corpus.read_bytes()
