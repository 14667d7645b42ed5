"""The argument parser: messages, suggestions, help of every command, formats by suffix, times."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from argparse import ArgumentTypeError

import pytest

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.app import COMMANDS, Command, overview, parser_of, run_command
from dedup.cli.completion import bash_script, fish_script, words
from dedup.cli.parser import Options, UsageError

#: Words that a help text must not begin a sentence with, because they belong to nobody.
RIDDLES = ("whole or not", "may go", "goes", "stays")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of a wrong command line, which exits with 2 and prints no result."""
    with pytest.raises(SystemExit) as ended:
        run_command(arguments)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("report x --threshold 7", "--threshold: '7' is not a number from 0.3 to 1."),
        ("report x --threshold nan", "--threshold: 'nan' is not a number from 0.3 to 1."),
        ("report x --shingle 0", "--shingle: '0' is not a whole number from 1 to 16."),
        ("report x --workers 1.5", "--workers: '1.5' is not a whole number from 1 to 256."),
        ("report x --story-window -3h", "--story-window: a value is missing."),
        ("report x --story-window=-3h", "is not a time of at most 3650d"),
        ("update x --store s --window soon", "'soon' is not a time of at most"),
        ("report x --level copy", "is not one of copies, excerpts, stories; did you mean copies?"),
        ("report x --tresh 0.7", "there is no option --tresh; did you mean --threshold?"),
        ("report x --field text", "'text' does not have the form FIELD=NAME"),
        ("report x --workers", "--workers: a value is missing."),
        ("report", "give files, folders or - to read, or --store FILE."),
        ("report x --store s", "give inputs or --store, not both."),
        ("report --store s --no-learn", "--no-learn applies to inputs"),
        ("report x --overwrite", "--overwrite applies to --engine spark only"),
        ("items x -o x.html", "it cannot write .html"),
        ("update x", "give --store."),
        ("explain a", "give B."),
        ("store forget s", "say which items to delete"),
        ("rport x", "there is no command 'rport'; did you mean report?"),
        ("store chek s", "there is no command 'store chek'; did you mean store check?"),
        ("--versoin", "there is no option --versoin; did you mean --version?"),
        ("completion tcsh", "'tcsh' is not one of bash, zsh, fish"),
    ],
)
def test_a_wrong_command_line_says_what_is_right(
    capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    assert message in refused(capsys, *arguments.split())


@pytest.mark.parametrize("arguments", [[], ["store"]])
def test_no_command_lists_the_commands(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert "Commands:" in refused(capsys, *arguments)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("columns", [60, 80, 200])
def test_help_of_every_command(
    command: Command, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    parser = parser_of(command)
    text = parser.format_help()
    head, _, examples = text.partition("Examples:")
    assert text.startswith(f"Usage: dedup {command.name}")
    assert f"dedup {command.name}" in examples
    assert all(len(line) <= max(columns, 60) for line in head.splitlines()[1:])
    assert not any(riddle in text for riddle in RIDDLES)
    for _, actions in parser.arguments():
        for action in actions:
            assert action.help
            assert action.help.endswith("."), f"{action.dest}: no sentence"
            assert action.help[0].isupper()


def test_short_and_long_help_are_one(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for flag in ("-h", "--help"):
        with pytest.raises(SystemExit) as ended:
            run_command(["pairs", flag])
        assert ended.value.code == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    run_command(["-h"])
    assert capsys.readouterr().out == overview("") + "\n"
    run_command(["store", "-h"])
    assert "forget" in capsys.readouterr().out


def test_options_may_stand_between_inputs() -> None:
    pairs = next(command for command in COMMANDS if command.name == "pairs")
    options = parser_of(pairs).parse(["a", "--level", "copies", "b", "-q", "-"])
    assert (options.inputs, options.level, options.quiet) == (["a", "b", "-"], "copies", True)
    find = next(command for command in COMMANDS if command.name == "find")
    assert parser_of(find).parse(["--store", "s", "--", "-5 degrees"]).text == "-5 degrees"


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", "csv"), ("a.JSONL", "jsonl"), ("a.ndjson", "jsonl"), ("a.parquet", "parquet"),
     ("a.txt", "table"), ("a", "table"), ("a.b", "table"), (None, "table"), ("-", "table")],
)  # fmt: skip
def test_the_suffix_of_the_output_tells_its_format(name: str | None, form: str) -> None:
    options = Options(format=None, output=name)
    assert shared.format_of(options, shared.ROW_FORMATS) == form
    chosen = Options(format="jsonl", output=name)
    assert shared.format_of(chosen, shared.ROW_FORMATS) == "jsonl"


def test_a_format_that_a_command_lacks_is_named() -> None:
    with pytest.raises(UsageError, match=r"cannot write \.json"):
        shared.format_of(Options(format=None, output="a.json"), shared.ROW_FORMATS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("72h", 259200), ("3d", 259200), ("2w", 1209600), ("1.5h", 5400),
     ("72", 259200), (" 3D ", 259200)],
)  # fmt: skip
def test_one_notation_of_times(text: str, seconds: float) -> None:
    assert values.duration("h", "3650d")(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "d", "0", "-1d", "9999999d", "nan", "inf", "1y", "3 days"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        values.duration("h", "3650d")(text)


@pytest.mark.parametrize(("text", "part"), [("40%", 0.4), ("0.4", 0.4), ("0", 0), ("100%", 1)])
def test_shares(text: str, part: float) -> None:
    assert values.share(text) == part
    for wrong in ("40", "-1%", "101%", "many"):
        with pytest.raises(ArgumentTypeError):
            values.share(wrong)


def test_completion_knows_every_command_and_option() -> None:
    following = words()
    assert following["report --level"] == ["copies", "excerpts", "stories"]
    assert set(following["store"]) == {
        name.removeprefix("store ") for name, *_ in COMMANDS if name.startswith("store ")
    }
    assert "--threshold" in following["report"]
    assert following["completion"] == ["--help", "bash", "zsh", "fish"]
    assert "complete -c dedup" in fish_script()


@pytest.mark.parametrize(
    ("line", "expected"),
    [("dedup rep", "report"), ("dedup report --thr", "--threshold"),
     ("dedup store ch", "check"), ("dedup pairs --level ex", "excerpts")],
)  # fmt: skip
def test_bash_completes(line: str, expected: str) -> None:
    typed = " ".join(f"'{word}'" for word in line.split())
    script = (
        f"{bash_script(zsh=False)}\nCOMP_WORDS=({typed}); COMP_CWORD=$(({len(line.split())} - 1))\n"
        '_dedup; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [expected]


def test_python_m_dedup_and_the_version() -> None:
    command = [sys.executable, "-m", "dedup", "--version"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith("dedup ")
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "inner loops",
        "index version",
        "rules version",
    ]
