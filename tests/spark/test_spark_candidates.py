"""Where items meet over a cluster: the pairs of `dedup.index.buckets`, without a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.columns.types import Int64Array, Uint64Array
from dedup.index import buckets
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.postings import pack, unpack
from dedup.pipeline.recurring_forms import distinct_days, recurring_keys
from dedup.story import candidates as story_candidates
from dedup.story.candidates import pairs_within
from dedup.story.sketch import UNKNOWN_TIME

pytest.importorskip("pyspark", reason="pyspark is not installed (pip install 'dedup-news[spark]')")

from dedup.spark import candidates, crowding, packet_rows, packets
from dedup.spark.crowding import CrowdCounter, StoryCrowds, StoryMembers
from dedup.spark.postings import BANDS, SAMPLES, STORIES, _route, route_members, route_story_members

PARTS = 3
WINDOW = 50.0


def met(sent: list[pa.RecordBatch]) -> pa.Table:
    """The two steps with their shuffles done by hand."""
    found = []
    for part in groups(sent, "part"):
        found += packets.to_packets(iter(part.to_batches(max_chunksize=2)), WINDOW, 1)
    rows = []
    for home in groups(found, "home"):
        rows += candidates.count_meetings(home)
    return pa.Table.from_batches(rows)


def groups(batches: list[pa.RecordBatch], name: str) -> Iterator[pa.Table]:
    """The rows of batches by the values of a column, as a shuffle brings them together."""
    table = pa.Table.from_batches(batches)
    for value in pc.unique(table[name]).to_pylist():
        yield table.filter(pc.equal(table[name], value))


def pairs_of(found: pa.Table, kind: int, numbers: Int64Array) -> set[tuple[int, int]]:
    left, right, block = columns_of(found, kind)
    assert (block == right >> candidates.PLACE_BITS).all()
    both = (np.searchsorted(numbers, side).tolist() for side in (left, right))
    rows = list(zip(*both, strict=True))
    assert len(rows) == len(set(rows))
    return set(rows)


def columns_of(found: pa.Table, kind: int) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Of all rows of a kind `left`, `right` and `target`."""
    some = found.filter(pc.equal(found["kind"], kind))
    left, right = (
        [np.frombuffer(one, np.int64) for one in some[name].to_pylist()]
        for name in ("left", "right")
    )
    none = np.zeros(0, np.int64)
    target = np.repeat(np.asarray(some["target"], np.int64), [len(one) for one in left])
    return np.concatenate([none, *left]), np.concatenate([none, *right]), target


def rows(packed: Uint64Array) -> set[tuple[int, int]]:
    return set(zip(*(side.tolist() for side in unpack(packed)), strict=True))


