"""A folder of inputs may hold files with the names of modules: none of them runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Loaded by Python itself before a program of `python -m` begins.
EARLY = {
    *("_typing", "__main__", "__future__", "typing", "contextlib"),
    *("runpy", "pkgutil", "importlib"),
}


def planted(folder: Path) -> Path:
    """A folder with enough news for worker processes, and a module of every name there is."""
    names = {*sys.stdlib_module_names, "numpy", "pyarrow", "duckdb", "msgspec", "razdel", "typer"}
    for name in sorted(names - EARLY - set(sys.builtin_module_names)):
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'a').write({name!r})\n")
    (folder / "dedup").mkdir()
    (folder / "dedup" / "__init__.py").write_text(f"open({str(folder / 'ran')!r}, 'a')\n")
    (folder / "news").mkdir()
    for number in range(12):
        text = f"The council of town number {number} opened its new bridge over the river today."
        record = {"id": str(number), "text": text}
        (folder / "news" / f"{number}.jsonl").write_text(json.dumps(record) + "\n")
    return folder


@pytest.mark.parametrize("where", ["", "."])
def test_no_module_of_the_current_folder_runs(tmp_path: Path, where: str) -> None:
    folder = planted(tmp_path)
    script = "import sys; from dedup.cli import main; sys.argv[0] = 'dedup'; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, "report", "news", "--workers", "2", "--quiet"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""} if where else dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists(), (folder / "ran").read_text()


def test_worker_processes_load_this_package_and_no_other(tmp_path: Path) -> None:
    folder = planted(tmp_path)
    script = (
        "import sys, os\n"
        "from dedup.system.parallel import in_processes\n"
        "sys.path.insert(0, '')\n"
        "sys.path.insert(0, os.getcwd())\n"
        "assert list(in_processes(abs, range(-20, 0), 2)) == list(range(20, 0, -1))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists(), (folder / "ran").read_text()


def test_the_module_way_imports_nothing_from_the_current_folder(tmp_path: Path) -> None:
    folder = planted(tmp_path)
    (folder / "dedup" / "__init__.py").unlink()
    (folder / "dedup").rmdir()
    done = subprocess.run(
        [sys.executable, "-m", "dedup", "report", "news", "--workers", "2", "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists(), (folder / "ran").read_text()


def test_a_command_does_not_load_pandas(tmp_path: Path) -> None:
    folder = planted(tmp_path)
    other = tmp_path / "installed"
    (other / "pandas").mkdir(parents=True)
    (other / "pandas" / "__init__.py").write_text(f"open({str(folder / 'ran')!r}, 'a')\n")
    script = (
        f"import sys; sys.path.insert(0, {str(other)!r})\n"
        "from dedup.cli import main; sys.argv[0] = 'dedup'; main()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, "report", "news", "--workers", "2", "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists()


def test_pandas_can_be_admitted_again() -> None:
    script = (
        "import sys\n"
        "from dedup.system.imports import admit_pandas, leave_out_pandas\n"
        "sys.modules.pop('pandas', None)\n"
        "leave_out_pandas()\n"
        "try:\n"
        "    import pandas\n"
        "    raise SystemExit('it was imported')\n"
        "except ModuleNotFoundError:\n"
        "    before = len(sys.meta_path)\n"
        "admit_pandas()\n"
        "assert len(sys.meta_path) == before - 1\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
