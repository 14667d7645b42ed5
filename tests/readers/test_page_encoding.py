"""Encodings of pages: as browsers find them, and what is no text costs a character."""

from __future__ import annotations

import pytest

from dedup.readers.page_encoding import UnknownEncoding, decode_page

TEXT = 'Паром "Ладья" снова ходит через реку Вёкшу, сообщили в порту. ' * 3
SAID = "<html><head>{}</head><body><p>" + TEXT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("declares", [True, False])
def test_a_byte_order_mark_outdoes_all(encoding: str, declares: bool) -> None:
    page = SAID.format('<meta charset="koi8-r">')
    text, remark = decode_page(page.encode(encoding), declares, "windows-1251")
    assert (text, remark) == (page, "")


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("cp1251", '<meta charset="windows-1251">'),
        ("cp1251", "<META content='text/html; charset=cp1251' http-equiv=Content-Type>"),
        ("koi8-r", '<meta charset="KOI8-R">'),
        ("cp866", "<meta charset=ibm866>"),
        ("iso8859-5", '<meta charset="iso-8859-5">'),
        # late, behind scripts, and not the one in a comment
        ("cp1251", "<!-- <meta charset=koi8-r> --><script>" + "x" * 9000 + "</script>"
         "<meta charset=windows-1251>"),
        ("utf-8", '<meta charset="windows-1251">'),  # a lie
        ("utf-8", ""),
    ],
)  # fmt: skip
def test_a_page_names_its_encoding(encoding: str, declaration: str) -> None:
    page = SAID.format(declaration)
    assert decode_page(page.encode(encoding), True) == (page, "")


def test_names_of_the_web_mean_what_browsers_mean() -> None:
    page = '<meta charset="iso-8859-1"><p>“Ferry” – “back”'
    assert decode_page(page.encode("cp1252"), True)[0] == page
    page = '<meta charset="gb2312"><p>渡轮镕'
    assert decode_page(page.encode("gbk"), True)[0] == page


def test_an_xml_declaration_counts() -> None:
    feed = f'<?xml version="1.0" encoding="windows-1251"?><rss>{TEXT}</rss>'
    assert decode_page(feed.encode("cp1251"), True) == (feed, "")


def test_what_the_server_says_outdoes_the_page() -> None:
    page = SAID.format('<meta charset="koi8-r">')
    assert decode_page(page.encode("cp1251"), True, "windows-1251") == (page, "")
    assert decode_page(page.encode("cp1251"), True, "nonsense")[0] != page


def test_what_the_user_says_outdoes_all_but_the_mark() -> None:
    page = SAID.format('<meta charset="koi8-r">')
    assert decode_page(page.encode("cp1251"), True, "koi8-r", "windows-1251") == (page, "")
    assert decode_page(page.encode("utf-16"), True, "", "windows-1251") == (page, "")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le", "utf-16-be"])
def test_what_is_named_nowhere_is_recognised_and_told(encoding: str) -> None:
    page = TEXT if not encoding.startswith("utf") else SAID.format("")
    text, remark = decode_page(page.encode(encoding), False)
    assert text == page
    assert remark.startswith("read as ")
    assert "--encoding" in remark


@pytest.mark.parametrize("bad", [b"\xff", b"\xd0", b"\xed\xa0\x80"[:1] + b"<"])
def test_a_bad_byte_costs_a_character_and_is_told(bad: bytes) -> None:
    page = SAID.format('<meta charset="utf-8">').encode() + bad + " и дальше".encode()
    text, remark = decode_page(page, True)
    assert text.count("\ufffd") == 1
    assert text.endswith(" и дальше")
    assert remark == "bytes in 1 place are not valid utf-8; each is read as U+FFFD"


def test_what_looks_like_nothing_is_named() -> None:
    with pytest.raises(UnknownEncoding, match="--encoding"):
        decode_page(b"\xdf", False)


def test_line_ends_are_line_feeds() -> None:
    assert decode_page(b"a\r\nb\rc", False)[0] == "a\nb\nc"


FERRIES = [
    "Паром вернулся на реку Вёкшу, «Ладья» — 184 рейса",
    "Die Fähre fährt wieder über den Fluß",
    "Prom wrócił na rzekę, później niż chciał",
    "Η γέφυρα άνοιξε",
    "اقرأ الخبر",
    "渡轮回来了",
]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", FERRIES[0]),
        *(("cp1252", text) for text in FERRIES),
        *(("latin-1", text) for text in FERRIES),
    ],
)
def test_a_page_that_was_encoded_twice_is_read(encoding: str, text: str) -> None:
    letters = (bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())
    twice = "".join(letters)
    once, remark = decode_page(twice.encode(), declares=True)
    assert once == text
    assert "encoded again" in remark


@pytest.mark.parametrize(
    "text",
    [
        "Паром вернулся. Сёла и Рівне, РЅ",
        "São Tomé, Ärger: Ã© steht für é",
        "Ель – Сє",
        "À “À propos”",
    ],
)
def test_other_texts_are_as_they_are(text: str) -> None:
    assert decode_page(text.encode(), declares=True) == (text, "")
