"""Which types the well-known extensions bring: a column may have one right after CREATE EXTENSION.

From each extension's own script: contrib of PostgreSQL 15, pgvector 0.8, PostGIS 3.5.
"""

from __future__ import annotations

TYPES_OF_EXTENSIONS: dict[str, tuple[str, ...]] = {
    "citext": ("citext",),
    "cube": ("cube",),
    "hstore": ("hstore",),
    "intarray": ("query_int",),
    "isn": ("ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"),
    "lo": ("lo",),
    "ltree": ("lquery", "ltree", "ltxtquery"),
    "pg_trgm": ("gtrgm",),
    "postgis": (
        "box2d", "box2df", "box3d", "geography", "geometry", "geometry_dump", "gidx", "spheroid", "valid_detail",
    ),
    "seg": ("seg",),
    "vector": ("halfvec", "sparsevec", "vector"),
}  # fmt: skip
