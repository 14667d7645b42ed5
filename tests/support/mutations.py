"""Inputs of every format, mutated by their structure: what a file may hold that nobody meant."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from made_feeds import FEED_HEADS, feed, json_feed, warc

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
ENCODINGS = ("cp1251", "utf-16", "utf-16-le", "koi8-r", "utf-8-sig", "utf-32")
FIELDS = ("id", "url", "source", "region", "published", "title", "text", "teasers", "other")
FORMS = (
    *("jsonl", "json", "jl", "csv", "tsv", "txt", "html", "parquet"),
    *("rss", "atom", "xml", "warc"),
)
PACKINGS = ("gz", "bz2", "xz", "zst")
#: Every format that is read, and every way to pack each.
KINDS = (
    *FORMS,
    *(f"{form}.{packing}" for form in FORMS if form != "parquet" for packing in PACKINGS),
)

#: Forms of records that have a place of their own for each; a page is one record however long.
RECORD_FORMS = set(FORMS) - {"txt", "html"}

#: What stands in the text of each record.
MARK = re.compile(r"zq\d+zq")

#: How a reason that is of one record, not of the whole file, begins.
AT_A_LINE = re.compile(r"^[^ ]*:\d+: ")


class MadeFile(NamedTuple):
    """A file: its bytes; what they say as text, before packing (empty for Parquet); the records
    that it was made of; and whether it still is as it was made."""

    data: bytes
    text: str
    records: int
    whole: bool


def record(rng: random.Random, number: int) -> dict[str, Any]:
    """A record: most fields as they should be, some not; a proper text has the record's mark."""
    made: dict[str, Any] = {}
    for field in FIELDS:
        if rng.random() < 0.7 or field == "text":
            plain = f"{field} {rng.random()}" + (f" zq{number}zq" if field == "text" else "")
            made[field] = rng.choice(VALUES) if rng.random() < 0.3 else plain
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


def made_file(kind: str, seed: int) -> MadeFile:
    """A file of this kind (a suffix without its point), the same for the same seed."""
    rng = random.Random(f"{kind} {seed}")
    form, _, packing = kind.partition(".")
    count = rng.choice((0, 1, 2, 3, 4, 5, 6, 12))
    encoding = "" if form in ("parquet", "warc") or rng.random() < 0.8 else rng.choice(ENCODINGS)
    if form == "parquet":
        count = max(count, 1)
        made = _parquet(rng, count)
    else:
        records = [record(rng, number) for number in range(count)]
        made = (warc if form == "warc" else _text)(form, records, rng)
        if encoding and b"jsonfeed.org" not in made:  # which is known by its first bytes
            made = made.decode("utf-8").encode(encoding, "replace")
        else:
            encoding = ""
    plain = mutated(made, rng)
    data = packed(plain, packing)
    text = "" if form == "parquet" else plain.decode(encoding or "utf-8", "replace")
    sent = mutated(data, rng) if packing and rng.random() < 0.5 else data
    # What stands behind a damage of the packing cannot be read.
    return MadeFile(sent, text if sent == data else "", count, plain == made and sent == data)


def _certain(form: str, made: MadeFile) -> str:
    """The part of a file that must be in some item, if nothing is told of the file.

    A change may have made a record part of the header of a table, have cut the address of a page
    in two, or have made two entries of a feed one, of which the first text counts.
    """
    if form in ("csv", "tsv"):
        return made.text.partition("\n")[2]
    if form == "warc":
        return " ".join(re.findall(r"Target-URI: https://a\.example/zq\d+zq\r\n", made.text))
    entry = "<entry>" if form == "atom" else "<item>"
    joined = form in FEED_HEADS and made.text.count(entry) < made.records
    return "" if joined else made.text


def unaccounted(kind: str, made: MadeFile, items: list[dict[str, Any]], reasons: list[str]) -> str:
    """What of a file was neither read nor named; empty if nothing.

    `items`: the rows that were read of it; `reasons`: of what was not taken, and all else that was
    told of the file. A file of which nothing was told has the mark of each of its records in some
    item; one that is as it was made has as many stories and reasons as records.
    """
    form = kind.partition(".")[0]
    if not made.records:
        return ""
    if form not in RECORD_FORMS:
        return "" if items or reasons or not made.text.strip() else "a page is gone"
    if not reasons:
        text = _certain(form, made)
        seen = " ".join(str(value) for row in items for value in row.values())
        for mark in sorted(set(MARK.findall(text)) - set(MARK.findall(seen))):
            return f"{mark} is gone"
    stories = sum(row["role"] == "story" for row in items)
    of_records = all(AT_A_LINE.search(reason) for reason in reasons)
    if made.whole and of_records and stories + len(reasons) < made.records:
        return f"{made.records} records gave {stories} stories and {len(reasons)} reasons"
    return ""


def _text(form: str, records: list[dict[str, Any]], rng: random.Random) -> bytes:
    if form in ("csv", "tsv"):
        sink = io.StringIO(newline="")
        mark = "\t" if form == "tsv" else rng.choice(",;\t|")
        rows = csv.writer(
            sink, delimiter=mark, quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        )
        rows.writerow(FIELDS)
        rows.writerows([str(one.get(field, "")) for field in FIELDS] for one in records)
        text = sink.getvalue()
    elif form in ("rss", "atom", "xml"):
        text = feed(form, records, rng)
    elif form in ("txt", "html"):
        text = "\n\n".join(str(value) for one in records for value in one.values())
        if form == "html":
            text = f"<html><head><title>t</title></head><body><h1>h</h1><p>{text}</p></body></html>"
    else:
        text = _json_text(form, records, rng)
    return text.encode("utf-8", "replace")


def _json_text(form: str, records: list[dict[str, Any]], rng: random.Random) -> str:
    if form == "json" and rng.random() < 0.1:
        return json_feed(records)
    ascii_only = rng.random() < 0.5
    indent = rng.choice((None, None, 0, 2))
    each = [json.dumps(one, ensure_ascii=ascii_only, indent=indent) for one in records]
    joined = rng.choice(("\n", "\n", ",\n", "", " "))
    return f"[{','.join(each)}]" if rng.random() < 0.3 else joined.join(each)


def _parquet(rng: random.Random, n: int) -> bytes:
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
