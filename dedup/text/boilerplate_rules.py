r"""The rules of what is set aside before comparing: three stages, each an ordered list.

A rule is a name, marks and a pattern. Each match of the pattern holds one of the marks, and no
line feed: a line without any mark of a rule is not searched for it. Patterns are written in what
Python's `re` and RE2 have in common, and so without `\w`, `\b`, `\s` or `\d`, which mean
Unicode to the one and ASCII to the other.
"""

from __future__ import annotations

from typing import NamedTuple

from dedup.text.lang import tables
from dedup.text.phrases import (
    SPACES,
    as_they_stand,
    beginnings,
    capitalised,
    either_case,
    headed,
    marks_as_they_stand,
    marks_capitalised,
    marks_in_either_case,
    phrases,
)


class BoilerplateRule(NamedTuple):
    """One rule. Group `keep`, if the pattern has it, is what stays of the match."""

    name: str
    marks: tuple[str | bytes, ...]
    pattern: str
    #: Does the match begin where a sentence does? What ends the one before goes with it.
    sentence: bool = False
    #: Is a title asked, too? What stands in a headline is news unless it is mere markup.
    titles: bool = False
    #: May it take what a body begins with? The first sentence of a text is its news.
    opening: bool = True
    #: Is what stays of the match left out, too, where the rest of the line names it again? Such a
    #: rule is asked at a line's beginning only.
    once: bool = False
    #: A second pattern: the rule takes the whole sentences that have a match of both.
    needs: str = ""

    @property
    def whole(self) -> str:
        """The pattern with the sentence's beginning."""
        return f"(?:^|{END})(?:{self.pattern})" if self.sentence else self.pattern

    @property
    def later(self) -> str:
        """The pattern of a sentence's rule, but not where a line begins."""
        return END + self.pattern

    @property
    def left(self) -> str:
        """What replaces a match, as a template."""
        return r"\1 " if "(?P<keep>" in self.pattern else " "


_SPACE = f"[{SPACES}]"
_DIGITS = "0123456789"
#: Marks that may stand beside a word.
_BESIDE = f"[{SPACES}.,:;!?()\"'«»“”„…–—-]"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ÿĀ-žЀ-ӿ]"
_UPPER = "[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐЎ]"
_QUOTE = "[\"'«»“”„]"
_EMOJIS = (
    *(("\u2190", "\u21ff"), ("\u2300", "\u23ff"), ("\u25a0", "\u27bf"), ("\u2900", "\u297f")),
    *(("\u2b00", "\u2bff"), ("\u3030", "\u3030"), ("\u303d", "\u303d"), ("\ufe0e", "\ufe0f")),
    *(("\u20e3", "\u20e3"), ("\U0001f000", "\U0001faff"), ("\U000e0000", "\U000e007f")),
)
_EMOJI = "[" + "".join(f"{first}-{last}" for first, last in _EMOJIS) + "]"
#: All but the last byte of each, as UTF-8.
_EMOJI_MARKS = tuple(
    dict.fromkeys(
        chr(code).encode()[:-1]
        for first, last in _EMOJIS
        for code in range(ord(first), ord(last) + 1)
    )
)
#: A sentence can begin where a line does, or after this end of another.
END = f"[.!?…]{_QUOTE}?{_SPACE}"
#: The rest of a sentence, with its end. A point inside a name (iSport.ua) does not end it.
_REST = f"(?:[^.!?…\n]|[.](?:[^ \t\u00a0\n]))*[.!?…]*{_QUOTE}?"
_MONTHS = tuple(sorted({form[:3] for form in tables().months}))
_YEAR = f"{_SPACE}[0-9]{{4}}(?:{_SPACE}?г[.]|{_SPACE}года|{_SPACE}року)?"
_DATE = f"[0-9]{{1,2}}(?:{_SPACE}|[.] )(?:{'|'.join(_MONTHS)}){_LETTER}*[.]?(?:{_YEAR})?"
_DATES = tuple(
    f"{digit}{mark}{month}" for digit in _DIGITS for mark in (*SPACES, ". ") for month in _MONTHS
)
_CITY = f"{_UPPER}{_LETTER}+(?:[ -]{_LETTER}+){{0,3}}"
_SIGN = "[-–—/]"
_NAMES = sorted(tables().agencies, key=lambda name: (-len(name), name))
#: An agency: in capitals, or a name that the language modules have.
_AGENCY = (
    f"(?:(?:{capitalised(_NAMES)}|{_UPPER}{_UPPER}+(?:[.]{_UPPER}{_LETTER}+)?)"
    f"(?:[ -]{_UPPER}{_LETTER}*){{0,2}})"
)

