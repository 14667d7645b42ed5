"""Small made-up nights of news, and what a store holds as plain rows; shared by tests of it."""

import json

import duckdb
from hypothesis import strategies as st

from dedup.store.schema import TABLES

#: Columns that tell of the moment or the machine, not of the content.
VOLATILE = {"runs": ("began", "seconds", "inputs", "outputs", "program", "delivered")}

SENTENCES = [
    "Мэр Заозёрска открыл после ремонта старый мост через реку Ладу, движение пустили утром",
    "Строители заменили опоры и покрытие, работы обошлись городу почти в сорок миллионов рублей",
    "Жители правого берега полтора года ездили на работу в объезд через посёлок Каменный Брод",
    "Школьный совет просит вернуть на маршрут автобус, который отменили прошлой осенью",
    "Синоптики обещают к выходным сильный ветер с дождём и похолодание до трёх градусов тепла",
    "Урожай яблок в садах совхоза оказался вдвое больше прошлогоднего, говорят агрономы",
    "Хоккейная команда района проиграла в овертайме и выбыла из розыгрыша областного кубка",
    "Пожар на складе лесопилки тушили шесть расчётов, никто из рабочих не пострадал",
    "Библиотека имени Пришвина получила в подарок собрание старых карт северного края",
    "Врачи поликлиники напоминают, что прививку от гриппа можно сделать и в субботу",
    "На набережной высадили двести лип, ухаживать за ними будут ученики лесного техникума",
    "Суд оштрафовал владельца карьера за сброс глины в ручей выше городского водозабора",
]
SOURCES = ["", "Заря", "Вестник края", "Лада-ТВ"]

_BODIES = st.lists(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=6)
_TIMES = st.one_of(st.just(""), st.integers(0, 9 * 24))


def _time(hour):
    return hour if hour == "" else f"2024-10-{1 + hour // 24:02d}T{hour % 24:02d}:00:00"


@st.composite
def corpora(draw, most=14):
    """Records that share sentences, some in part, and the night of each."""
    bodies = draw(st.lists(_BODIES, min_size=2, max_size=most))
    records, nights = [], []
    for number, body in enumerate(bodies):
        text = [SENTENCES[i] for i in body]
        cut = draw(st.integers(0, 5))
        if cut:
            text[-1] = " ".join(text[-1].split()[: 3 + cut])
        title = draw(st.sampled_from(["", *SENTENCES[:3]]))
        records.append(
            {
                "id": f"n{number:02d}",
                "source": draw(st.sampled_from(SOURCES)),
                "published": _time(draw(_TIMES)),
                "title": title,
                "text": ".\n".join(text),
            }
        )
        nights.append(draw(st.integers(0, 2)))
    return records, nights


def write(path, records):
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return path


def dump(path):
    """Every row of every table, less what tells of the moment."""
    out = {}
    with duckdb.connect(str(path), read_only=True) as db:
        for name in TABLES:
            hidden = VOLATILE.get(name, ())
            except_ = f"EXCLUDE ({', '.join(hidden)})" if hidden else ""
            out[name] = db.execute(f"SELECT * {except_} FROM {name} ORDER BY ALL").fetchall()
    # How often a line or a stem was counted matters, not in how many rows it stands.
    counts = {}
    for key, texts, vouched in out["line_counts"]:
        one = counts.setdefault(key, [0, 0])
        one[0] += texts
        one[1] += vouched
    out["line_counts"] = sorted(counts.items())
    return out
