"""The encoding of a text file, by its first bytes."""

from __future__ import annotations

import codecs
import re

#: So many bytes at the beginning of a file tell its encoding.
SAMPLE_BYTES = 1 << 16

#: Fewer bytes that are not ASCII tell no encoding.
_TELLING_BYTES = 4
#: Quotation marks, dashes and signs, of which all encodings of Windows have the same. A text with
#: no other bytes beyond ASCII is one in Latin letters.
_MARKS_OF_WINDOWS = "‚„…‹‘’“”•–—™›\u00a0§©«®°±¶·»".encode("cp1252")
_HIGH = re.compile(rb"[\x80-\xff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What files of texts are written in besides UTF-8. (The field's library knows many more, and
#: finds some of them in texts that are too short to tell.)
_USUAL = (
    "cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic",
    "cp1252", "cp1250", "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "big5", "gb18030", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
#: How the web calls some of them.
_WEB_NAMES = {"cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252"}


def byte_order_mark(head: bytes) -> str:
    """The encoding that a byte order mark at the beginning tells, or ""."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def recognise(sample: bytes, whole: bool) -> str:
    """The encoding of text that begins with `sample`: "utf-8" if it is, else the likeliest.

    `whole`: nothing follows the sample. "" if none is likely. A file whose lines are UTF-8 but for
    a few is UTF-8: its bad lines are named one by one.
    """
    if marked := byte_order_mark(sample):
        return marked
    if not sample.strip(b"\0"):
        return ""
    if zeros := _utf16(sample):
        return zeros
    if _is_utf8(sample, whole):
        return "utf-8"
    if has_only_marks(sample):
        return "cp1252"
    if _mostly_utf8(sample):
        return "utf-8"
    return _likeliest(sample)


def has_only_marks(text: bytes) -> bool:
    """Are all bytes beyond ASCII quotation marks, dashes and signs, as Windows writes them?"""
    return text.translate(None, _MARKS_OF_WINDOWS).isascii()


def web_name(encoding: str) -> str:
    """The name of an encoding by which people know it."""
    return _WEB_NAMES.get(encoding, encoding.replace("_", "-"))


def _utf16(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of what is ASCII in it is zero."""
    even, odd = sample[:4096:2].count(0), sample[1:4096:2].count(0)
    pairs = max(1, min(len(sample), 4096) // 2)
    if odd > pairs / 5 and even < odd / 20:
        return "utf-16-le"
    if even > pairs / 5 and odd < even / 20:
        return "utf-16-be"
    return ""


def _is_utf8(sample: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, whole)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(sample: bytes) -> bool:
    """Whether most of the lines that are not ASCII are UTF-8, or too few bytes are not to tell."""
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    bad = [line for line in lines if not _is_utf8(line, True)]
    high = sum(len(_HIGH.findall(line)) for line in bad)
    return 2 * len(bad) < len(lines) or high < _TELLING_BYTES


def _likeliest(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(_USUAL)).best()
    return best.encoding if best else ""
