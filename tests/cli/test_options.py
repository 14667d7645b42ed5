"""The command line's options: messages, help of every command, formats by suffix, times."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

import pytest
import typer
from log_lines import without_time
from repository import CORPUS

from dedup.cli import checks, options, values
from dedup.cli.app import COMMANDS, build_app
from dedup.cli.groups import GroupedHelp, UsageError

#: Words that no help text may have: nobody can know what they mean.
RIDDLES = ("whole or not", "may go", "goes", "stays")

NAMES = [words for words, *_ in COMMANDS]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command line."""
    with pytest.raises(SystemExit) as ended:
        build_app()(list(arguments), prog_name="dedup")
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def command_of(words: str) -> Any:
    """The command as typer makes it."""
    found: Any = typer.main.get_command(build_app())
    for word in words.split():
        found = found.commands[word]
    return found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("report x --threshold 7", "'--threshold': '7' is not a number from 0.3 to 1"),
        ("report x --threshold nan", "'--threshold': 'nan' is not a number from 0.3 to 1"),
        ("report x --threshold 0.8", "--threshold applies to --level copies only"),
        ("pairs x --level stories --threshold 0.8", "--threshold applies to --level copies only"),
        ("update x --store none.db --threshold 0.8", "--threshold applies to --level copies only"),
        ("report x --shingle 0", "'--shingle': '0' is not a whole number from 1 to 16"),
        ("report x --workers 1.5", "'--workers': '1.5' is not a whole number from 1 to 256"),
        ("report x --story-window -3h", "'-3h' is not a time of at most 3650d"),
        ("update x --store s --window 1y", "a number without a unit counts days"),
        ("report --store s --wait 1min", "a number without a unit counts seconds"),
        ("update x --store s --window soon", "'soon' is not a time of at most"),
        ("report x --level copy", "for '--level': 'copy' is not one of 'copies', 'excerpts'"),
        ("report x --tresh 0.7", "--threshold"),
        ("report x --field text", "'text' does not have the form FIELD=NAME"),
        ("report", "Error: give files, folders or - to read, or --store FILE"),
        ("items", "give files, folders or - to read"),
        ("update --store s", "give files, folders or - to read"),
        ("report x --store s", "give inputs or --store, not both"),
        ("report --store s --no-learn", "--no-learn applies to inputs"),
        ("report --store s --field text=body", "--field applies to inputs"),
        ("report x --input-format csv", "--input-format is the format of standard input"),
        ("report --store s --input-format csv", "--input-format applies to inputs"),
        ("report x --overwrite", "--overwrite applies to --engine spark only"),
        ("items x -o x.html", "cannot write .html"),
        ("update x", "--store"),
        ("update x --store s --kept -", "name a file"),
        ("explain a", "B"),
        ("store forget s", "say which items to delete"),
        ("rport x", "report"),
        ("store chek s", "check"),
        ("--versoin", "--version"),
    ],
)
def test_a_wrong_command_line_says_what_is_right(
    capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    code, out, err = run(capsys, *arguments.split())
    assert code == 2
    assert out == ""
    assert message in err


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("columns", [80, 200])
def test_help_of_every_command(
    name: str, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    code, text, _ = run(capsys, *name.split(), "-h")
    assert code == 0
    head, _, examples = text.partition("Examples:")
    assert f"dedup {name}" in examples
    assert max(map(len, head.splitlines())) <= columns
    assert not any(riddle in text for riddle in RIDDLES)
    assert run(capsys, *name.split(), "--help")[1] == text


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_explained_in_a_sentence_and_has_a_group(name: str) -> None:
    command = command_of(name)
    assert isinstance(command, GroupedHelp)
    for parameter in command.params:
        text = getattr(parameter, "help", "")
        assert text, parameter.name
        assert text[0].isupper(), text
        assert text.endswith("."), text
        if parameter.param_type_name == "option":
            assert parameter.rich_help_panel, parameter.name


def test_help_of_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code, text, _ = run(capsys, "-h")
    assert code == 0
    assert "Exit codes: 0 done, 1 error, 2 wrong usage, 3 done but" in " ".join(text.split())
    for name in NAMES:
        assert f"  {name.split()[0]} " in text
    of_store = run(capsys, "store", "-h")[1]
    for name in NAMES:
        if name.startswith("store "):
            assert f"  {name.removeprefix('store ')} " in of_store


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", "csv"), ("a.JSONL", "jsonl"), ("a.ndjson", "jsonl"), ("a.parquet", "parquet"),
     ("a.txt", "table"), ("a", "table"), ("a.b", "table"), (None, "table"), ("-", "table")],
)  # fmt: skip
def test_the_suffix_of_the_output_tells_its_format(name: str | None, form: str) -> None:
    assert checks.format_of(options.WritingRows(output=name)) == form
    chosen = options.WritingRows(output=name, format=options.RowFormat.jsonl)
    assert checks.format_of(chosen) == "jsonl"