#: Marks and addresses inside a line: what a page or a channel adds to the plain words.
INLINE = (
    # [Подписаться](https://t.me/x) -> Подписаться
    BoilerplateRule("markdown link", ("](",), r"\[(?P<keep>[^\[\]\n]*)\]\([^)\n]*\)", titles=True),
    # (https://www.bbc.com/russian/a)
    BoilerplateRule(
        "link",
        ("://", "www.", "t.me/", "bit.ly/"),
        "[(]?(?:[Hh][Tt][Tt][Pp][Ss]?://|www[.]|t[.]me/|bit[.]ly/)[^ \t\n\u00a0]*",
        titles=True,
    ),
    # 2020-05-02T10:17:51+03:00
    BoilerplateRule(
        "timestamp",
        tuple(f"{digit}T" for digit in _DIGITS),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]*(?:[+][0-9:]*|Z)?",
        titles=True,
    ),
    # **важно**, __сноска__, `код`, ## Заголовок
    # The last within a word is an apostrophe: п`ять, o`clock
    BoilerplateRule(
        "markup",
        ("**", "__", "`", "# "),
        rf"\*\*+|__+|(?:^|{_BESIDE})`+|`+(?:{_BESIDE}|$)|``+|^#+ ",
        titles=True,
    ),
    # ⚡️ ❗️ 👉
    BoilerplateRule("emoji", _EMOJI_MARKS, _EMOJI + "+", titles=True),
)

#: A hashtag in small letters, or the name of a channel. One with a capital letter is a name, and
#: may be all that tells where the news is.
_TAG = f"(?:#[a-zß-öø-ÿĀ-žа-џѐ-ӿ0-9_]|@(?:{_LETTER}|[0-9_]))(?:{_LETTER}|[0-9_])*"
_BUTTONS = phrases(lambda words: words.subscribe)
_BUTTON = either_case(_BUTTONS)
_CHANNEL = beginnings(phrases(lambda words: words.channels))
_IN_SENTENCE = "[^.!?…\n]"
#: What ends a word.
_AFTER = f"[{SPACES}:,–—-]"
#: A request, with what is subscribed to behind it.
_REQUEST = f"{_BUTTON}(?:{_AFTER}{_IN_SENTENCE}*)?{_CHANNEL}"
#: Characters behind a button that says no more.
_SHORT = 20
#: A first sentence of three words at most: a channel's name.
_BRIEF = "(?:[^\n.!?… ]+ )?(?:[^\n.!?… ]+ )?[^\n.!?… ]+[.!…]"
_MORE = phrases(lambda words: words.more)
_MORE_HEADED = headed(_MORE)
_MORE_PHRASE = f"(?:{either_case(_MORE)}|{as_they_stand(_MORE_HEADED)})"
_CREDITS = phrases(lambda words: words.credit)
_NAME = f"{_QUOTE}?[(]?(?:{_UPPER}|[0-9@])[^ \n]*"
_WORDS = f"[^ \n]+(?:{_SPACE}+[^ \n]+){{0,7}}"
_COOKIES = phrases(lambda words: words.cookies)
_CODE = "(?:(?:var|function|new|return|typeof|let|const|else) |[^ \n])*"

