r"""The rules of what is set aside before comparing: three stages, each an ordered list.

A rule is a name, marks and a pattern. Each match of the pattern holds one of the marks, and no
line feed: a line without any mark of a rule is not searched for it. Patterns are written in what
Python's `re` and RE2 have in common, and so without `\w`, `\b`, `\s` or `\d`, which mean
Unicode to the one and ASCII to the other.
"""

from __future__ import annotations

from typing import NamedTuple


def _within(words: str, initials: str) -> str:
    """A sentence up to and with one of the words; these are tried at their initials only."""
    others = f"[^.!?…\n{initials}]*"
    return f"{others}(?:[{initials}]{others})*?{words}"


class BoilerplateRule(NamedTuple):
    """One rule. Group `keep`, if the pattern has it, is what stays of the match."""

    name: str
    marks: tuple[str | bytes, ...]
    pattern: str
    #: Does the match begin where a sentence does? What ends the one before goes with it.
    sentence: bool = False

    @property
    def whole(self) -> str:
        """The pattern with the sentence's beginning."""
        return f"(?:^|{END})(?:{self.pattern})" if self.sentence else self.pattern

    @property
    def left(self) -> str:
        """What stands for a match, as a template."""
        return r"\1 " if "(?P<keep>" in self.pattern else " "


