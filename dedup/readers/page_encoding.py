"""Bytes of a page or feed -> text, in the order in which browsers look for the encoding.

The encoding is that of a byte order mark; else UTF-8 where the bytes are UTF-8 (no other encoding
gives such bytes by chance, and many pages declare another); else what the server, the page or
the XML declaration says; else what the bytes look like.
"""

from __future__ import annotations

import codecs
import re

from dedup.readers.encodings import byte_order_mark, has_only_marks, recognise, web_name

_META = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
#: Browsers look for a declaration in the first bytes; some sites declare late, behind scripts.
_DECLARED_WITHIN = 1 << 17
_SAMPLE = 1 << 16
#: So few bad bytes are damage, not text of another encoding: they would not tell which.
_FEW_BAD = 3

#: Names that the web gives another meaning than Python, by the Encoding Standard of WHATWG.
_WEB_ALIASES = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "latin1", "latin-1", "iso-8859-1", "iso8859-1"), "cp1252"
    ),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("macintosh", "x-mac-roman"), "mac_roman"),
}
#: Python knows other encodings that are for programs, and give no text.
_WEB = re.compile(
    r"utf-?(8|16(-?[lb]e)?)|(windows|cp)-?(125\d|866|874|932|949)|koi8[-_]?[ru]"
    r"|iso[-_]?8859[-_]\d{1,2}|ibm-?866|mac_(cyrillic|roman)|gb18030|big5hkscs|euc[-_](jp|kr)"
    r"|iso-2022-jp",
    re.IGNORECASE,
)


#: How letters look whose UTF-8 was read as another encoding: lead bytes, and others behind them.
_TWICE = {
    "cp1252": ("ÂÃÄÅÎÏÐÑØÙ×àâãäåæçèé", re.compile("[\u00c3-\u00f4][\u0080-\u00bf\u0152-\u2122]")),
    "cp1251": (("Рѕ", "Р°"), re.compile("(?:[РСГВ][\u0080-\u00bf\u0402-\u045f\u2013-\u2122]){3}")),
}
#: Each letter of an encoding as the code of its byte.
_BYTES_OF = {
    encoding: {
        ord(letter): byte
        for byte in range(128, 256)
        if (letter := bytes([byte]).decode(encoding, "ignore"))
    }
    for encoding in _TWICE
}


class UnknownEncoding(Exception):
    """The encoding of a page can neither be read from it nor guessed."""


def decode_page(
    page: bytes, declares: bool, charset: str = "", asked: str = "auto"
) -> tuple[str, str]:
    """The text of a page, line ends as line feeds, and what is to be told of its encoding.

    `declares`: the page is HTML or XML, which may name its encoding. `charset` is what the server
    said, or "", `asked` what the user says, which only a byte order mark
    outdoes. A byte that means nothing in the encoding becomes U+FFFD, and is told.

    Raises UnknownEncoding for bytes that are no UTF-8, declare nothing and look like nothing.
    """
    encoding, guessed = _chosen(page, declares, charset, asked)
    text = _decoded(page, encoding)
    if "\ufffd" in text and not text.replace("\ufffd", "").strip():
        raise UnknownEncoding("its encoding cannot be recognised; name it with --encoding")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    bad = text.count("\ufffd") - _own_replacements(page, encoding)
    remarks = []
    if once := _decoded_once_more(text):
        text = once
        remarks.append("its UTF-8 was taken for another encoding and encoded again; this is undone")
    if guessed:
        remarks.append(
            f"read as {web_name(encoding)}, because its bytes look like it; --encoding "
            "names another"
        )
    if bad > 0:
        places = "1 place" if bad == 1 else f"{bad} places"
        remarks.append(
            f"bytes in {places} are not valid {web_name(encoding)}; each is read as U+FFFD"
        )
    return text, "; ".join(remarks)


def page_encoding(page: bytes, declares: bool, charset: str = "", asked: str = "auto") -> str:
    """Python's name of the encoding by which `decode_page` reads a page.

    Raises UnknownEncoding.
    """
    return _chosen(page, declares, charset, asked)[0]


def _chosen(page: bytes, declares: bool, charset: str, asked: str) -> tuple[str, bool]:
    """A codec of Python, and whether it was guessed. Raises UnknownEncoding."""
    if asked == "auto":
        encoding, guessed = _encoding_of(page, declares, charset)
    else:
        encoding, guessed = byte_order_mark(page) or codecs.lookup(asked).name, False
    if not encoding:
        raise UnknownEncoding("its encoding cannot be recognised; name it with --encoding")
    return encoding, guessed


def _encoding_of(page: bytes, declares: bool, charset: str) -> tuple[str, bool]:
    """A codec of Python, and whether it was guessed."""
    if mark := byte_order_mark(page):
        return mark, False
    named = _codec(charset)
    written = _declared(page) if declares else ""
    if "iso2022_jp" in (named, written) and b"\x1b$" in page:
        return "iso2022_jp", False
    if b"\0" in page[:_SAMPLE] and recognise(page[:_SAMPLE], False).startswith("utf-16"):
        return recognise(page[:_SAMPLE], False), not (named or written).startswith("utf-16")
    if _is_utf8(page):
        return "utf-8", False
    # A page cannot say in ASCII that it is UTF-16.
    written = "utf-8" if written.startswith("utf-16") else written
    for codec in (named, written):
        if codec and codec != "utf-8":
            return codec, False
    if has_only_marks(page):
        return "cp1252", True
    if _is_utf8_but_for_a_few(page):
        return "utf-8", False
    # Declared as UTF-8 or not at all, and another encoding throughout.
    return recognise(page[:_SAMPLE], len(page) <= _SAMPLE), True


def _is_utf8_but_for_a_few(page: bytes) -> bool:
    """Whether few bytes only are no UTF-8, so that it is damaged and not another encoding."""
    text = page.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - bad - sum(map(text.count, map(chr, range(128))))
    return 2 * bad <= good or bad <= _FEW_BAD


def _declared(page: bytes) -> str:
    head = page[:_DECLARED_WITHIN]
    if xml := _XML.match(head):
        return _codec(xml[1].decode("ascii", "replace"))
    if b"<!--" in head:
        head = _COMMENT.sub(b"", head)
    meta = _META.search(head)
    return _codec(meta[1].decode("ascii", "replace")) if meta else ""


def _codec(label: str) -> str:
    """Python's name of an encoding that the web knows, or ""."""
    name = label.strip().strip("\"'").lower()
    name = _WEB_ALIASES.get(name, name)
    if not _WEB.fullmatch(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _is_utf8(page: bytes) -> bool:
    try:
        page.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(page: bytes, encoding: str) -> str:
    try:
        return page.decode(encoding, "replace")
    except (UnicodeError, LookupError):  # a codec that has no such error handling
        return page.decode("utf-8", "replace")


def _decoded_once_more(text: str) -> str:
    """The text that was meant, where UTF-8 was read as another encoding and written as UTF-8 again
    (ÐœÐ¾ÑÑ‚, РњРѕСЃС‚); "" where it was not. No text gives UTF-8 throughout by chance."""
    for encoding, (leads, looks) in _TWICE.items():
        if not any(map(text.__contains__, leads)) or looks.search(text) is None:
            continue
        try:
            # Bytes that mean nothing in the encoding were kept as control characters.
            once = text.translate(_BYTES_OF[encoding]).encode("latin-1").decode()
        except UnicodeError:
            continue
        return once
    return ""


def _own_replacements(page: bytes, encoding: str) -> int:
    """How often the page itself holds U+FFFD."""
    return page.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0
