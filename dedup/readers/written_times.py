"""Times of publication of a column, all in one form.

Most columns have that form already; `timestamps`, which knows the others, is loaded where one has
another.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import mapped

#: What `timestamps.iso_time` writes: a time in this form is left as it is.
_WRITTEN = r"^(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?)?$"


def iso_times(given: pa.Array) -> pa.Array:
    """`iso_time` of each string of a column."""
    others = pc.invert(is_written(given))
    if not pc.any(others).as_py():
        return given
    from dedup.readers.timestamps import iso_time

    return mapped(given, iso_time, others)


def is_written(times: pa.Array) -> pa.Array:
    """bool [n]: which strings have the form that `iso_time` writes, or are empty."""
    return pc.match_substring_regex(times, _WRITTEN)
