"""No character that has no picture of its own reaches a terminal, but for joiners of letters."""

from __future__ import annotations

import sys
import unicodedata

from dedup.system.escaping import printable, printable_part, visible

#: Format characters that stay: joiners, and signs that are drawn around numbers.
KEPT = {0x200C, 0x200D, *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def test_controls_and_invisible_marks_become_spaces() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
            if code in KEPT:
                assert printable(f"a{character}b") == f"a{character}b"
            else:
                assert printable(f"a{character}b") == "a b", hex(code)
                assert printable_part(f"a{character}b") == "a b"


def test_texts_of_many_scripts_stay() -> None:
    for text in ("Ёлка — «да»", "می\u200cخواهم", "नमस्ते", "日本語", "👩\u200d🚀 100 %", "naïve"):
        assert printable(text) == text


def test_names_show_what_is_not_printable() -> None:
    assert visible("a\u2028b\x1b[31m") == r"a\u2028b\x1b[31m"
