"""What was typed, checked for its form alone.

argparse parses; the help is our own text, and the rest of the terminal libraries would cost more time
than the check itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from checker.cli import helptext
from checker.cli.stop import Stop
from checker.outputs import FORMATS

LEVELS = ("error", "warning", "note", "never")
TRANSACTIONS = ("auto", "file", "each")
PROBES = ("off", "cheap", "full")
COLORS = ("auto", "always", "never")


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, and prints the page from `helptext`."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"ddlguard {command}", allow_abbrev=False)
        self.command = command

    def error(self, message: str) -> NoReturn:
        raise Stop(f"{message}; see ddlguard {self.command} --help")

    def format_help(self) -> str:
        return helptext.page(self.command)


def check_parser() -> argparse.ArgumentParser:
    """`ddlguard check`. What was not given is None, so that the configuration can say it."""
    parser = _Parser("check")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--db", metavar="URL")
    parser.add_argument("--db-env", metavar="NAME")
    parser.add_argument("--from", dest="live_from", metavar="FILE")
    parser.add_argument("--dialect", metavar="NAME")
    parser.add_argument("--max-age", type=duration, metavar="AGE")
    parser.add_argument("--kind", metavar="KIND")
    parser.add_argument("--transaction", choices=TRANSACTIONS)
    parser.add_argument("--probes", choices=PROBES)
    parser.add_argument("--probe-timeout", type=seconds, metavar="SECONDS")
    parser.add_argument("--probe-budget", type=seconds, metavar="SECONDS")
    parser.add_argument("--probe-keys", action="store_true", default=None)
    parser.add_argument("--show-probes", action="store_true")
    parser.add_argument("--fail-on", choices=LEVELS)
    parser.add_argument("--format", dest="formats", action="append", type=destination, metavar="F[:PATH]")
    parser.add_argument("--color", choices=COLORS, default="auto")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("--no-allow", action="store_true")
    parser.add_argument("--allow-incomplete", action="store_true", default=None)
    parser.add_argument("--rules", action="append", default=[], metavar="DIR")
    parser.add_argument("--config", metavar="FILE")
    parser.add_argument("--no-config", action="store_true")
    return parser


def rules_parser() -> argparse.ArgumentParser:
    """`ddlguard rules`."""
    parser = _Parser("rules")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--rules", action="append", default=[], metavar="DIR")
    return parser


def explain_parser() -> argparse.ArgumentParser:
    """`ddlguard explain`."""
    parser = _Parser("explain")
    parser.add_argument("rule", metavar="RULE")
    parser.add_argument("--rules", action="append", default=[], metavar="DIR")
    return parser


def snapshot_parser() -> argparse.ArgumentParser:
    """`ddlguard snapshot`."""
    parser = _Parser("snapshot")
    parser.add_argument("--db", metavar="URL")
    parser.add_argument("--db-env", metavar="NAME")
    parser.add_argument("--probes", choices=PROBES, default="cheap")
    parser.add_argument("--probe-timeout", type=seconds, metavar="SECONDS")
    parser.add_argument("--probe-budget", type=seconds, metavar="SECONDS")
    parser.add_argument("-o", "--output", default="-", metavar="FILE")
    parser.add_argument("--name", metavar="NAME")
    return parser


def schema_parser() -> argparse.ArgumentParser:
    """`ddlguard schema`."""
    parser = _Parser("schema")
    parser.add_argument("of", nargs="?", choices=("report", "snapshot"), default="report", metavar="FORMAT")
    return parser


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, options and targets in any order; raises Stop."""
    return parser.parse_intermixed_args(arguments)


def duration(text: str) -> dict[str, int]:
    """`7d`, `12h` or `30m` as the argument of a timedelta."""
    units = {"d": "days", "h": "hours", "m": "minutes"}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not number.isdecimal() or len(number) > 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time: 7d, 12h, 30m")
    return {units[unit]: int(number)}


def destination(text: str) -> tuple[str, str]:
    """`json:report.json` as format and path; the path is "" for standard output."""
    name, colon, path = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"there is no format {name!r}: {', '.join(FORMATS)}")
    if colon and not path:
        raise argparse.ArgumentTypeError(f"{text!r} names no file after the colon")
    return name, path


def seconds(text: str) -> float:
    """A time that is not nothing."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return number
