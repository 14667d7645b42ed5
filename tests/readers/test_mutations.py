"""Whatever a file holds: no exception, and each record is read or named."""

from __future__ import annotations

import warnings
from pathlib import Path

import pyarrow as pa
import pytest
from mutations import KINDS, made_file

from dedup.errors import InputError, InputWarning
from dedup.readers import ITEM_SCHEMA, ReadOptions, read

#: Files of each kind. `python -m benchmarks.hardening.mutate` reads many more.
FILES = 40


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_read_or_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    for seed in range(FILES):
        path.write_bytes(made_file(kind, seed))
        whole, pieces = (_read(path, size) for size in (1 << 20, 64))
        assert whole[0].equals(pieces[0]), seed
        assert whole[1] == pieces[1], seed
        for reason in whole[1]:
            assert reason.isprintable(), seed


def _read(path: Path, size: int) -> tuple[pa.Table, list[str]]:
    """The items of a file, and what was not taken."""
    reading = ReadOptions(max_record=20_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        try:
            parts = list(read([path], reading, chunk_bytes=size))
        except InputError as error:
            return ITEM_SCHEMA.empty_table(), [str(error)]
    for part in parts:
        part.items.validate(full=True)
    items = pa.concat_tables([part.items for part in parts] or [ITEM_SCHEMA.empty_table()])
    return items.combine_chunks(), sorted(str(one) for part in parts for one in part.skipped)
