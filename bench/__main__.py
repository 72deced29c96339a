"""`python -m bench [startup] [folder] [live] [rows]`: all of them when none is named. Exits 1 where a limit is missed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

from bench.measure import Row, table

PARTS = ("startup", "folder", "live", "rows")


def main(wanted: list[str]) -> int:
    """Run the parts and print one table; the number of limits that were missed."""
    rows: list[Row] = []
    for part in wanted or PARTS:
        print(f"measuring: {part} …", file=sys.stderr, flush=True)
        measured: Iterator[Row] = importlib.import_module(f"bench.{part}").rows()
        rows.extend(measured)
    print(table(rows))
    return sum(row.missed for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) and 1)