_SPACES = " \t\u00a0\u202f\u2009"
_SPACE = f"[{_SPACES}]"
_DIGITS = "0123456789"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ÿЀ-ӿ]"
_UPPER = "[A-ZА-ЯЁІЇЄҐ]"
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
_MONTHS = (
    *("янв", "фев", "мар", "апр", "май", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    *("січ", "лют", "берез", "квіт", "трав", "черв", "лип", "серп", "верес", "жовт", "листоп"),
    *("груд", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
)
_YEAR = f"{_SPACE}[0-9]{{4}}(?:{_SPACE}?г[.]|{_SPACE}года)?"
_DATE = f"[0-9]{{1,2}}{_SPACE}(?:{'|'.join(_MONTHS)})[а-яёіїa-z]*[.]?(?:{_YEAR})?"
_DATES = tuple(
    f"{digit}{space}{month}" for digit in _DIGITS for space in _SPACES for month in _MONTHS
)
_CITY = f"{_UPPER}{_LETTER}+(?:[ -]{_LETTER}+){{0,3}}"
_AGENCY = f"(?:{_UPPER}{_LETTER}*)(?:[ .-]{_UPPER}{_LETTER}*){{0,3}}"
_SIGN = "[-–—/]"

#: Marks and addresses inside a line: what a page or a channel adds to the plain words.
INLINE = (
    # [Подписаться](https://t.me/x) -> Подписаться
    BoilerplateRule("markdown link", ("](",), r"\[(?P<keep>[^\[\]\n]*)\]\([^)\n]*\)"),
    # (https://www.bbc.com/russian/a)
    BoilerplateRule(
        "link",
        ("://", "www.", "t.me/", "bit.ly/"),
        "[(]?(?:[Hh][Tt][Tt][Pp][Ss]?://|www[.]|t[.]me/|bit[.]ly/)[^ \t\n\u00a0]*",
    ),
    # 2020-05-02T10:17:51+03:00
    BoilerplateRule(
        "timestamp",
        tuple(f"{digit}T" for digit in _DIGITS),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]*(?:[+][0-9:]*|Z)?",
    ),
    # **важно**, __сноска__, `код`, ## Заголовок
    BoilerplateRule("markup", ("**", "__", "`", "# "), r"\*\*+|__+|`+|^#+ "),
    # #песнипобеды
    BoilerplateRule("hashtag", ("#",), f"#(?:{_LETTER}|[0-9_])+"),
    # @channel
    BoilerplateRule("handle", ("@",), "@[A-Za-z0-9_]{4,}"),
    # ⚡️ ❗️ 👉
    BoilerplateRule("emoji", _EMOJI_MARKS, _EMOJI + "+"),
)

_SUBSCRIBE = (
    "(?:[Пп](?:одпи(?:саться|сывай(?:ся|тесь)|шись|шитесь)|ідпис(?:уйтесь|атися)"
    "|р(?:ислать|едложить) новость|рисоединяйтесь к)|[Чч]ита(?:ть|йте) нас"
    "|[Сс]ледите за н(?:ами|овостями)|[Нн]аш(?:ем)? (?:[Tt]elegram|[Тт]елеграм|[Кк]анал)"
    "|[Ss]ubscribe|[Ff]ollow us|[Jj]oin us)"
)
_SUBSCRIBE_MARKS = (
    *("одписаться", "одписывай", "одпишись", "одпишитесь", "ідписуйтесь", "ідписатися"),
    *("рислать новость", "редложить новость", "рисоединяйтесь к", "итать нас", "итайте нас"),
    *("ледите за нами", "ледите за новостями", "ubscribe", "ollow us", "oin us"),
    *("аш канал", "аш Канал", "ашем канал", "ашем Канал"),
    *("аш Telegram", "аш telegram", "ашем Telegram", "ашем telegram"),
    *("аш Телеграм", "аш телеграм", "ашем Телеграм", "ашем телеграм"),
)
#: A first sentence of three words at most: a channel's name.
_BRIEF = "(?:[^\n.!?… ]+ )?(?:[^\n.!?… ]+ )?[^\n.!?… ]+[.!…]"
_MORE = (
    "(?:[Чч]ита(?:йте|ть (?:далее|полностью|также)|й также)"
    "|[Сс]мотри(?:те)? (?:также|ещ[её])|[Дд]ивіться також"
    "|[Пп]о(?:дробнее (?:читайте|на сайте|по ссылке|в)| теме:)|Подробнее:"
    "|[Rr]e(?:ad (?:more|also)|lated:)|[Ss]ee also)"
)
_MORE_MARKS = (
    *("итайте", "итать далее", "итать полностью", "итать также", "итай также"),
    *("мотри также", "мотрите также", "мотри ещ", "мотрите ещ", "ивіться також"),
    *("одробнее на сайте", "одробнее по ссылке", "одробнее в", "Подробнее:", "о теме:"),
    *("ead more", "ead also", "ee also", "elated:"),
)
_CREDIT = (
    "(?:Авторы?|АВТОР|Фото(?:граф|графия)?|ФОТО|Видео|Текст|Источник(?:и|[ \u00a0]фото)?|ИСТОЧНИК"
    "|Источник[ \u00a0]ФОТО|Иллюстрация|Теги|Тэги|Рубрика|Редактор|Корреспондент|Джерело|Автор фото"
    "|Photo|Source|Author|Credit|Image|Tags|By)"
)
_CREDIT_MARKS = (
    *("Автор", "АВТОР", "Фото", "ФОТО", "Видео", "Текст", "Источник", "ИСТОЧНИК", "Иллюстрация"),
    *("Теги", "Тэги", "Рубрика", "Редактор", "Корреспондент", "Джерело", "По материалам"),
    *("Photo", "Source", "Author", "Credit", "Image", "Tags", "By"),
)
_COOKIE = (
    "(?:[Cc]ookies?|COOKIES?|[Кк]уки-файл|пользовательских данных|персонализированную информацию)"
)

_COOKIE_MARKS = (
    *("ookie", "COOKIE", "уки-файл", "пользовательских данных", "персонализированную информацию"),
)

#: Whole lines, and sentences, that speak of the site and not of the news.
LINES = (
    # Топор Live. Подписаться
    BoilerplateRule(
        "subscribe line",
        _SUBSCRIBE_MARKS,
        f"^{_SPACE}*(?:{_BRIEF}|[^\n.!?…]*[?])?"
        + _within(_SUBSCRIBE, "ПпЧчСсНнSsFfJj")
        + "[^\n]*$",
    ),
    # ... в марте. Подписывайтесь на наш канал!
    BoilerplateRule(
        "subscribe", _SUBSCRIBE_MARKS, _within(_SUBSCRIBE, "ПпЧчСсНнSsFfJj") + _REST, sentence=True
    ),
    # Читайте также: Погода на неделю
    BoilerplateRule(
        "read more", _MORE_MARKS, _within(_MORE, "ЧчСсДдПпRrSs") + _REST, sentence=True
    ),
    # Источник: Marca
    BoilerplateRule(
        "credit",
        _CREDIT_MARKS,
        f"^{_SPACE}*(?:{_CREDIT}{_SPACE}*[:©–—-][^\n.]*(?:[.][^ \n][^\n.]*)*[.]?$"
        f"|По материалам[^\n]*$)",
    ),
    # Правообладатель иллюстрации Reuters Image caption
    BoilerplateRule(
        "caption credit",
        ("Image caption",),
        f"(?:Правообладатель иллюстрации(?: {_UPPER}{_LETTER}*)* )?Image caption",
    ),
    # Сайт использует файлы cookie.
    BoilerplateRule(
        "cookie notice", _COOKIE_MARKS, _within(_COOKIE, "CcКкПп") + _REST, sentence=True
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

_EARLIER = (
    "(?:Напомним|Напоминаем|Нагадаємо|Ранее|Раніше|Как (?:ранее )?сообщал(?:ось|о|а|и)?"
    "|Как писал[аи]?|Earlier|Previously|As reported earlier)"
)

_EARLIER_MARKS = (
    *("Напомним", "Напоминаем", "Нагадаємо", "Ранее", "Раніше", "Как ранее сообщал", "Как сообщал"),
    *("Как писал", "Earlier", "Previously", "As reported earlier"),
)

#: What stands before the news and after it.
ENDS = (
    # МОСКВА, 3 мая. /ТАСС/.   Москва. 2 мая. INTERFAX.RU -   МОСКВА, 3 мая — РИА Новости.
    BoilerplateRule(
        "dateline",
        _DATES,
        f"^{_SPACE}*{_CITY}[.,]{_SPACE}*{_DATE}[.,]?{_SPACE}*{_SIGN}*{_SPACE}*(?:{_AGENCY})"
        f"(?:/[.]?|[.]|{_SPACE}*[-–—]+)",
    ),
    # ТАСС, 3 мая.
    BoilerplateRule(
        "agency dateline",
        _DATES,
        f"^{_SPACE}*/?{_UPPER}{_UPPER}+(?:[ .]{_UPPER}{_LETTER}+)?/?,{_SPACE}*{_DATE}[.]",
    ),
    # Ранее сообщалось, что ...
    BoilerplateRule("earlier", _EARLIER_MARKS, f"{_SPACE}*{_EARLIER}[ ,:]{_REST}", sentence=True),
)

#: The whole policy, in order. Within a stage, a rule is asked of what those before it left.
STAGES = (INLINE, LINES, ENDS)
