"""Formats that are not read: what people have, and how to make it readable."""

from __future__ import annotations

import os

from dedup.readers.compression import COMPRESSED_SUFFIXES

_SPREADSHEET = "a spreadsheet; save it as CSV (UTF-8), or as .parquet with pandas"
_PACKED = "an archive of files; unpack it first, or pack each file as .gz"
_DOCUMENT = "a document; save it as .txt or .html"
_TABLE = "a table; write it as .parquet, with pyarrow or pandas"
_DATABASE = "a database; export the table as CSV or .parquet"
_INDEX = "an index of a web archive, without the pages; give the .warc files that it names"
_PAGE = "a page by another name? rename it to .html"
_MAIL = "a page or mail with its parts packed in; save it as .html or .txt"
_TEXT = "a text by another name? rename it to .txt"
_PACKING = "compressed in a way that is not read; pack it as .gz, .zst, .bz2 or .xz"
_UNFINISHED = "an unfinished file? rename it if it is whole"
#: What a file of a suffix is, and what to do with it.
_WAYS_OUT = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _SPREADSHEET),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"), _PACKED),
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".epub", ".fb2"), _DOCUMENT),
    ".pdf": "a document; save it as .txt (pdftotext does)",
    **dict.fromkeys((".feather", ".arrow", ".ipc", ".orc", ".avro", ".pkl", ".pickle"), _TABLE),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".duckdb", ".mdb"), _DATABASE),
    ".sql": "a database dump; export the table as CSV",
    ".arc": "a web archive of the old form; convert it: warcio recompress a.arc.gz a.warc.gz",
    **dict.fromkeys((".cdx", ".cdxj", ".wat"), _INDEX),
    ".wacz": "a packed web archive; unzip it, and give the .warc.gz files in its folder archive",
    **dict.fromkeys(
        (".mhtml", ".mht", ".eml", ".mbox"),
        "a page or mail with its parts packed in; save it as .html or .txt",
    ),
    **dict.fromkeys((".shtml", ".php", ".asp", ".aspx", ".jsp", ".phtml"), _PAGE),
    **dict.fromkeys((".md", ".markdown", ".text", ".rst", ".srt", ".vtt"), _TEXT),
    **dict.fromkeys((".lz4", ".br", ".z", ".lzma", ".lzo", ".sz", ".snappy"), _PACKING),
    **dict.fromkeys((".part", ".tmp", ".crdownload", ".download"), _UNFINISHED),
}


def way_out(path: str) -> str:
    """What a file is whose suffix is not read, and what to do; "" if nothing is known of it."""
    stem, suffix = os.path.splitext(path.lower())
    if suffix in COMPRESSED_SUFFIXES:
        suffix = os.path.splitext(stem)[1]
        if suffix == ".parquet":
            return "Parquet is compressed within itself; unpack this file first"
    return _WAYS_OUT.get(suffix, "")