#: Whole lines, and sentences, that speak of the site and not of the news.
LINES = (
    # (function(w,d){w.box=w.box||[];})(window,document);
    BoilerplateRule(
        "script",
        ("function", "document.", "window.", "adsbygoogle", "googletag"),
        "(?:[!(;]*(?:async )?function ?[A-Za-z_$]*[(]|(?:window|document|adsbygoogle|googletag)"
        f"[.]){_CODE}[;)}}]",
    ),
    # #мост #новости2024
    BoilerplateRule(
        "hashtag",
        ("#", "@"),
        f"{_SPACE}*{_TAG}(?:[ ,]+{_TAG})*{_SPACE}*$",
        sentence=True,
        titles=True,
    ),
    # Мост открыт #мост #река; #мост #река Мост открыт. One alone may be a word.
    BoilerplateRule(
        "hashtags",
        ("#", "@"),
        f"{_SPACE}{_TAG}(?:[ ,]+{_TAG})+{_SPACE}*$|^{_SPACE}*{_TAG}(?:[ ,]+{_TAG})+{_SPACE}",
        titles=True,
    ),
    # Топор Live. Подписаться
    BoilerplateRule(
        "subscribe line",
        marks_in_either_case(_BUTTONS),
        f"^{_SPACE}*(?:{_BRIEF}|[^\n.!?…]*[?]){_SPACE}*(?:{_REQUEST}[^\n]*"
        f"|{_BUTTON}(?:(?:{_AFTER}[^\n.!?…]{{0,{_SHORT}}})?[.!…]*|{_SPACE}*[|/][^\n]*))$",
    ),
    # ... в марте. Подписывайтесь на наш канал!
    BoilerplateRule(
        "subscribe",
        marks_in_either_case(_BUTTONS),
        f"{_SPACE}*(?:(?:{_IN_SENTENCE}*[,:–—-]{_SPACE}?)?{_REQUEST}{_REST}"
        f"|{_BUTTON}(?:(?:{_AFTER}{_IN_SENTENCE}{{0,{_SHORT}}})?(?:[.!?…]+|$)"
        f"|{_SPACE}*[|/][^\n]*$))",
        sentence=True,
        opening=False,
    ),
    # Читайте также: Погода на неделю
    BoilerplateRule(
        "read more",
        (*marks_in_either_case(_MORE), *marks_as_they_stand(_MORE_HEADED)),
        f"{_SPACE}*{_QUOTE}?{_MORE_PHRASE}(?:[{SPACES}:,.!…–—-]{_REST}|$)",
        sentence=True,
    ),
    # Read MoreRiver falls by a metre: the space between the words and the link was lost
    BoilerplateRule(
        "read more, glued",
        marks_as_they_stand(_MORE_HEADED),
        f"^{_SPACE}*{as_they_stand(_MORE_HEADED)}{_UPPER}[^\n]*$",
        opening=False,
    ),
    # Источник: Marca
    BoilerplateRule(
        "credit",
        (*marks_capitalised(_CREDITS), "По материалам"),
        f"^{_SPACE}*(?:{capitalised(_CREDITS)}{_SPACE}*[:©–—-]{_SPACE}*{_WORDS}{_SPACE}*$"
        f"|По материалам[^\n]*$)",
        opening=False,
    ),
    # Фото: Иван Кедрин, before the text: names alone
    BoilerplateRule(
        "credit before",
        marks_capitalised(_CREDITS),
        f"^{_SPACE}*{capitalised(_CREDITS)}{_SPACE}*[:©]{_SPACE}*{_NAME}"
        f"(?:(?:{_SPACE}|{_SPACE}?[/,]{_SPACE}?){_NAME}){{0,5}}{_SPACE}*$",
    ),
    # Правообладатель иллюстрации Reuters Image caption
    BoilerplateRule(
        "caption credit",
        ("Image caption",),
        f"(?:Правообладатель иллюстрации(?: {_UPPER}{_LETTER}*)* )?Image caption",
    ),
    # Сайт использует файлы cookie.
    BoilerplateRule(
        "cookie notice",
        marks_in_either_case(_COOKIES),
        either_case(_COOKIES),
        needs=beginnings(phrases(lambda words: words.cookie_use)),
    ),
    # Нашли ошибку? Выделите её и нажмите Ctrl+Enter
    BoilerplateRule(
        "mistake notice",
        ("Ctrl",),
        f"(?:(?:Нашли|Заметили|Обнаружили|Увидели)[^.!?…\n]*[?]{_SPACE}*)?"
        f"[^.!?…\n]*Ctrl ?[+] ?Enter{_REST}",
        sentence=True,
    ),
    # Реклама. ООО «Заря», ИНН 7700000000, erid: LjN8K
    BoilerplateRule(
        "ad notice",
        ("ИНН", "ОГРН", "erid", "Erid", "ERID"),
        f"^{_SPACE}*(?:Реклама[.][^\n]*(?:ИНН|ОГРН|[Ee]rid|ERID)|[Ee]rid[:=]|ERID[:=])[^\n]*$",
    ),
    # 11:57, 2 ноября 2018
    BoilerplateRule(
        "time line",
        tuple(f"{hour}:{minute}" for hour in _DIGITS for minute in _DIGITS),
        f"^{_SPACE}*(?:[Сс]егодня,? )?[0-9]{{1,2}}:[0-9]{{2}}(?:,?{_SPACE}*{_DATE})?$",
    ),
)

_EARLIER = phrases(lambda words: words.earlier)

#: What stands before the news and after it.
ENDS = (
    # МОСКВА, 3 мая. /ТАСС/.   Москва. 2 мая. INTERFAX.RU -   МОСКВА, 3 мая — РИА Новости.
    # The city stays unless it is named again: it may be all that tells two events apart.
    BoilerplateRule(
        "dateline",
        _DATES,
        f"^{_SPACE}*(?P<keep>{_CITY})[.,]{_SPACE}*{_DATE}[.,]?{_SPACE}*{_SIGN}*{_SPACE}*"
        f"{_AGENCY}(?:/[.]?|[.]|{_SPACE}*[-–—]+)",
        once=True,
    ),
    # ТАСС, 3 мая.
    BoilerplateRule(
        "agency dateline",
        _DATES,
        f"^{_SPACE}*/?{capitalised(_NAMES)}/?,{_SPACE}*{_DATE}[.]",
    ),
    # Ранее сообщалось, что ...
    BoilerplateRule(
        "earlier",
        marks_in_either_case(_EARLIER),
        f"{_SPACE}*{either_case(_EARLIER)}[{SPACES},:]{_REST}",
        sentence=True,
        opening=False,
    ),
)

#: The whole policy, in order. Within a stage, a rule is asked of what those before it left.
STAGES = (INLINE, LINES, ENDS)
