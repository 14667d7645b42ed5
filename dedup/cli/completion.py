"""dedup completion: a script with which a shell completes commands, options and their values."""

from __future__ import annotations

from dedup.cli import values
from dedup.cli.parser import Options, Parser

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """
Print a script with which a shell completes the commands, options and values of dedup when Tab is
pressed. Add the line of your shell below to its start-up file.
"""

EXAMPLES = (
    'bash: eval "$(dedup completion bash)"',
    'zsh:  eval "$(dedup completion zsh)"',
    "fish: dedup completion fish | source",
)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "shell",
        metavar="SHELL",
        choices=SHELLS,
        type=values.name_of(SHELLS),
        help="The shell: bash, zsh or fish.",
    )


def run(options: Options) -> None:
    """Print the script."""
    print(fish_script() if options.shell == "fish" else bash_script(options.shell == "zsh"))


def words() -> dict[str, list[str]]:
    """What can follow: after `` the commands, after a command its options, after `report --level`
    its values."""
    from dedup.cli.app import COMMANDS, parser_of

    following: dict[str, list[str]] = {"": ["--help", "--version"]}
    for command in COMMANDS:
        first, _, second = command.name.partition(" ")
        if first not in following[""]:
            following[""].append(first)
        if second:
            following.setdefault(first, []).append(second)
        flags = following.setdefault(command.name, ["--help"])
        for _, actions in parser_of(command).arguments():
            for action in actions:
                long = [flag for flag in action.option_strings if flag.startswith("--")]
                flags += long
                chosen = [str(word) for word in action.choices or ()]
                if not long:
                    flags += chosen
                elif chosen:
                    following |= {f"{command.name} {flag}": chosen for flag in long}
    return following


def bash_script(zsh: bool) -> str:
    """The script for bash; for zsh too, which takes it with `bashcompinit`."""
    cases = "\n".join(f'    "{place}") words="{" ".join(w)}" ;;' for place, w in words().items())
    begin = "autoload -U +X bashcompinit && bashcompinit\n" if zsh else ""
    return f"""{begin}_dedup() {{
  local place="" words="" last="${{COMP_WORDS[COMP_CWORD-1]}}" at word
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="${{COMP_WORDS[at]}}"
    if [ $at = 1 ]; then place="$word"; fi
    if [ $at = 2 ] && [ "$place" = store ]; then place="store $word"; fi
  done
  case "$last" in --*) [ $COMP_CWORD -gt 2 ] && place="$place $last" ;; esac
  case "$place" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _dedup dedup"""


def fish_script() -> str:
    """The script for fish."""
    lines = []
    for place, following in words().items():
        command, _, flag = place.partition(" --")
        parts = command.split()
        seen = " ; and ".join(f"__fish_seen_subcommand_from {part}" for part in parts)
        if flag:
            lines.append(f"complete -c dedup -n '{seen}' -l {flag} -x -a '{' '.join(following)}'")
            continue
        condition = seen or "__fish_use_subcommand"
        for word in following:
            what = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            lines.append(f"complete -c dedup -n '{condition}' {what}")
    return "\n".join(lines)
