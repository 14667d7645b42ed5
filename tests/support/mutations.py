"""Inputs of every format, mutated by their structure: what a file may hold that nobody meant."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

#: Values that a field may hold, whatever it should.
VALUES: tuple[Any, ...] = (
    *("", " ", "\x00", "\u2028", "я" * 300, "<p>a&amp;b<br>", "\ud83d", "a\nb", '"', "\\", "=1+1"),
    *(0, -1, 1.5, 10**30, float("nan"), float("inf"), True, None, 1731409500, 9999999999999),
    *([], {}, ["a", "b"], [["a"], [1]], {"name": "a"}, {"text": {"text": "b"}}, [None], [{}]),
    *("2024-11-12T14:05:00Z", "12 ноября 2024", "yesterday", "99.99.9999", "1e400", "1e9", "١٢"),
)
#: Pieces that matter to some format.
PIECES = (
    *(b"{", b"}", b"[", b"]", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\\", b'""', b"\\N"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xd0", b"\\ud800", b"NaN", b"null", b"<p>"),
    *(
        b"sep=;\n",
        b"\x1f\x8b",
        b"PAR1",
        b"&#",
        b"<![CDATA[",
        b"<!--",
        b"\xc2\x85",
        b"\x1a",
        b"[a](",
    ),
)
FIELDS = ("id", "url", "source", "region", "published", "title", "text", "teasers", "other")
KINDS = (
    "jsonl", "json", "jl", "csv", "tsv", "txt", "html", "parquet",
    "jsonl.gz", "json.bz2", "csv.xz", "jsonl.zst", "txt.gz",
)  # fmt: skip


def record(rng: random.Random) -> dict[str, Any]:
    """A record: most fields as they should be, some not."""
    made: dict[str, Any] = {}
    for field in FIELDS:
        if rng.random() < 0.7 or field == "text":
            made[field] = rng.choice(VALUES) if rng.random() < 0.3 else f"{field} {rng.random()}"
    if rng.random() < 0.1:
        made = {"article": made}
    return made


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Bytes with a few changes: pieces put in, cut out, doubled, moved, bits flipped."""
    out = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        at = rng.randrange(len(out) + 1)
        size = rng.choice((1, 2, 8, 60))
        change = rng.randrange(5)
        if change == 0:
            out[at:at] = rng.choice(PIECES) * rng.choice((1, 1, 1, 3, 200))
        elif change == 1:
            del out[at : at + size]
        elif change == 2:
            out[at:at] = out[at : at + size]
        elif change == 3 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        else:
            del out[at:]
            out += rng.choice((b"", b"\n", b'"', b"}"))
    return bytes(out)


def packed(data: bytes, form: str) -> bytes:
    """Compressed bytes."""
    forms: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": zstandard.compress,
    }
    return forms[form](data) if form in forms else data


def made_file(kind: str, seed: int) -> bytes:
    """A file of this kind (a suffix without its point), the same for the same seed."""
    rng = random.Random(f"{kind} {seed}")
    form, _, compression = kind.partition(".")
    data = _encoded(_parquet(rng) if form == "parquet" else _text(form, rng), form, rng)
    data = mutated(data, rng)
    if compression:
        data = packed(data, compression)
        if rng.random() < 0.5:
            data = mutated(data, rng)
    return data


def _encoded(data: bytes, form: str, rng: random.Random) -> bytes:
    if form == "parquet" or rng.random() < 0.8:
        return data
    encoding = rng.choice(("cp1251", "utf-16", "utf-16-le", "koi8-r", "utf-8-sig", "utf-32"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _text(form: str, rng: random.Random) -> bytes:
    records = [record(rng) for _ in range(rng.randrange(5))]
    if form in ("csv", "tsv"):
        sink = io.StringIO(newline="")
        mark = "\t" if form == "tsv" else rng.choice(",;\t|")
        rows = csv.writer(
            sink, delimiter=mark, quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        )
        rows.writerow(FIELDS)
        rows.writerows([str(one.get(field, "")) for field in FIELDS] for one in records)
        text = sink.getvalue()
    elif form in ("txt", "html"):
        text = "\n\n".join(str(value) for one in records for value in one.values())
        if form == "html":
            text = f"<html><head><title>t</title></head><body><h1>h</h1><p>{text}</p></body></html>"
    else:
        text = _json_text(records, rng)
    return text.encode("utf-8", "replace")


def _json_text(records: list[dict[str, Any]], rng: random.Random) -> str:
    ascii_only = rng.random() < 0.5
    indent = rng.choice((None, None, 0, 2))
    each = [json.dumps(one, ensure_ascii=ascii_only, indent=indent) for one in records]
    joined = rng.choice(("\n", "\n", ",\n", "", " "))
    return f"[{','.join(each)}]" if rng.random() < 0.3 else joined.join(each)


def _parquet(rng: random.Random) -> bytes:
    n = rng.randrange(1, 6)
    columns: dict[str, pa.Array] = {}
    for field in FIELDS:
        if rng.random() < 0.7 or field == "text":
            columns[field] = _column(rng, n)
    sink = io.BytesIO()
    options = {"compression": rng.choice(("none", "snappy", "zstd", "gzip"))}
    pq.write_table(pa.table(columns), sink, **options)
    return sink.getvalue()


def _column(rng: random.Random, n: int) -> pa.Array:
    strings = pa.array([f"text {rng.random()}" for _ in range(n)])
    return rng.choice(
        (
            strings,
            strings,
            strings.cast(pa.large_string()),
            strings.dictionary_encode(),
            pa.array([b"a\xff"] * n),
            pa.array([["a", "b"]] * n),
            pa.array([{"text": "a", "name": "b"}] * n),
            pa.array([2**62] * n, pa.timestamp("us")),
            pa.array([1731409500] * n, pa.timestamp("us", "UTC")),
            pa.array([float("nan")] * n),
            pa.array([None] * n, pa.string()),
            pa.array([True] * n),
            pa.array([1] * n).cast(pa.decimal128(38, 2)),
            pa.array([2**31 - 1] * n, pa.date32()),
            pa.array([[{"text": "a", "published": 5}]] * n),
        )
    )
