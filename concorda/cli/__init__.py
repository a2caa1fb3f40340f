"""The `concorda` command: one module in this folder is one command.

A command module has a docstring (its help), `add_arguments(parser)`, `run(arguments)` returning a JSON-ready dictionary
or None, and `show(result)` yielding the lines a person reads. `NEEDS_DJANGO = True` sets Django up before `run`;
`run` raises ArgumentTypeError for words that do not go together, which is wrong usage like any other;
`is_fine(result)` says of a result that was looked for whether the exit status is 0.
Exit status: 0 done, 1 refused for what is in the input, 2 wrong usage.
"""

import argparse
import ast
import importlib
import io
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from concorda import __version__
from concorda.analysis.problems import Refused


def commands() -> dict[str, str]:
    """Name on the command line → module name."""
    return {name.removesuffix("_"): name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_")}


def build_parser(module: ModuleType, name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"concorda {name}", description=module.__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    module.add_arguments(parser)
    return parser


def run(name: str, module: ModuleType, words: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    parser = build_parser(module, name)
    arguments = parser.parse_args(words)
    if getattr(module, "NEEDS_DJANGO", False):
        set_up_django()
    try:
        result = module.run(arguments)
    except Refused as refused:
        if arguments.json:
            print_json({"problems": [problem.as_dict() for problem in refused.problems]})
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        return 1
    except argparse.ArgumentTypeError as wrong:
        parser.error(str(wrong))
    if arguments.json:
        print_json(result)
    elif result is not None:
        for line in module.show(result):
            print(line)
    return 0 if getattr(module, "is_fine", always)(result) else 1


def whole(least: int, most: int, what: str = "a whole number") -> Callable[[str], int]:
    """What an argument that is a number from `least` to `most` is read by."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' is not {what} from {least} to {most:,}")
        return int(text)

    return read


SEED = whole(0, 2**32 - 1, "a seed: a whole number")


def always(_result: object) -> bool:
    return True


def print_json(value: object) -> None:
    """One JSON object on standard output; letters that its encoding does not know are escaped as JSON does."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, default=str)
    print(text)


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concorda.config.settings")
    import django  # only the commands that read the database pay for Django

    django.setup()


def usage() -> str:
    lines = ["usage: concorda COMMAND [--json] …", "", "commands:"]
    width = max(map(len, commands())) + 2
    lines += [f"  {name:<{width}}{first_line(module_name)}" for name, module_name in commands().items()]
    lines += ["", "concorda COMMAND --help explains one command.", f"version {__version__}"]
    return "\n".join(lines)


def first_line(module_name: str) -> str:
    """What a command does, from its docstring; without importing it, for that takes seconds."""
    source = (Path(__file__).parent / f"{module_name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line `words`; returns the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = answer(list(sys.argv[1:] if words is None else words))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough (concorda … | head); what is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def answer(words: Sequence[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if words else 2
    if words[0] == "--version":
        print(__version__)
        return 0
    module_name = commands().get(words[0])
    if module_name is None:
        print(f"concorda: there is no command '{words[0]}'. concorda --help lists them.", file=sys.stderr)
        return 2
    return run(words[0], importlib.import_module(f"concorda.cli.{module_name}"), words[1:])
