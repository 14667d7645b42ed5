"""What Spark's workers do between tasks."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pyarrow as pa
import pytest

pytest.importorskip("pyspark")

from dedup.spark import exchange


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_modules_are_looked_at_for_garbage_once(unfrozen: None) -> None:
    made: list[weakref.ref[_Cycle]] = []

    def work(batches: exchange.Batches) -> exchange.Batches:
        made.append(weakref.ref(_Cycle()))
        yield from batches

    batch = pa.RecordBatch.from_pydict({"a": [1]})
    exchange._set_aside_modules.cache_clear()
    for task in range(3):
        assert list(exchange._on_worker(iter([batch]), work)) == [batch]
        # What Spark does after each task.
        gc.collect()
        assert made[task]() is None
        if task == 0:
            frozen = gc.get_freeze_count()
    assert 0 < frozen == gc.get_freeze_count()
