"""The grammar of a photo credit: which words go on with it, and which begin the sentence behind it.

A credit names holders, one behind another. A person is two names, an office is a noun with its
genitives, a site is an address; none holds a verb. A capitalised word that elsewhere is written
small (`openers`) begins a sentence.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_TOKEN = re.compile(
    r"(?P<quoted>[«\"“„][^«»\"“”„\n]{1,60}[»\"”“])"
    r"|(?P<site>@\w+|(?:https?://)?[\w-]+(?:\.[\w-]+)*\.(?:[A-Za-z]{2,6}|рф)\b(?:/[^\s,]*)?)"
    r"|(?P<number>№?\s?\d[\d.,:%-]*)"
    r"|(?P<initial>[^\W\d_]\.(?:-?[^\W\d_]\.)*)"
    r"|(?P<word>[^\W\d_]+(?:[-’'][^\W\d_]+)*)"
    r"|(?P<sign>\S)"
)


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_AGENCY = re.compile(
    r"\s{0,3}(?:РИА\s+[«\"“]?Новости[»\"”]?|РИА(?!\s*[«\"“])|ТАСС|ИТАР-ТАСС|ИА\s+(?=[«\"])|Интерфакс|Коммерсантъ?|Известия"
    r"|РБК|Спутник|Ведомости|Комсомольская правда|КП|Российская газета|Парламентская газета"
    r"|Global Look Press|Legion-Media|Getty Images|Shutterstock|Reuters|Unsplash|Pixabay|Freepik"
    r"|Яндекс(?:\.\w+)?|ВКонтакте|Википедия|Wikimedia Commons|Wikipedia|Telegram|Телеграм)"
    r"(?![\w.])",
    re.I,
)
_VERB = re.compile(
    r"(?:[аеиоуыя]л[аио]?|л(?:ся|ась|ось|ись)|[аеуя]ет|ёт|ит|[уюая]т|тся|ться|[аяи]ть|[аяеё]н[аоы]|крыт[аоы]?)$"
)
_NO_VERB = re.compile(
    r"канал|портал|журнал|материал|персонал|филиал|генерал|вокзал|отдел|раздел|предел|^дел|^сел"
    r"|недел|школ|бол[а]?$|протокол|посол|углов|депутат|результат|солдат|плакат|комбинат|сенат"
    r"|аппарат|штат|формат|институт|маршрут|салют|кредит|печать|^предостав|^сделал|^прислал|академ"
)
_NOMINATIVE = re.compile(r"(?:ый|ий|ая|яя|ое|ее|ые|ие|[^аяиыуюеоьй])$")
_ADJECTIVE = re.compile(r"(?:ого|его|ой|ей|их|ых)$")
_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|овна|евна|ична)$")
#: Offices a person holds: their genitive phrase takes two names (губернатора Павла Малкова).
_PERSONAL = re.compile(
    r"(?:губернатор|мэр|глав|депутат|геро|семь|архив|президент|министр|автор|соцсет|канал|страниц"
    r"|аккаунт)\w*$"
)
#: Offices written as one word: Минздрава, Росгвардии, Горздрава.
_SHORT_OFFICE = re.compile(r"(?:Мин|Рос|Гор|Обл)[а-яё]{4,}$")
_OFFICES = _words(
    "пресс-служба пресс-центр пресс-бюро администрация министерство минздрав правительство мэрия"
    " управление департамент комитет прокуратура главк дума архив сайт телеканал канал газета"
    " портал издание журнал музей театр фонд центр институт университет полиция росгвардия"
)
#: Small words that carry an office's phrase on behind a name.
_CARRY = _words("по и в при на области края района города округа республики имени для")
#: Openers beyond the counted list: who and what regional news begins with.
_MORE_OPENERS = _words(
    "начальник жители житель жительница губернатор глава мэр полицейские прокуратура врачи"
    " сотрудник сотрудники сотрудница специалисты пожарные пожарный спасатели спасатель власти"
    " депутаты депутат суд следователи водители водитель пассажиры пассажир школьники студенты"
    " студент учёные ученые синоптики мужчина женщина пенсионер пенсионерка президент премьер"
    " министр генсек госсекретарь заместитель врио рабочие строители дорожники энергетики"
    " коммунальщики библиотека музей театр школа больница завод фермеры аграрии волонтёры"
    " волонтеры подросток подростки автобус автобусы поезд движение ремонт движение работы"
    " открытие праздник фестиваль выставка конкурс турнир под ещё еще этим этой этого"
)
_LONGEST_CREDIT = 20  # tokens, signs too; the longest seen, of two offices, has thirteen


@cache
def openers() -> frozenset[str]:
    """Words that, capitalised, open a sentence: elsewhere they are written small.

    Counted by `benchmarks/build/count_openers.py`; the file's head says from what and when.
    """
    lines = Path(__file__).with_name("openers.tsv").read_text("utf-8").splitlines()
    counted = {line.split("\t")[0] for line in lines if line and not line.startswith("#")}
    return frozenset(counted | _MORE_OPENERS)


def looks_like_verb(word: str) -> bool:
    """Does a small word look like a finite verb or an infinitive?"""
    return (
        len(word) > 3 and word.islower() and bool(_VERB.search(word)) and not _NO_VERB.search(word)
    )


def _is_opener(word: str) -> bool:
    return (
        word[0].isupper() and (len(word) == 1 or not word.isupper()) and word.lower() in openers()
    )


def _is_abbreviation(word: str) -> bool:
    return len(word) > 1 and word.isupper()


class _Holder:
    """One holder of the picture as far as read: what it is, and may it take another word?"""

    def __init__(self) -> None:
        self.kind = ""  # name, office, latin
        self.words: list[str] = []
        self.complete = False
        self.names = 0  # capitalised names taken


def credit_end(text: str, start: int) -> int | None:
    """Where the credit that begins at `start` ends; None if there is no credit there."""
    holder = _Holder()
    end = start
    taken = 0
    position = start
    for _ in range(_LONGEST_CREDIT):
        agency = None if holder.words else _AGENCY.match(text, position)
        token = agency or _TOKEN.search(text, position)
        if token is None:
            return len(text) if taken else None
        word = token.group().lstrip()
        gap = text[position : token.end() - len(word)]
        if taken and (gap.count(" ") > 1 or "\n" in gap):
            return end
        if agency:
            holder.words, holder.complete, holder.kind = [word], True, "name"
            taken, end, position = taken + 1, token.end(), token.end()
            continue
        kind = token.lastgroup
        if kind == "sign":
            if word == ".":
                return token.end() if taken else None
            if word == "(":
                closing = text.find(")", token.end(), token.end() + 60)
                if closing < 0:
                    return end if taken else None
                position = end = closing + 1
                continue
            if word not in "/|,;©&+-–—":
                return end if taken and holder.complete else None
            if not taken and word != "©":
                return None
            holder = _Holder()
            position = token.end()
            if word not in ",-–—":  # a comma or dash counts only if a holder follows it
                end = token.end()
            continue
        verdict = _take(holder, kind or "", word, _following(text, token.end()), taken)
        if verdict == "no credit":
            return None
        if verdict == "end":
            return end if taken else None
        taken, end, position = taken + 1, token.end(), token.end()
    return None  # too long for a credit


def _following(text: str, position: int) -> str:
    """The next word, "" if there is none or a sign or wide gap stands before it."""
    token = _TOKEN.search(text, position)
    if token is None or token.lastgroup != "word" or token.start() - position > 1:
        return ""
    return token.group()


def _take(holder: _Holder, kind: str, word: str, following: str, taken: int) -> str:
    """Does the credit go on with this token? `take`, `end` before it, or `no credit`."""
    if kind == "quoted":
        if holder.complete or holder.kind == "latin":
            return "end"
        holder.complete = True
    elif kind == "site":
        if holder.complete:
            return "end"
        holder.complete = True
    elif kind == "number":
        if word.startswith("№"):
            return "take" if holder.words else "no credit"
        return "end" if taken else "no credit"
    elif kind == "initial":
        if holder.complete:
            return "end"
        holder.kind = holder.kind or ("latin" if word[0] < "А" else "name")
    elif word[0].islower():
        return _take_small(holder, word)
    else:
        return _take_capital(holder, word, following)
    holder.words.append(word)
    return "take"


def _take_small(holder: _Holder, word: str) -> str:
    if looks_like_verb(word):
        return "no credit"
    if word == "и" and holder.words and holder.complete:
        holder.__init__()  # type: ignore[misc]
        return "take"
    if holder.complete and word not in ("для", "специально", "из", "с", "по"):
        return "no credit"
    holder.complete = False
    holder.kind = "office"
    holder.words.append(word)
    return "take"


def _take_capital(holder: _Holder, word: str, following: str) -> str:
    small = word.lower()
    next_small = following[:1].islower()
    if holder.complete:
        return "end"
    if not holder.words:
        is_office = small in _OFFICES or _is_abbreviation(word)
        if _is_opener(word) and not is_office and (next_small or len(word) < 3):
            return "end"
        if word.isascii():
            holder.kind = "latin"
        else:
            holder.kind = "office" if is_office or holder.kind == "office" else "name"
            holder.names = 0 if is_office else 1
        holder.words.append(word)
        return "take"
    if _is_opener(word) or (next_small and looks_like_verb(following)):
        return "end"
    if holder.kind == "latin":
        return _append(holder, word) if word.isascii() else "end"
    if holder.kind == "name":
        if next_small and following not in ("и", "для"):
            return "end"  # `Петров Директор школы`: one name, then the sentence
        holder.names += 1
        holder.complete = not _PATRONYMIC.search(small)
        return _append(holder, word)
    return _take_in_office(holder, word, following)


def _take_in_office(holder: _Holder, word: str, following: str) -> str:
    """`пресс-служба губернатора` + `Рязанской` (области): its genitives, not the next subject."""
    small = word.lower()
    next_small = following[:1].islower()
    if _is_abbreviation(word) or word.isascii():
        return "end" if holder.names else _append(holder, word)
    if _ADJECTIVE.search(small) and next_small:
        holder.names += 1  # Рязанской области
        return _append(holder, word)
    if holder.names and not (holder.names == 1 and _takes_second_name(holder.words)):
        return "end"
    if _NOMINATIVE.search(small) or (next_small and following not in _CARRY):
        return "end"
    holder.names += 1
    return _append(holder, word)


def _takes_second_name(words: list[str]) -> bool:
    """`губернатора Павла` + `Малкова`, `Минздрава` + `Ленобласти`, `Каменного` + `Яра`.

    Not `мэрии Москвы` + `Врачи`.
    """
    return not words[-1].islower() and bool(
        _PERSONAL.search(words[-2])
        or _SHORT_OFFICE.match(words[-1])
        or _ADJECTIVE.search(words[-1])
    )


def _append(holder: _Holder, word: str) -> str:
    holder.words.append(word)
    return "take"
