"""What a text carries from the form in which it was stored, and not from its writer.

HTML entities, line ends written out, words hyphenated at line ends, time codes of subtitles,
hashtags of several words. Only texts that hold one of the MARKS are looked at.
"""

from __future__ import annotations

import html
import re
from html.entities import entitydefs

#: Strings of which each text holds one that `plain` may change.
MARKS = (
    *("-->", "\\n", "\\r\\n", "\\t", "\\u", "-\n", "\u2010\n", "\u00ad\n", "\u00ac\n", "&#"),
    *(f"&{name};" for name in (*sorted(entitydefs), "apos")),
)
#: The same of hashtags.
TAG_MARKS = ("#",)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: A drive letter: what follows is a path, and its \n is no line end.
_PATH = re.compile(r"[A-Za-z]:\\")
_LINE_END = re.compile(r"(?:\\r)?\\n")
#: A hyphen at a line's end; a soft one may be shown, or stand as the sign that some fonts have.
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})[-\u2010\u00ad\u00ac]\n[ \t]*(?=[^\W\d_]{2})")
#: Letters as JSON writes them, in what was written as JSON twice.
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}){2,}")
#: One block of subtitles: its number, and when it is shown.
_TIME = r"(?:[0-9]{1,2}:)?[0-9]{2}:[0-9]{2}[.,][0-9]{1,3}"
_TIME_CODE = re.compile(rf"(?m)^(?:\s*[0-9]+\s*\n)?[ \t]*{_TIME} *--> *{_TIME}[^\n]*(?:\n|$)")
_TAGS = re.compile(r"#[^\W_]\w*(?:[ ,]+#[^\W_]\w*)*")
#: Where a hashtag of several words is parted: Нижний|Новгород, covid|19, нижний_новгород.
_PARTS = re.compile(r"_+|(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")


def plain(text: str) -> str:
    """The text without what its form has added; words are parted and joined as they were meant."""
    if "&" in text:
        # Twice: what was stored twice has &amp;quot; for a quotation mark.
        for _ in range(2):
            text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "\\" in text and not _PATH.search(text):
        text = _LINE_END.sub("\n", text).replace("\\t", " ")
        text = _ESCAPED.sub(_unescaped, text)
    if "-->" in text:
        text, blocks = _TIME_CODE.subn("", text)
        if blocks > 1:  # the lines of subtitles end anywhere in a sentence
            text = " ".join(text.split())
    text = _HYPHENATED.sub(_joined, text)
    return _TAGS.sub(_parted, text) if "#" in text else text


def _parted(tags: re.Match[str]) -> str:
    """Hashtags with their words apart. Those of a list are all tags; one by itself may be a word of
    its sentence, and so are its parts."""
    return _PARTS.sub(" " if tags[0].count("#") == 1 else " #", tags[0])


def _unescaped(letters: re.Match[str]) -> str:
    codes = b"".join(bytes.fromhex(code) for code in letters[0].split("\\u")[1:])
    return codes.decode("utf-16-be", "replace")


def _joined(hyphen: re.Match[str]) -> str:
    """Nothing if the word goes on in small letters, else the hyphen."""
    return "" if hyphen.string[hyphen.end()].islower() else hyphen[0]
