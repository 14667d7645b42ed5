"""Items in arrival order over partitions, and what is sent to them, without a cluster."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyspark", reason="pyspark is not installed (pip install 'dedup-news[spark]')")

from dedup.spark import arrival, exchange
from dedup.spark.counts import COUNT_MESSAGES, LINES, STEMS
from dedup.spark.frames import arrow_schema
from dedup.spark.items import (
    NUMBERED_FACT_SCHEMA,
    OTHER_SCHEMA,
    PLACE_BITS,
    PREPARED_SCHEMA,
    READ_SCHEMA,
    items_of,
    prepare_batches,
)

#: Few values, so that whole keys, times and ids come again.
RECORD = st.tuples(
    st.sampled_from(["", "2025-01-01", "2025-01-02", "2025-01-02T10:00:00Z", "never"]),
    st.sampled_from(["a", "b", "я", "\U00010400", "￿"]),
    st.sampled_from(["one.jsonl", "two.jsonl"]),
    st.integers(1, 6),
    st.booleans(),
)


def batch(records: list[tuple[str, str, str, int, bool]]) -> pa.RecordBatch:
    rows: list[dict[str, Any]] = [
        {
            **dict.fromkeys(("parent", "source", "region", "title"), ""),
            "id": name,
            "role": "story",
            "published": published,
            "text": "Мост через реку открыли после ремонта.",
            "input": source,
            "line": line,
            "reason": None if taken else "bad",
        }
        for published, name, source, line, taken in records
    ]
    return pa.RecordBatch.from_pylist(rows, schema=arrow_schema(READ_SCHEMA))


def arrived(sent: list[pa.RecordBatch], kinds: dict[int, str], receiver: Any, n: int) -> list[Any]:
    """A shuffle by hand: what each partition makes of the messages for it."""
    table = pa.Table.from_batches(sent, arrow_schema(exchange.MESSAGE_SCHEMA))
    found = []
    for target in range(n):
        mine = table.filter(pa.compute.equal(table["target"], target))
        found.append(list(exchange._receive(iter(mine.to_batches(2)), kinds, receiver)))
    return found


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.lists(RECORD, max_size=12), min_size=1, max_size=4),
    partitions=st.integers(1, 5),
    samples=st.sampled_from([1, 3, 64]),
)
def test_partitions_hold_the_items_in_the_order_of_one_machine(
    parts: list[list[tuple[str, str, str, int, bool]]], partitions: int, samples: int
) -> None:
    chunks = [list(prepare_batches(iter([batch(part)]), stories=True)) for part in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrival, "SAMPLES_OF_PARTITION", samples)
        drawn = []
        for chunk in chunks:
            taken = (row.select(["facts"]) for row in chunk if row.column("taken")[0].as_py())
            drawn += arrival._draw(taken)
    messages = [row.column("message")[0].as_py() for row in drawn]
    schema = arrow_schema(arrival.SAMPLE_SCHEMA)
    cuts = arrival.cuts_between([exchange.unpacked(one, schema) for one in messages], partitions)
    to = arrival.Destinations(cuts, partitions, (LINES, STEMS))
    sent = []
    for chunk in chunks:
        sent += arrival._send_chunks(iter(chunk), to)
    kinds = {
        arrival._ITEMS: PREPARED_SCHEMA,
        arrival._IDS: "id string",
        arrival._OTHERS: OTHER_SCHEMA,
        **COUNT_MESSAGES,
    }
    all_rows = arrived(sent, kinds, arrival._in_order, partitions)
    found = [
        [row for row in rows if row.column("kind")[0].as_py() == arrival._ITEMS]
        for rows in all_rows
    ]

    rows = [
        [item for chunk in rows for item in items_of(iter([chunk.select(["facts"])]))]
        for rows in found
    ]
    numbers, keys = [], []
    for target, batches in enumerate(rows):
        for one in batches:
            numbers += one.column("number").to_pylist()
            keys += arrival._keys(one)
            assert {number >> PLACE_BITS for number in one.column("number").to_pylist()} <= {target}
    assert numbers == sorted(set(numbers))
    assert keys == sorted(keys)
    left_out = [
        rows.column("items")[0].as_py()
        for part in all_rows
        for rows in part
        if rows.column("kind")[0].as_py() == arrival._OTHERS
    ]
    assert sum(left_out) == sum(not one[4] for part in parts for one in part)
    taken_records = [one for part in parts for one in part if one[4]]
    assert len(keys) == len(taken_records)
    ids = [one[1] for one in taken_records]
    repeated = [row.column("repeated")[0].as_py() for part in found for row in part]
    assert any(repeated) == (len(set(ids)) < len(ids))
    counted = sum(row.column("items")[0].as_py() for part in found for row in part)
    assert counted == len(ids)


def test_cuts_make_partitions_of_like_size() -> None:
    draw = np.random.default_rng(3)
    partitions, size = 8, 4000
    samples = []
    for _ in range(partitions):
        moments = np.sort(draw.exponential(1, size))
        keys = pa.table(
            {
                "moment": moments,
                "id": [str(n) for n in range(size)],
                "input": [""] * size,
                "line": np.zeros(size, np.int64),
            }
        )
        rows = (2 * np.arange(64) + 1) * size // 128
        weight = pa.array(np.full(64, size / 64))
        chosen = keys.take(pa.array(rows)).append_column("weight", weight)
        samples += chosen.cast(arrow_schema(arrival.SAMPLE_SCHEMA)).combine_chunks().to_batches()
    cuts = [moment for moment, *_ in arrival.cuts_between(samples, partitions)]
    sizes = np.histogram(draw.exponential(1, 100_000), [0, *cuts, np.inf])[0]
    assert len(sizes) == partitions
    assert sizes.max() < 1.15 * sizes.mean()


def test_nothing_is_cut_where_no_record_that_was_drawn_is_an_item() -> None:
    drawn = arrow_schema(arrival.SAMPLE_SCHEMA).empty_table().to_batches()
    empty = pa.RecordBatch.from_pylist([], arrow_schema(arrival.SAMPLE_SCHEMA))
    assert arrival.cuts_between([*drawn, empty], 3) == []


@given(
    st.lists(st.tuples(st.integers(0, 70_000), st.text(max_size=3)), max_size=40),
    st.integers(1, 5),
)
def test_rows_arrive_once_and_at_their_targets(rows: list[tuple[int, str]], cut: int) -> None:
    schema = "target bigint, text string"
    targets = np.array([target for target, _ in rows], np.int64)
    columns = [pa.array(targets), pa.array([text for _, text in rows], pa.string())]
    whole = pa.RecordBatch.from_arrays(columns, schema=arrow_schema(schema))
    sent = [
        exchange.addressed(whole.slice(low, cut), targets[low : low + cut], 1)
        for low in range(0, len(rows), cut)
    ]
    found = []
    for message in sent:
        for target, content in zip(
            message["target"].to_pylist(), message["message"].to_pylist(), strict=True
        ):
            one = exchange.unpacked(content, arrow_schema(schema))
            assert set(one["target"].to_pylist()) == {target}
            found += zip(one["target"].to_pylist(), one["text"].to_pylist(), strict=True)
    assert sorted(found) == sorted(rows)


def test_a_chunk_has_the_facts_of_its_items() -> None:
    records = [("2025-01-01", "a", "one.jsonl", 3, True)]
    (chunk,) = prepare_batches(iter([batch(records)]), stories=False)
    (facts,) = items_of(iter([chunk.select(["facts"])]), NUMBERED_FACT_SCHEMA.split(", ", 1)[1])
    assert facts["line"].to_pylist() == [3]
    assert facts["published"].to_pylist() == ["2025-01-01"]
