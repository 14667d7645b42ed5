"""What a record is known by: its id, its url, where it stands, or a digest of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import Int64Array
from dedup.readers.clean import empty_rows
from dedup.readers.read_options import IdFrom


@dataclass(frozen=True, slots=True)
class Identified:
    """What records may be known by: strings, "" for what a record lacks, and their places."""

    ids: pa.Array
    urls: pa.Array
    titles: pa.Array
    texts: pa.Array
    places: RecordPlaces

    def by(self, id_from: IdFrom) -> pa.Array:
        """What each record is known by, strings."""
        if id_from == "digest":
            return _digests(self.titles, self.texts)
        if id_from == "path":
            return self.places.of(np.arange(len(self.ids)))
        first, second = (self.urls, self.ids) if id_from == "url" else (self.ids, self.urls)
        missing = empty_rows(first)
        if not missing.any():
            # In buffers of its own: a slice is pickled with all of the array that it is cut from.
            return first.take(pa.array(np.arange(len(first))))
        identity = pc.if_else(pa.array(missing), second, first)
        missing = empty_rows(identity)
        if not missing.any():
            return identity
        places = self.places.of(np.flatnonzero(missing))
        return pc.replace_with_mask(identity, pa.array(missing), places)


@dataclass(frozen=True, slots=True)
class RecordPlaces:
    """Where records stand: the input of each, its line int64 [records], and its place on that line
    from 1 (None where each has a line of its own). `files`: the rows that are a whole file."""

    inputs: Sequence[str]
    lines: Int64Array
    ordinals: Int64Array | None
    files: frozenset[int] = frozenset()

    def of(self, rows: Int64Array) -> pa.Array:
        """The places of `rows`: FILE, FILE:LINE, or FILE:LINE:PLACE where a line has several."""
        return pa.array([self._place(row) for row in rows.tolist()], pa.string())

    def _place(self, row: int) -> str:
        if row in self.files:
            return self.inputs[row]
        ordinal = 1 if self.ordinals is None else int(self.ordinals[row])
        return f"{self.inputs[row]}:{self.lines[row]}" + (f":{ordinal}" if ordinal > 1 else "")


def is_of_one_page(address: str) -> bool:
    """Does an address lead to a page, and not to the home page that careless sites name instead?"""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.path.strip("/") != "" or parts.query != ""


def _digests(titles: pa.Array, texts: pa.Array) -> pa.Array:
    """A digest of each title and text, 32 hexadecimal digits."""
    pairs = zip(titles.to_pylist(), texts.to_pylist(), strict=True)
    return pa.array([_digest(title, text) for title, text in pairs], pa.string())


def _digest(title: str, text: str) -> str:
    # A title has no line break, so no other title and text give the same bytes.
    return blake2b(f"{title}\n{text}".encode(), digest_size=16).hexdigest()
