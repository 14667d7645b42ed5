"""The synthetic language of the generated stories: words, names, numbers and sentence templates.

Everything is invented here from syllables and endings; only function words and the formulae that
press services use (worded by us) are real Russian. Word ranks follow Zipf's law, so that a few
words are everywhere and most are rare, as in news.
"""
# ruff: noqa: SIM905  # word lists are read as words, not as lists of quoted strings

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.columns.types import Int32Array, Int64Array, ObjectArray

ONSETS = (
    "б в г д ж з к л м н п р с т ф х ц ч ш "
    "бл бр вл вр гл гр др зв кл кр пл пр сл см сн ст стр тр хр"
).split()
SIMPLE = 19  # so many onsets are one consonant
VOWELS = "а е и о у я ю ы".split()
CODAS = "й к л м н р с т в д з рт ст нт льн".split()

ENDINGS = {
    "N": "а у ы ой е ом ов ам ами ах ие ия ию ием ость остью ник ника ников ство ства".split(),
    "A": "ый ого ому ым ая ой ую ое ые ых ыми ский ского ском ские ских ным ной".split(),
    "V": "ет ит ал ала али ил ила или ут ят ется ился илась ились ать ить ает ывает".split(),
    "D": "о но но ски ально ее енно мо ком".split(),
    "E": "ов ова ову овым ин ина ину ск ска ске град града енко ян ева еву".split(),
}
SIZES = {"N": 90_000, "A": 45_000, "V": 40_000, "D": 5_000, "E": 40_000}
FUNCTION_WORDS = (
    "и в на не что с по для из к о от до за при как это также уже был была были будет может после "
    "его ее их который которая которые где когда если чтобы между через более около под над без об "
    "этом сообщает сообщили рассказали отметили пояснили лет года году млн тыс процентов рублей "
    "человек января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()

# Slots: N A V D word classes, E one of the story's own names, # a number, Q a quoted name.
# Commas, dashes and literals stand for themselves. At most two literals run together, so that a
# shared template alone gives no shared 3-gram.
TEMPLATES = """
A N V в N , где N V A N
N V N A N и V N на N
в N V A N , который V D N
E V , что N V N по N
# N V в E после N
A N E V N для N и N
как V E , A N V N
N в E D V N , а N V
на N V # N , из N V N
после N N V A N E
E и E V N о N A N
N V к N # рублей , когда N V
при N A N V D , чтобы N V N
Q V A N в N E
N Q V N для A N
за # лет N V N A N
A A N V N , но D V N
из N V N , также V A N
N , A N и N V через # N
если N V N , E V A N
до N # N V N без N
V N A N , V E
A N V N под N – N D V
около # N V в A N
между N и N V A N N
N E V N с N
с # N V A N по A N
E V : N V N N
""".strip().splitlines()

# Formulae: (share of sentences among formulae, text). Worded by us after the manner of the trade.
FORMULAE = """
об этом сообщает пресс-служба E
об этом рассказали в пресс-службе E
как сообщили в региональном правительстве N V
по предварительным данным никто не пострадал
подробности происшествия сейчас выясняют специалисты
по данному факту проводится проверка
ранее мы писали о том , что N V
напомним , прежде N V в E
о других событиях недели читайте в нашей ленте
возбуждено уголовное дело , расследование продолжается
на место выезжали сотрудники экстренных служб
причины случившегося устанавливает особая комиссия
соответствующий документ уже подписал глава E
решение вступит в силу после # дней
такие данные приводит ведомство на своей странице
прогноз на ближайшие сутки публикует метеостанция E
работы планируют завершить до конца года
средства на это заложены в областном бюджете
за последние сутки показатель вырос на # процентов
фото и видео с места событий прислали читатели
движение на этом участке временно ограничено
все новости E смотрите в разделе N
эту информацию подтвердил источник в ведомстве
жителей просят сохранять спокойствие и N
""".strip().splitlines()

NUMBERS = 6_000
TABLE_BITS = 21


def _cumulative_table(size: int, shift: float, bits: int) -> Int32Array:
    """Ranks by Zipf's law p ~ 1 / (rank + shift), as a table of 2^bits equally likely entries."""
    p = 1.0 / (np.arange(size) + shift)
    edges = np.cumsum(p / p.sum())
    draws = (np.arange(1 << bits) + 0.5) / (1 << bits)
    return np.minimum(np.searchsorted(edges, draws), size - 1).astype(np.int32)


@dataclass(frozen=True)
class Language:
    """Tokens as bytes with their leading space, and what the templates need to choose them.

    rendered: object array; rendered[token] is the UTF-8 of a token, JSON-escaped.
    word: int32 array; word[token] is the token's word irrespective of case and quotes, -1 for
    punctuation. `words` words come first among tokens (lower case), then as many capitalised.
    """

    rendered: ObjectArray
    word: Int32Array
    words: int
    quoted: int  # first token of the quoted names
    comma: int
    stop: int
    line: int
    first: dict[str, int]  # first word of each class
    tables: dict[str, Int32Array]
    slots: Int32Array  # of all templates: a token, or -1 - index into CLASSES
    starts: Int64Array
    plain: int  # so many templates are ordinary, the rest are formulae


CLASSES = "NAVDE#Q"


def _stems(rng: np.random.Generator, count: int) -> list[str]:
    """Pronounceable stems of one to three syllables, short ones first as in language."""
    seen: dict[str, None] = {}
    while len(seen) < count:
        place = len(seen) / count
        syllables = 1 + (place > 0.02) + (place > 0.2 and rng.random() < 0.2)
        parts = []
        for _ in range(syllables):
            onsets = ONSETS if rng.random() < 0.3 else ONSETS[:SIMPLE]
            parts.append(onsets[int(rng.integers(len(onsets)))])
            parts.append(VOWELS[int(rng.integers(len(VOWELS)))])
        coda = CODAS[int(rng.integers(len(CODAS)))] if rng.random() < 0.6 else ""
        seen["".join(parts) + coda] = None
    return list(seen)


def build(seed: int = 20_240_501) -> Language:
    """Build the language (about 260 thousand word forms, two seconds); the same seed, the same."""
    rng = np.random.default_rng(seed)
    words: dict[str, int] = {}
    literals = [w for line in TEMPLATES + FORMULAE for w in line.split()]
    for text in FUNCTION_WORDS + [w for w in literals if w not in CLASSES and w[0].isalpha()]:
        words.setdefault(text, len(words))
    first: dict[str, int] = {}
    for name, size in SIZES.items():
        first[name] = len(words)
        endings = ENDINGS[name]
        stems = _stems(rng, size // len(endings) * 2)
        target = first[name] + size
        turn = 0
        while len(words) < target:
            for i, stem in enumerate(stems):
                if len(words) == target:
                    break
                words.setdefault(stem + endings[(i + turn) % len(endings)], len(words))
            turn += 1
    first["#"] = len(words)
    for number in range(NUMBERS):
        # one number in six has a decimal comma, as rates and shares have
        text = f"{number // 10},{number % 10}" if number % 6 == 5 else str(number + 1)
        words.setdefault(text, len(words))
    first["end"] = len(words)
    lower = list(words)
    count = len(lower)
    upper = [w[:1].upper() + w[1:] for w in lower]
    quoted = [f" «{w[:1].upper()}{w[1:]}»" for w in lower[first["E"] : first["#"]]]
    marks = [",", ".", "\\n", " –", ":"]
    texts = [" " + w for w in lower] + [" " + w for w in upper] + quoted + marks
    rendered = np.empty(len(texts), dtype=object)
    rendered[:] = [t.encode() for t in texts]
    same = np.arange(count, dtype=np.int32)
    word = np.concatenate([same, same, same[first["E"] : first["#"]], np.full(len(marks), -1)])
    comma = 2 * count + len(quoted)
    slots: list[int] = []
    starts = [0]
    for line in TEMPLATES + FORMULAE:
        for slot in line.split():
            if slot in CLASSES:
                slots.append(-1 - CLASSES.index(slot))
            elif slot in ",–:":
                slots.append(comma + {",": 0, "–": 3, ":": 4}[slot])
            else:
                slots.append(words[slot])
        slots.append(comma + 1)
        starts.append(len(slots))
    sizes = {name: SIZES.get(name, 0) for name in SIZES} | {"#": first["end"] - first["#"]}
    tables = {
        name: first[name] + _cumulative_table(size, 60.0 if name == "#" else 12.0, TABLE_BITS)
        for name, size in sizes.items()
    }
    return Language(
        rendered=rendered,
        word=word.astype(np.int32),
        words=count,
        quoted=2 * count,
        comma=comma,
        stop=comma + 1,
        line=comma + 2,
        first=first,
        tables=tables,
        slots=np.array(slots, dtype=np.int32),
        starts=np.array(starts, dtype=np.int64),
        plain=len(TEMPLATES),
    )
