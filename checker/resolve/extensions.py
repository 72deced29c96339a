"""Which types and operator classes the well-known extensions bring, for use right after CREATE EXTENSION.

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

OPERATOR_CLASSES_OF_EXTENSIONS: dict[str, tuple[str, ...]] = {
    "hstore": ("btree_hstore_ops", "gin_hstore_ops", "gist_hstore_ops", "hash_hstore_ops"),
    "intarray": ("gin__int_ops", "gist__int_ops", "gist__intbig_ops"),
    "ltree": ("gist__ltree_ops", "gist_ltree_ops", "ltree_ops"),
    "pg_trgm": ("gin_trgm_ops", "gist_trgm_ops"),
    "vector": (
        "bit_hamming_ops", "bit_jaccard_ops", "halfvec_cosine_ops", "halfvec_ip_ops", "halfvec_l1_ops",
        "halfvec_l2_ops", "sparsevec_cosine_ops", "sparsevec_ip_ops", "sparsevec_l1_ops", "sparsevec_l2_ops",
        "vector_cosine_ops", "vector_ip_ops", "vector_l1_ops", "vector_l2_ops",
    ),
}  # fmt: skip
