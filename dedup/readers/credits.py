"""Photo captions and credits: where one ends and the sentence behind it begins.

A site glues the alternative text, caption and credit of a picture before a teaser's text:
`Мост через Оку Фото: Иван Петров/ РИА "Новости" Губернатор открыл ...`. Three signs tell
where the text begins, strongest first:

1. the caption repeats: `CAPTION - Site  CAPTION Text`; what repeats is not text;
2. a wide gap, a full stop, or the end of a known agency, a site name or a quoted name;
3. the grammar of a credit: a person is two names, an office is a noun with its genitives, and
   neither holds a verb; a capitalised word that elsewhere is written small opens a sentence.

Where the grammar finds no credit after the mark, nothing is cut: `Фото: вчера и сегодня` may
well be the name of an exhibition.
"""

from __future__ import annotations

import re

from dedup.readers.credit_grammar import credit_end, looks_like_verb

#: What a credit begins with. Capital only: «прислали фото: на нём ...» is an ordinary sentence;
#: not after an opening quotation mark, where it is the name of something.
MARK = re.compile(
    r"(?<![«\"“„\w])(?:(?:©\s*)?(?:Источник фото|Иллюстративное фото|Архивное фото"
    r"|Фото(?:граф|графия)?|ФОТО|Видео|Иллюстрация|Скриншот|Коллаж)\s*(?::\s*©?|©|\([cс]\))|©)\s*"
)
#: Marks of a credit line; at the start of a line only, or behind another credit.
LINE_MARK = re.compile(r"(?:Автор(?:ы)?|Текст|Подготовил[аи]?|Корреспондент)\s*:\s*")
_BRACKETED = re.compile(r"\(\s*[Фф]ото\s*[:©—–-][^()\n]{1,80}\)")
#: Credits that need no colon; at the very start only.
_FIXED = re.compile(
    r"Фото (?:автора|редакции|из (?:личного |открытых |семейного |социальных |архива |соц)?"
    r"(?:архива|источников|сетей|сетей|редакции))(?=\s+[А-ЯЁA-Z«\"]|\s*$)"
)


_LONGEST_CAPTION = 30  # words


def without_credits(text: str) -> str:
    """A teaser's text without the captions and credits glued to it.

    Wide gaps (two spaces and more) must still be in `text`: they are a sign. Gives the text
    with single spaces. A text that would be left empty is given whole, marks and all cut.
    """
    text = text.replace("\xa0", " ").strip()
    text = _FIXED.sub("", _BRACKETED.sub(" ", _without_repeated(text))).strip()
    kept = _cut(text, keep_caption_alone=True)
    return " ".join(kept.split())


def line_without_credits(line: str) -> str:
    """A body line without its credits; "" for a line that is caption and credit only."""
    if not (MARK.search(line) or LINE_MARK.match(line) or "ото" in line):
        return line
    if (LINE_MARK.match(line) or MARK.match(line)) and _is_label(line):
        return ""
    line = _FIXED.sub("", _BRACKETED.sub(" ", line)).strip()
    return _cut(line, keep_caption_alone=False)


def _is_label(line: str) -> bool:
    """Is this a short line without a sentence: no verb, no full stop?"""
    words = line.split()
    return len(words) <= 20 and line[-1] not in ".!?…" and not any(map(looks_like_verb, words[1:]))


def _without_repeated(text: str) -> str:
    """`CAPTION - Site  CAPTION Text` -> `Text`; the caption may hold its credit."""
    for dash in re.finditer(r"\s+[-–—|]\s+", text[:400]):
        caption = text[: dash.start()]
        if len(caption.split()) < 2:
            continue
        again = re.compile(r"\s+".join(map(re.escape, caption.split())) + r"(?!\w)").search(
            text, dash.end(), dash.end() + 80 + 2 * len(caption)
        )
        # The site's name stands between; a sentence does not.
        if again and not re.search(r"[.!?…]\s", text[dash.end() : again.start()]):
            return text[again.end() :].lstrip(" .,;:|-–—\n") or caption
    return text


def _cut(text: str, keep_caption_alone: bool) -> str:
    kept = ""
    for _ in range(8):  # a picture or two each; more marks than that are not captions
        mark = MARK.search(text) or LINE_MARK.match(text)
        if mark is None:
            break
        end = credit_end(text, mark.end())
        before = text[: mark.start()].strip()
        if end is None:
            kept = f"{kept} {text[: mark.end()].strip()}"
            text = text[mark.end() :]
            continue
        rest = text[end:].strip()
        # What ends like a sentence is text; what does not, is the caption of the picture.
        is_sentence = bool(re.search(r"[.!?…][»\"”)]*$", before)) and (
            not rest or any(looks_like_verb(word.strip(",.!?…»")) for word in before.split())
        )
        is_long = len(before.split()) > _LONGEST_CAPTION
        if is_sentence or is_long or (not rest and keep_caption_alone):
            kept = f"{kept} {before}"
        text = rest
    return f"{kept} {text}".strip()
