"""What the run does to rows: a fold over Changes like the catalog, and what the rows must meet."""

from checker.data.demands import demands as demands
from checker.data.fold import with_rows as with_rows