def sent_by_partition(
    numbers: Int64Array,
    bands: Uint64Array,
    samples: list[Int64Array],
    days: Int64Array,
    keys: Uint64Array,
    seconds: Int64Array,
    batch: int,
) -> list[pa.RecordBatch]:
    """What a partition of items sends, in order of arrival and batch by batch: of each item two
    bands, two story keys, and some samples."""
    sent: list[pa.RecordBatch] = []
    band_crowd, sample_crowd, story_crowds = CrowdCounter(), CrowdCounter(), StoryCrowds()
    for low in range(0, len(numbers), batch):
        rows_of = slice(low, low + batch)
        number, here = numbers[rows_of], samples[rows_of]
        twice = np.repeat(number, 2)
        sent += route_members(BANDS, bands[rows_of].ravel(), twice, 0 * twice, PARTS, band_crowd)
        size = np.array([len(one) for one in here])
        size_and_day = np.repeat(size | (days[rows_of] << 32), size)
        of_items = np.concatenate(here).astype(np.uint64)
        of_samples = of_items, np.repeat(number, size), size_and_day
        sent += route_members(SAMPLES, *of_samples, PARTS, sample_crowd)
        stories = keys[rows_of].ravel().astype(np.uint64)
        members = StoryMembers(stories, twice, np.repeat(seconds[rows_of], 2))
        sent += route_story_members(members, PARTS, story_crowds)
    sent.append(_route(STORIES, *story_crowds.tails(), PARTS))
    return sent


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    items=st.integers(1, 60),
    values=st.integers(1, 40),
    bound=st.sampled_from([2, 5, 128]),
    block=st.sampled_from([1, 20, 1 << 22]),
    batch=st.sampled_from([1, 3, 10]),
    counted=st.sampled_from([1, 3]),
)
def test_the_pairs_of_one_machine(
    seed: int, items: int, values: int, bound: int, block: int, batch: int, counted: int
) -> None:
    draw = np.random.default_rng(seed)
    # Partitions of ten items, so that buckets reach over several homes.
    places = np.arange(items)
    numbers = ((places // 10) << candidates.PLACE_BITS) + places % 10
    bands = draw.integers(0, values, (items, 2)).astype(np.uint32)
    samples = [np.unique(draw.integers(0, values, draw.integers(0, 9))) for _ in range(items)]
    sizes = np.array([len(one) for one in samples])
    flat = np.concatenate(samples).astype(np.uint32)
    # In order of arrival, those without a time last.
    seconds = np.sort(draw.integers(0, 200, items))
    seconds[items - draw.integers(0, items + 1) :] = UNKNOWN_TIME
    days = draw.integers(0, 7, items)  # 0: unknown
    keys = draw.integers(0, values, 2 * items).astype(np.uint32)

    band = np.arange(2, dtype=np.uint64) << np.uint64(32)
    with pytest.MonkeyPatch.context() as patch:
        for module in (buckets, packets, crowding):
            patch.setattr(module, "BUCKET_CAP", bound)
        for module in (buckets, crowding, packets):
            patch.setattr(module, "BUCKET_HEAD", max(1, bound // 3))
        patch.setattr(crowding, "COUNTED_FLOOR", counted)
        patch.setattr(packet_rows, "MEETINGS_AT_ONCE", block)
        patch.setattr(candidates, "MEETINGS_AT_ONCE", block)
        for module in (crowding, story_candidates):
            patch.setattr(module, "MEETINGS_CAP", 1 + bound // 3)
        patch.setattr(story_candidates, "PARTNERS_CAP", bound)
        sent: list[Any] = []
        for begin in range(0, items, 10):
            partition = slice(begin, min(begin + 10, items))
            sent += sent_by_partition(
                numbers[partition],
                (band | bands)[partition],
                samples[partition],
                days[partition],
                keys.reshape(-1, 2)[partition],
                seconds[partition],
                batch,
            )
        found = met(sent)
        near, beyond = band_pairs(bands, places)
        part, more = passage_pairs(flat, np.append(0, np.cumsum(sizes)))
        told = rows(pairs_within(pack(keys, np.repeat(places, 2)), seconds, WINDOW))

    assert pairs_of(found, candidates.COPY_PAIRS, numbers) == rows(near) | rows(part)
    assert pairs_of(found, candidates.STORY_PAIRS, numbers) == told
    assert sum(found["bounded"].to_pylist()) == beyond + more
    dated = np.repeat(days, sizes) > 0
    recurring = recurring_keys(distinct_days(flat[dated], np.repeat(days, sizes)[dated]))
    learned = found.filter(pc.equal(found["kind"], candidates.RECURRING))["left"].to_pylist()
    assert sorted(np.frombuffer(b"".join(learned), np.uint32)) == recurring.tolist()
    crowds_of = [
        np.unique(column, return_counts=True)[1].max(initial=0) for column in (*bands.T, flat)
    ]
    assert max(found["largest"].to_pylist()) == max(crowds_of)
    wanted = set()
    for kind in (candidates.COPY_PAIRS, candidates.STORY_PAIRS):
        *both, block = columns_of(found, kind)
        wanted |= {
            (where, one)
            for side in both
            for where, one in zip(block.tolist(), side.tolist(), strict=True)
        }
    item, block, home = columns_of(found, candidates.BLOCK_ITEMS)
    assert (home == item >> candidates.PLACE_BITS).all()
    got = list(zip(block.tolist(), item.tolist(), strict=True))
    assert len(got) == len(set(got))
    assert set(got) == wanted


def members_of_largest_part(share: float, partitions: int, size: int) -> tuple[int, int]:
    """The most members of keys that one partition of keys gets, and how many it gets on average.

    Each item has eight samples of its own; a `share` of the items has one phrase besides.
    """
    draw = np.random.default_rng(7)
    totals = np.zeros(partitions, np.int64)
    for partition in range(partitions):
        crowd = CrowdCounter()
        for low in range(0, size, 4096):
            numbers = (partition << candidates.PLACE_BITS) + np.arange(low, min(low + 4096, size))
            own_samples = draw.integers(1, 2**32, (len(numbers), 8)).astype(np.uint64)
            phrase = np.flatnonzero(draw.random(len(numbers)) < share)
            keys = np.concatenate((own_samples.ravel(), np.zeros(len(phrase), np.uint64)))
            items = np.concatenate((np.repeat(numbers, 8), numbers[phrase]))
            order = np.argsort(items, kind="stable")
            counts = np.full(len(keys), 8)
            for row in route_members(SAMPLES, keys[order], items[order], counts, partitions, crowd):
                lengths = [len(one) // 4 for one in row.column("keys").to_pylist()]
                np.add.at(totals, row.column("part").to_numpy(), lengths)
    return int(totals.max()), int(totals.mean())


def test_a_phrase_in_an_eighth_of_the_items_makes_no_partition_large() -> None:
    size, partitions = 1 << 15, 16
    largest, mean = members_of_largest_part(1 / 8, partitions, size)
    # The bucket has 65,536 members, a quarter of what a partition of keys gets else.
    assert largest < 1.03 * mean + 130 * partitions
    assert largest < 1.05 * members_of_largest_part(0, partitions, size)[0] + 130 * partitions


def test_nor_does_a_story_key() -> None:
    draw = np.random.default_rng(7)
    size, partitions = 1 << 12, 16
    totals = np.zeros(partitions, np.int64)
    for partition in range(partitions):
        crowds = StoryCrowds()
        sent: list[pa.RecordBatch] = []
        for low in range(0, size, 1024):
            items = (partition << candidates.PLACE_BITS) + np.arange(low, low + 1024)
            phrase = items[draw.random(1024) < 1 / 8]
            keys = np.append(draw.integers(1, 2**32, 8 * 1024), 0 * phrase).astype(np.uint64)
            numbers = np.append(np.repeat(items, 8), phrase)
            order = np.argsort(numbers, kind="stable")
            members = StoryMembers(keys[order], numbers[order], 0 * numbers)
            sent += route_story_members(members, partitions, crowds)
        sent.append(_route(STORIES, *crowds.tails(), partitions))
        for row in sent:
            lengths = [len(one) // 4 for one in row.column("keys").to_pylist()]
            np.add.at(totals, row.column("part").to_numpy(), lengths)
    # The bucket has 8,192 members: those of a partition come together, and 32 of each besides.
    assert totals.max() < 1.1 * 8 * size + 3 * size / 8 + 32 * partitions