@pytest.mark.parametrize("words", ["", "report", "store forget"])
def test_help_is_as_wide_as_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    def widest(columns: int) -> int:
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = run(capsys, *words.split(), "-h")[1].splitlines()
        return max(len(line) for line in lines if not line.startswith("  dedup "))  # examples

    assert widest(60) < 60
    assert 60 < widest(80) < 80 < widest(100) < 100
    assert widest(200) <= 100  # wider lines are hard to read


def test_a_suffix_that_names_no_format_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.format_of(options.WritingRows(output="a.docx")) == "table"
    assert capsys.readouterr().err.endswith(
        "Z dedup: .docx names no format, so a table is written; --format chooses another\n"
    )


def test_a_format_that_a_command_lacks_is_named() -> None:
    with pytest.raises(UsageError, match=r"cannot write \.json"):
        checks.format_of(options.WritingRows(output="a.json"))
    assert checks.format_of(options.WritingReport(output="a.json")) == "json"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("72h", 259200), ("3d", 259200), ("2w", 1209600), ("1.5h", 5400),
     ("72", 259200), (" 3D ", 259200)],
)  # fmt: skip
def test_one_notation_of_times(text: str, seconds: float) -> None:
    assert values.duration("h", "3650d")(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "d", "0", "-1d", "9999999d", "nan", "inf", "1y", "3 days"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        values.duration("h", "3650d")(text)


@pytest.mark.parametrize(("text", "part"), [("40%", 0.4), ("0.4", 0.4), ("0", 0), ("100%", 1)])
def test_shares(text: str, part: float) -> None:
    assert values.share(text) == part
    for wrong in ("40", "-1%", "101%", "many"):
        with pytest.raises(typer.BadParameter):
            values.share(wrong)


def test_a_shell_can_complete() -> None:
    """Typer's own completion is on: it answers a shell that asks."""
    environment = {"_DEDUP_COMPLETE": "complete_bash", "COMP_WORDS": "dedup rep", "COMP_CWORD": "1"}
    code = "import sys; sys.argv = ['dedup']; from dedup.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.split() == ["report"]


def test_python_m_dedup_and_the_version() -> None:
    command = [sys.executable, "-m", "dedup", "--version"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith("dedup ")
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "inner loops",
        "index version",
        "rules version",
    ]


def test_a_run_without_compiled_loops_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dedup.cli.version.compiled", lambda: False)
    with checks.progress_of(quiet=False):
        pass
    with checks.progress_of(quiet=True):
        pass
    (line,) = capsys.readouterr().err.splitlines()
    assert without_time(line).startswith("dedup: the inner loops are not compiled")
    code, out, _ = run(capsys, "--version")
    assert code == 0
    assert "inner loops: not compiled" in out


@pytest.mark.parametrize("command", [["report"], ["pairs"], ["show", "a"], ["explain", "a", "b"]])
def test_an_option_of_stores_is_refused_without_one(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = run(capsys, *command, str(CORPUS), "--wait", "30s")
    assert code == 2
    assert "--wait applies to --store only" in said
