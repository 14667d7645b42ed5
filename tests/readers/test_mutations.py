"""Whatever a file holds: no exception, and each record is read or named."""

from __future__ import annotations

import warnings
from pathlib import Path

import pyarrow as pa
import pytest
from mutations import FORMS, KINDS, PACKINGS, MadeFile, made_file, unaccounted

from dedup.errors import InputError
from dedup.readers import ITEM_SCHEMA, ReadOptions, read

#: Files of each kind. `python -m benchmarks.hardening.mutate` reads many more.
FILES = 20


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_read_or_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    for seed in range(FILES):
        made = made_file(kind, seed)
        path.write_bytes(made.data)
        (items, reasons, told), pieces = _read(path, 1 << 20), _read(path, 64)
        assert items.equals(pieces[0]), seed
        assert reasons == pieces[1], seed
        assert not unaccounted(kind, made, items.to_pylist(), reasons + told), seed
        for reason in reasons:
            assert reason.isprintable(), seed


def test_every_format_is_mutated() -> None:
    for form in FORMS:
        packings = () if form == "parquet" else PACKINGS
        assert {form, *(f"{form}.{packing}" for packing in packings)} <= set(KINDS)


def test_a_record_that_is_gone_is_seen() -> None:
    made = MadeFile(b"", "a zq0zq\nb zq1zq", 2, True)
    rows = [{"role": "story", "text": f"a zq{number}zq"} for number in range(2)]
    assert not unaccounted("jsonl", made, rows, [])
    assert unaccounted("jsonl", made, rows[:1], []) == "zq1zq is gone"
    assert not unaccounted("jsonl", made, rows[:1], ["a.jsonl:2: no field text"])
    assert unaccounted("jsonl", made, [], ["a.jsonl:2: no field text"])
    assert not unaccounted("jsonl", made, [], ["a.jsonl: cannot be read"])


def _read(path: Path, size: int) -> tuple[pa.Table, list[str], list[str]]:
    """The items of a file, what was not taken, and what else was told."""
    reading = ReadOptions(max_record=20_000)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            parts = list(read([path], reading, chunk_bytes=size))
        except InputError as error:
            return ITEM_SCHEMA.empty_table(), [str(error)], []
    for part in parts:
        part.items.validate(full=True)
    items = pa.concat_tables([part.items for part in parts] or [ITEM_SCHEMA.empty_table()])
    reasons = sorted(str(one) for part in parts for one in part.skipped)
    return items.combine_chunks(), reasons, [str(warning.message) for warning in told]
