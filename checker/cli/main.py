"""Commands, and what becomes of every way in which they can end."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence

from checker import __version__
from checker.cli import helptext
from checker.cli.stop import Exit, Stop
from checker.garbage import rare_for_good
from checker.outputs.escape import visible


def main(argv: Sequence[str] | None = None) -> int:
    """Run `ddlguard ARGUMENTS` and return its exit code; the arguments of the process unless given."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _never_fail_to_print()
    if argv is None:
        rare_for_good()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except Stop as stop:
        _say(str(stop))
        code = stop.code
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        _no_more_output()
        code = Exit.ERROR
    except OSError as problem:
        code = _not_written(problem)
    except Exception as problem:
        code = _internal(problem)
    return int(code)


def _run(arguments: list[str]) -> Exit:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in ("-V", "--version"):
        print(f"ddlguard {__version__}")
        return Exit.OK
    if command in ("-h", "--help", "help"):
        print(helptext.page(rest[0] if rest else ""), end="")
        return Exit.OK
    if not command:
        print(helptext.page(""), end="", file=sys.stderr)
        return Exit.ERROR
    run = _command(command)
    if {"-h", "--help"} & set(rest[: rest.index("--")] if "--" in rest else rest):
        print(helptext.page(command), end="")
        return Exit.OK
    return run(rest)


def _command(name: str) -> Callable[[list[str]], Exit]:
    """The function behind a command; what it needs is imported only now."""
    match name:
        case "check":
            from checker.cli.check import check

            return check
        case "snapshot":
            from checker.cli.snapshot import snapshot

            return snapshot
        case "rules":
            from checker.cli.pages import rules

            return rules
        case "explain":
            from checker.cli.pages import explain

            return explain
        case "schema":
            from checker.cli.pages import schema

            return schema
        case _:
            raise Stop(f"there is no command {name!r}{_meant(name)}; ddlguard --help lists them")


def _meant(name: str) -> str:
    from difflib import get_close_matches

    if os.path.exists(name):
        return f": to check it, ddlguard check {name}"
    close = get_close_matches(name, helptext.PAGES)
    return f" (did you mean {close[0]}?)" if close else ""


def _say(message: str) -> None:
    print(f"ddlguard: error: {visible(' '.join(message.split()))}", file=sys.stderr)


def _not_written(problem: OSError) -> Exit:
    """Standard output takes no more: the disk behind it is full. Any other file was answered for where it is read."""
    if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return _internal(problem)
    _no_more_output()
    _say(f"cannot write the report: {(problem.strerror or str(problem)).lower()}")
    return Exit.ERROR


def _internal(problem: Exception) -> Exit:
    """A bug of ours: one line, the traceback only where it was asked for."""
    if os.environ.get("DDLGUARD_DEBUG"):
        import traceback

        traceback.print_exc()
    _say(f"internal error: {type(problem).__name__}: {problem} (DDLGUARD_DEBUG=1 shows where)")
    return Exit.ERROR


def _never_fail_to_print() -> None:
    """What the terminal's encoding lacks is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _no_more_output() -> None:
    """Whoever read our output has gone; the interpreter's last flush must not complain either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
