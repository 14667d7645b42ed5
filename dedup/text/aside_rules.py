"""The rules of what is set aside before comparing: three stages, each an ordered list.

A rule is a name, a trigger and a pattern. The trigger is a cheap necessary condition: a
text without any trigger of a stage is not searched for its rules. Patterns are written in
what RE2 and Python's `re` have in common, and so without `\\w`, `\\b`, `\\s` or `\\d`, which
mean ASCII to the one and Unicode to the other.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One rule. Group `keep`, if the pattern has it, is what stays of the match."""

    name: str
    trigger: str
    pattern: str

    @property
    def left(self) -> str:
        """What stands for a match, as a template."""
        return r"\1 " if "(?P<keep>" in self.pattern else " "


_SPACE = "[ \t\u00a0\u202f\u2009]"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ÿЀ-ӿ]"
_UPPER = "[A-ZА-ЯЁІЇЄҐ]"
_QUOTE = "[\"'«»“”„]"
_EMOJI = (
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\ufe0e\ufe0f\u20e3\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
#: Where a sentence can begin: a line's start, or after the end of another.
_START = f"(?:^|[.!?…]{_QUOTE}?{_SPACE}){_SPACE}*"
#: The rest of a sentence, with its end. A point inside a name (iSport.ua) does not end it.
_REST = f"(?:[^.!?…\n]|[.](?:[^ \t\u00a0\n]))*[.!?…]*{_QUOTE}?"
_MONTH = (
    "(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп"
    "|верес|жовт|листоп|груд|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_YEAR = f"{_SPACE}[0-9]{{4}}(?:{_SPACE}?г[.]|{_SPACE}года)?"
_DATE = f"[0-9]{{1,2}}{_SPACE}{_MONTH}[а-яёіїa-z]*[.]?(?:{_YEAR})?"
_CITY = f"{_UPPER}{_LETTER}+(?:[ -]{_LETTER}+){{0,3}}"
_AGENCY = f"(?:{_UPPER}{_LETTER}*)(?:[ .-]{_UPPER}{_LETTER}*){{0,3}}"
_SIGN = "[-–—/]"

#: Marks and addresses inside a line: what a page or a channel adds to the plain words.
INLINE = (
    # [Подписаться](https://t.me/x) -> Подписаться
    Rule("markdown link", r"\]\(", r"\[(?P<keep>[^\]\n]*)\]\([^)\n]*\)"),
    # (https://www.bbc.com/russian/a)
    Rule(
        "link",
        "://|www[.]|t[.]me/|bit[.]ly/",
        "[(]?(?:[Hh][Tt][Tt][Pp][Ss]?://|www[.]|t[.]me/|bit[.]ly/)[^ \t\n\u00a0]*",
    ),
    # 2020-05-02T10:17:51+03:00
    Rule("timestamp", "[0-9]T[0-9]", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]*(?:[+][0-9:]*|Z)?"),
    # **важно**, __сноска__, `код`, ## Заголовок
    Rule("markup", r"\*\*|__|`|# ", r"\*\*+|__+|`+|^#+ "),
    # #песнипобеды
    Rule("hashtag", "#", f"#(?:{_LETTER}|[0-9_])+"),
    # @channel
    Rule("handle", "@", "@[A-Za-z0-9_]{4,}"),
    # ⚡️ ❗️ 👉
    Rule("emoji", _EMOJI, _EMOJI + "+"),
)

_SUBSCRIBE = (
    "(?:[Пп]одписаться|[Пп]одписывай(?:ся|тесь)|[Пп]одпишись|[Пп]одпишитесь|[Пп]ідпис(?:уйтесь|атися)"
    "|[Пп]рислать новость|[Пп]редложить новость|[Пп]рисоединяйтесь к|[Чч]ита(?:ть|йте) нас"
    "|[Сс]ледите за нами|[Сс]ледите за новостями|[Нн]аш(?:ем)? (?:[Tt]elegram|[Тт]елеграм|[Кк]анал)"
    "|[Ss]ubscribe|[Ff]ollow us|[Jj]oin us)"
)
#: A first sentence of three words at most: a channel's name.
_BRIEF = "(?:[^\n.!?… ]+ )?(?:[^\n.!?… ]+ )?[^\n.!?… ]+[.!…]"
_MORE = (
    "(?:[Чч]итайте|[Чч]итать (?:далее|полностью|также)|[Чч]итай также"
    "|[Сс]мотри(?:те)? (?:также|ещ[её])"
    "|[Дд]ивіться також|[Чч]итайте також|[Пп]одробнее (?:читайте|на сайте|по ссылке|в)|Подробнее:"
    "|[Пп]о теме:|[Rr]ead (?:more|also)|[Ss]ee also|[Rr]elated:)"
)
_CREDIT = (
    "(?:Авторы?|АВТОР|Фото(?:граф|графия)?|ФОТО|Видео|Текст|Источник(?:и|[ \u00a0]фото)?|ИСТОЧНИК"
    "|Источник[ \u00a0]ФОТО|Иллюстрация|Теги|Тэги|Рубрика|Редактор|Корреспондент|Джерело|Автор фото"
    "|Photo|Source|Author|Credit|Image|Tags|By)"
)
_COOKIE = (
    "(?:[Cc]ookies?|COOKIES?|[Кк]уки-файл|пользовательских данных|персонализированную информацию)"
)

#: Whole lines, and sentences, that speak of the site and not of the news.
LINES = (
    # Топор Live. Подписаться
    Rule(
        "subscribe line",
        _SUBSCRIBE,
        f"^(?:{_BRIEF}{_SPACE}*|[^\n.!?…]*[?]{_SPACE}*)?[^\n.!?…]*{_SUBSCRIBE}[^\n]*$",
    ),
    # ... в марте. Подписывайтесь на наш канал!
    Rule("subscribe", _SUBSCRIBE, f"{_START}[^.!?…\n]*{_SUBSCRIBE}{_REST}"),
    # Читайте также: Погода на неделю
    Rule("read more", _MORE, f"{_START}[^.!?…\n]*{_MORE}{_REST}"),
    # Источник: Marca
    Rule(
        "credit",
        f"^{_SPACE}*{_CREDIT}{_SPACE}*[:©–—-]|По материалам|Image caption|Правообладатель",
        f"^{_SPACE}*(?:{_CREDIT}{_SPACE}*[:©–—-][^\n.]*(?:[.][^ \n][^\n.]*)*[.]?$"
        f"|По материалам[^\n]*$)"
        f"|(?:Правообладатель иллюстрации(?: {_UPPER}{_LETTER}*)* )?Image caption",
    ),
    # Сайт использует файлы cookie.
    Rule("cookie notice", _COOKIE, f"{_START}[^.!?…\n]*{_COOKIE}{_REST}"),
    # 11:57, 2 ноября 2018
    Rule(
        "time line",
        f"^{_SPACE}*(?:[Сс]егодня,? )?[0-9]{{1,2}}:[0-9]{{2}}",
        f"^{_SPACE}*(?:[Сс]егодня,? )?[0-9]{{1,2}}:[0-9]{{2}}(?:,?{_SPACE}*{_DATE})?$",
    ),
)

_EARLIER = (
    "(?:Напомним|Напоминаем|Нагадаємо|Ранее|Раніше|Как (?:ранее )?сообщал(?:ось|о|а|и)?"
    "|Как писал[аи]?|Earlier|Previously|As reported earlier)"
)

#: What stands before the news and after it.
ENDS = (
    # МОСКВА, 3 мая. /ТАСС/.   Москва. 2 мая. INTERFAX.RU -   МОСКВА, 3 мая — РИА Новости.
    Rule(
        "dateline",
        _DATE + "[.,]?",
        f"^{_SPACE}*{_CITY}[.,]{_SPACE}*{_DATE}[.,]?{_SPACE}*{_SIGN}*{_SPACE}*(?:{_AGENCY})"
        f"(?:/[.]?|[.]|{_SPACE}*[-–—]+)",
    ),
    # ТАСС, 3 мая.
    Rule(
        "agency dateline",
        _DATE + "[.]",
        f"^{_SPACE}*/?{_UPPER}{_UPPER}+(?:[ .]{_UPPER}{_LETTER}+)?/?,{_SPACE}*{_DATE}[.]",
    ),
    # Ранее сообщалось, что ...
    Rule("earlier", _EARLIER, f"{_START}{_EARLIER}[ ,:]{_REST}"),
)

#: The whole policy, in order; a stage is looked at only if one of its triggers is there.
STAGES = (INLINE, LINES, ENDS)
