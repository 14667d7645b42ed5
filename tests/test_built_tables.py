"""Tables from a file are those that are worked out; a file that is of other sources gives none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dedup.columns import built_tables
from dedup.columns.built_tables import TABLES_FILE, make_tables, read_tables
from dedup.pipeline.build_tables import TABLE_MODULES, build_tables


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tables") / "tables.bin"
    build_tables(file)
    return file


def same_tables(stored: dict, computed: dict) -> None:
    assert stored.keys() == computed.keys()
    for name, arrays in computed.items():
        for one, other in zip(stored[name], arrays, strict=True):
            assert (one.dtype, one.shape) == (other.dtype, other.shape), name
            assert one.tobytes() == other.tobytes(), name


def test_what_is_read_is_what_was_worked_out(built: Path) -> None:
    same_tables(read_tables(built), make_tables())


def test_the_installed_file_holds_what_is_worked_out() -> None:
    stored = read_tables(TABLES_FILE)
    if not stored:
        pytest.skip("the tables were not built, or their sources have changed since")
    same_tables(stored, make_tables())


def test_every_module_with_tables_is_listed() -> None:
    package = built_tables.PACKAGE
    with_tables = {
        f"dedup.{'.'.join(path.relative_to(package).with_suffix('').parts)}"
        for path in package.rglob("*.py")
        if "\n@built_table(" in path.read_text("utf-8")
    }
    assert with_tables == {module.__name__ for module in TABLE_MODULES}


def test_a_restored_table_is_of_the_kind_that_its_maker_gives(built: Path) -> None:
    stored = read_tables(built)
    for name, (make, restore) in built_tables.makers.items():
        restored, made = restore(stored[name]), make()
        assert type(restored) is type(made)
        assert len(restored) == len(made)


def test_arrays_of_a_file_can_be_written_to_and_keep_the_file(built: Path) -> None:
    before = built.read_bytes()
    array = next(iter(read_tables(built).values()))[0]
    array[:1] = array[:1] + np.ones(1, array.dtype)
    assert built.read_bytes() == before


def test_a_file_of_other_sources_gives_nothing(built: Path, tmp_path: Path) -> None:
    line, _, rest = built.read_bytes().partition(b"\n")
    head = json.loads(line)
    for change in ({"digest": "0" * 32}, {"sources": ["removed_since.py"]}, {"sources": []}):
        other = tmp_path / "tables.bin"
        other.write_bytes(json.dumps(head | change).encode() + b"\n" + rest)
        assert read_tables(other) == {}
    assert read_tables(tmp_path / "none.bin") == {}


def test_after_a_change_of_a_source_tables_are_worked_out(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = json.loads(built.read_bytes().partition(b"\n")[0])
    for name in head["sources"]:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((built_tables.PACKAGE / name).read_bytes())
    monkeypatch.setattr(built_tables, "PACKAGE", tmp_path)
    assert read_tables(built)
    source = tmp_path / "text" / "lang" / "ru.py"
    source.write_text(source.read_text("utf-8") + "\n", "utf-8")
    assert read_tables(built) == {}


def test_sources_of_tables_name_languages_characters_and_counts(built: Path) -> None:
    sources = json.loads(built.read_bytes().partition(b"\n")[0])["sources"]
    assert {"text/lang/ru.py", "text/characters.py", "story/stems_ru.tsv"} <= set(sources)


def test_a_command_that_finds_its_tables_does_not_load_what_they_are_made_of() -> None:
    if not read_tables(TABLES_FILE):
        pytest.skip("the tables were not built, or their sources have changed since")
    script = (
        "import sys\n"
        "import dedup\n"
        "dedup.signatures(['The council opened the new bridge over the river today.'])\n"
        "assert 'razdel' not in sys.modules\n"
        # PyArrow loads pandas where it is installed, and that loads it, too.
        "assert 'numpy.random' not in sys.modules or 'pandas' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
