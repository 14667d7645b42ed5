"""Writes the file of tables (`dedup.columns.built_tables`). `setup.py` runs this module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from dedup.columns.built_tables import PACKAGE, TABLES_FILE, make_tables, write_tables
from dedup.index import minhash
from dedup.match import dates, lexicon
from dedup.story import languages, rarity, sketch, stems
from dedup.text import boilerplate_marks, characters, codepoints, spelling, tokens, walls

#: The modules that have such tables.
TABLE_MODULES = (
    codepoints,
    tokens,
    characters,
    boilerplate_marks,
    walls,
    spelling,
    minhash,
    dates,
    lexicon,
    languages,
    stems,
    rarity,
    sketch,
)


def build_tables(file: Path) -> None:
    """Work out all tables and write them."""
    tables = make_tables()  # some load what they are made of
    write_tables(file, tables, set(_sources()))


def _sources() -> Iterator[Path]:
    """All that the tables may depend on: the modules that are loaded, and the lists beside them."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == PACKAGE.name and (place := module.__file__):
            if place.endswith(".py"):
                yield Path(place)
            yield from Path(place).parent.glob("*.tsv")


if __name__ == "__main__":
    build_tables(Path(sys.argv[1], TABLES_FILE.name))
