"""The queries over `pg_catalog`, and how they differ between PostgreSQL 12 and 18.

`{scope}` is a condition on the relation `c`: all of the user's schemas, or the relations asked for.
Everything is compared by oid; the search path is empty while they run, so that every name that the
server prints carries its schema. `information_schema` is not used: it hides constraints from a role
that only reads.
"""

from __future__ import annotations

# pg_class.oid of the catalogs that stand in pg_depend (fixed by the server's bootstrap files)
CLASS, TYPE, PROC, CONSTRAINT = 1259, 1247, 1255, 2606
ATTRDEF, REWRITE, TRIGGER, POLICY = 2604, 2618, 2620, 3256

SETTING_NAMES = (
    "TimeZone", "check_function_bodies", "default_tablespace", "default_transaction_isolation",
    "default_transaction_read_only", "idle_in_transaction_session_timeout", "lock_timeout",
    "max_identifier_length", "max_index_keys", "max_locks_per_transaction", "search_path",
    "server_encoding", "server_version", "standard_conforming_strings", "statement_timeout",
    "transaction_timeout", "wal_level", "session_replication_role", "in_hot_standby",
)  # fmt: skip
SETTINGS = """
SELECT pg_catalog.current_schemas(false)::pg_catalog.text[],
       ARRAY(SELECT pg_catalog.current_setting(name, true) FROM pg_catalog.unnest(%(names)s::text[]) AS name)
"""

# A session that waits for an AccessExclusiveLock blocks readers behind it as much as one that has it
LOCKED = """
SELECT c.oid, n.nspname || '.' || c.relname
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

SCHEMAS = """
SELECT oid, nspname, has_schema_privilege(oid, 'USAGE')
FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""

ALL = "c.relnamespace = ANY(%(schemas)s::oid[])"
SOME = "c.oid = ANY(%(oids)s::oid[])"
ALSO = " AND {key} = ANY(%(oids)s::oid[])"
"""Says the same of the column that an index of the part's own catalog begins with."""

RELATIONS = """
SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.reltuples::float8, c.relpages,
       pg_get_userbyid(c.relowner), c.relispartition
FROM pg_class c WHERE {scope} AND c.relkind = ANY(%(kinds)s)
"""

# One text per schema and kind: a quarter of the time that the rows would take
SEPARATOR = "\x01"
NAMES = """
SELECT relnamespace, relkind, string_agg(relname, E'\\x01'), count(*),
       array_agg(oid) FILTER (WHERE relkind = 'c')
FROM pg_class WHERE relnamespace = ANY(%(schemas)s::oid[]) AND relkind <> 't' GROUP BY relnamespace, relkind
"""
NAMES_ONE_BY_ONE = """
SELECT relname FROM pg_class WHERE relnamespace = %(schema)s AND relkind = %(kind)s
"""

COLUMNS = """
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity,
       a.attgenerated, a.attcollation, a.attinhcount, d.oid,
       CASE WHEN a.attrelid = ANY(%(locked)s::oid[]) THEN NULL ELSE pg_get_expr(d.adbin, d.adrelid) END,
       a.attislocal
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE {scope:a.attrelid} AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
"""

# Foreign keys have further rows that only serve the server itself: one per partition of the target
# (same table as the parent constraint's)
_CONSTRAINTS = """
SELECT k.oid, k.conrelid, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
       {enforced}, k.confrelid, k.confupdtype, k.confdeltype, k.confmatchtype, k.conkey, k.confkey,
       k.connoinherit, k.coninhcount, CASE WHEN k.contype = 'f' THEN 0 ELSE k.conindid END,
       CASE WHEN c.oid = ANY(%(locked)s::oid[]) THEN NULL
            WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid)
            WHEN k.contype = 'x' THEN pg_get_constraintdef(k.oid) END,
       k.conislocal
FROM pg_class c
JOIN pg_constraint k ON k.conrelid = c.oid
LEFT JOIN pg_constraint p ON p.oid = k.conparentid AND k.conparentid <> 0
WHERE {scope:k.conrelid} AND k.contype IN ('p', 'u', 'f', 'c', 'x', 'n') AND p.conrelid IS DISTINCT FROM k.conrelid
"""

_INDEXES = """
SELECT i.indexrelid, i.indrelid, x.relname, x.relnamespace, i.indisunique,
       i.indisvalid AND i.indisready, i.indnkeyatts, i.indkey, i.indoption, i.indclass, i.indcollation,
       x.relpages, am.amname, {nulls_not_distinct},
       CASE WHEN i.indexprs IS NULL THEN NULL ELSE ARRAY(
           SELECT CASE WHEN i.indkey[n - 1] = 0 AND c.oid <> ALL(%(locked)s::oid[])
                       THEN pg_get_indexdef(i.indexrelid, n, false) END
           FROM generate_series(1, i.indnkeyatts) n) END,
       i.indpred IS NOT NULL,
       CASE WHEN c.oid = ANY(%(locked)s::oid[]) THEN NULL ELSE pg_get_expr(i.indpred, i.indrelid) END
FROM pg_class c
JOIN pg_index i ON i.indrelid = c.oid
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am am ON am.oid = x.relam
WHERE {scope:i.indrelid} AND c.relkind IN ('r', 'p', 'f', 'm')
"""

OPERATOR_CLASSES = "SELECT oid, opcname FROM pg_opclass WHERE NOT opcdefault"
COLLATIONS = "SELECT oid, collname FROM pg_collation WHERE oid = ANY(%(oids)s::oid[])"

INHERITS = """
SELECT h.inhrelid, h.inhparent FROM pg_inherits h
JOIN pg_class c ON c.oid = h.inhrelid
WHERE {scope:h.inhrelid} AND c.relkind IN ('r', 'p', 'f') ORDER BY h.inhrelid, h.inhseqno
"""

PARTITION_KEYS = """
SELECT p.partrelid, pg_get_partkeydef(p.partrelid), p.partattrs, p.partexprs IS NOT NULL
FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid WHERE {scope:p.partrelid}
"""

TRIGGERS = """
SELECT t.oid, t.tgrelid, t.tgname, t.tgfoid, t.tgtype, t.tgattr, t.tgenabled <> 'D'
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE {scope:t.tgrelid} AND NOT t.tgisinternal
"""

POLICIES = """
SELECT p.oid, p.polrelid, p.polname
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE {scope:p.polrelid}
"""

VIEW_TEXTS = """
SELECT c.oid, pg_get_viewdef(c.oid) FROM pg_class c
WHERE {scope} AND c.relkind IN ('v', 'm')
"""

SEQUENCES = """
SELECT c.oid, c.relnamespace, c.relname, s.seqtypid, d.refobjid, d.refobjsubid, d.deptype
FROM pg_class c
JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 1259
                     AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
WHERE {scope:s.seqrelid}
"""

# `%(composites)s` are the relations of composite types: tables have row types too, and those are left out
TYPES = """
SELECT t.oid, t.typnamespace, t.typname, t.typtype, t.typrelid, t.typbasetype, t.typtypmod, t.typnotnull,
       pg_get_expr(t.typdefaultbin, 0), t.typisdefined
FROM pg_type t
WHERE t.typnamespace = ANY(%(schemas)s::oid[])
  AND CASE WHEN t.typtype = 'c' THEN t.typrelid = ANY(%(composites)s::oid[])
           ELSE t.typtype <> 'm' AND (t.typcategory <> 'A' OR t.typelem = 0) END
"""
ENUM_LABELS = """
SELECT e.enumtypid, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_enum e GROUP BY e.enumtypid
"""

DOMAIN_CHECKS = """
SELECT k.contypid, k.conname, k.convalidated, pg_get_expr(k.conbin, 0)
FROM pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' ORDER BY k.conname
"""

# What comes with a range type (its constructors) is no function of its own
FUNCTIONS = """
SELECT p.oid, p.pronamespace, p.proname, p.prokind, p.proargtypes, p.prorettype
FROM pg_proc p WHERE p.pronamespace = ANY(%(schemas)s::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'i')
"""

FUNCTION_USES = """
SELECT d.objid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_proc p JOIN pg_depend d ON d.classid = 1255 AND d.objid = p.oid
WHERE p.pronamespace = ANY(%(schemas)s::oid[]) AND d.refclassid IN (1259, 1247, 1255) AND d.deptype = 'n'
"""

EXTENSIONS = """
SELECT e.oid, e.extname, n.nspname, e.extversion
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
"""

MEMBERS = """
SELECT d.refobjid, COALESCE(c.relnamespace, t.typnamespace, p.pronamespace),
       COALESCE(c.relname, t.typname, p.proname), o.opcname
FROM pg_depend d
LEFT JOIN pg_class c ON d.classid = 1259 AND c.oid = d.objid
LEFT JOIN pg_type t ON d.classid = 1247 AND t.oid = d.objid AND t.typcategory <> 'A'
LEFT JOIN pg_proc p ON d.classid = 1255 AND p.oid = d.objid
LEFT JOIN pg_opclass o ON d.classid = 2616 AND o.oid = d.objid
WHERE d.refclassid = 3079 AND d.deptype = 'e' AND d.classid IN (1259, 1247, 1255, 2616)
"""

# An array's element counts: `format_type` prints the modifiers of the array's column on it
TYPE_NAMES = """
SELECT k.oid, k.mod, n.nspname, e.typname, e.oid <> t.oid, t.typcollation,
       format_type(e.oid, -1), format_type(e.oid, k.mod)
FROM unnest(%(oids)s::oid[], %(mods)s::int4[]) AS k (oid, mod)
JOIN pg_type t ON t.oid = k.oid
JOIN pg_type e ON e.oid = COALESCE(
    (SELECT a.oid FROM pg_type a WHERE a.oid = t.typelem AND a.typarray = t.oid), t.oid)
JOIN pg_namespace n ON n.oid = e.typnamespace
"""

COLUMN_NAMES = """
SELECT c.oid, c.relnamespace, c.relname, a.attnum, a.attname
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.oid = ANY(%(oids)s::oid[])
"""

DEPENDENCIES = """
SELECT d.classid, d.objid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d WHERE d.classid = {catalog} AND d.objid = ANY(%(of{catalog})s::oid[])
  AND d.refclassid IN (1259, 1247, 1255)
"""
# Before 15 the column and not its expression depends on what a generated column reads
GENERATED_DEPENDENCIES = """
SELECT 2604::oid, a.oid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_attrdef a
JOIN pg_depend d ON d.classid = 1259 AND d.objid = a.adrelid AND d.objsubid = a.adnum
WHERE a.oid = ANY(%(of2604)s::oid[]) AND d.refclassid IN (1259, 1255)
"""
VIEW_DEPENDENCIES = """
SELECT d.classid, r.ev_class, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_rewrite r JOIN pg_depend d ON d.classid = 2618 AND d.objid = r.oid
WHERE r.ev_class = ANY(%(of2618)s::oid[]) AND d.refclassid IN (1259, 1247, 1255) AND d.refobjid <> r.ev_class
"""

# What a change may mention, by bare name

NAMED = """
SELECT 1259, oid FROM pg_class
WHERE relname = ANY(%(names)s::name[]) AND relnamespace = ANY(%(schemas)s::oid[])
UNION ALL SELECT 1259, conrelid FROM pg_constraint
WHERE conname = ANY(%(names)s::name[]) AND connamespace = ANY(%(schemas)s::oid[]) AND conrelid <> 0
UNION ALL SELECT 1247, oid FROM pg_type
WHERE typnamespace = ANY(%(schemas)s::oid[]) AND (typname = ANY(%(names)s::name[]))
UNION ALL SELECT 1255, oid FROM pg_proc
WHERE proname = ANY(%(names)s::name[]) AND pronamespace = ANY(%(schemas)s::oid[])
UNION ALL SELECT d.classid, d.objid
FROM pg_extension e JOIN pg_depend d ON d.refclassid = 3079 AND d.refobjid = e.oid AND d.deptype = 'e'
WHERE e.extname = ANY(%(names)s::name[]) AND d.classid IN (1259, 1247, 1255)
"""
WHOLE_SCHEMAS = """
SELECT 1259, oid FROM pg_class WHERE relnamespace = ANY(%(whole)s::oid[])
UNION ALL SELECT 1247, oid FROM pg_type WHERE typnamespace = ANY(%(whole)s::oid[])
UNION ALL SELECT 1255, oid FROM pg_proc WHERE pronamespace = ANY(%(whole)s::oid[])
"""

# An index stands for its table, a sequence for the table of its column
STAND_FOR = """
SELECT c.oid, c.relkind, COALESCE(i.indrelid, d.refobjid, 0)
FROM pg_class c
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.classid = 1259 AND d.objid = c.oid AND d.refclassid = 1259
                     AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
WHERE c.oid = ANY(%(oids)s::oid[])
"""

FAMILY = """
WITH RECURSIVE up AS (
    SELECT unnest(%(oids)s::oid[]) AS oid
    UNION SELECT h.inhparent FROM pg_inherits h JOIN up ON h.inhrelid = up.oid
), down AS (
    SELECT oid FROM up
    UNION SELECT h.inhrelid FROM pg_inherits h JOIN down ON h.inhparent = down.oid
)
SELECT oid FROM down
"""

# The row types of these relations, and the array types of those and of the types given
ROW_TYPES = """
WITH types AS (
    SELECT c.reltype AS oid FROM pg_class c WHERE c.oid = ANY(%(oids)s::oid[]) AND c.reltype <> 0
    UNION ALL SELECT unnest(%(types)s::oid[])
)
SELECT oid FROM types
UNION SELECT t.typarray FROM pg_type t JOIN types ON types.oid = t.oid WHERE t.typarray <> 0
"""

# What depends on the objects given: the catalog of the one that it depends on; a relation (for an index its
# table), its kind and row types; or a type and its array type
DEPENDENTS = """
WITH found AS (
    SELECT DISTINCT given.class,
        COALESCE(ad.adrelid, k.conrelid, r.ev_class, t.tgrelid, p.polrelid, ix.indrelid,
                 CASE WHEN d.classid = 1259 THEN d.objid END, 0) AS relation,
        CASE WHEN d.classid = 1247 THEN d.objid WHEN k.contypid <> 0 THEN k.contypid ELSE 0 END AS type
    FROM unnest(%(classes)s::oid[], %(oids)s::oid[]) AS given (class, oid)
    JOIN pg_depend d ON d.refclassid = given.class AND d.refobjid = given.oid
    LEFT JOIN pg_index ix ON d.classid = 1259 AND ix.indexrelid = d.objid
    LEFT JOIN pg_attrdef ad ON d.classid = 2604 AND ad.oid = d.objid
    LEFT JOIN pg_constraint k ON d.classid = 2606 AND k.oid = d.objid
    LEFT JOIN pg_rewrite r ON d.classid = 2618 AND r.oid = d.objid
    LEFT JOIN pg_trigger t ON d.classid = 2620 AND t.oid = d.objid
    LEFT JOIN pg_policy p ON d.classid = 3256 AND p.oid = d.objid
)
SELECT found.class, found.relation, c.relkind, c.reltype, rt.typarray, found.type, ft.typarray
FROM found
LEFT JOIN pg_class c ON c.oid = found.relation
LEFT JOIN pg_type rt ON rt.oid = c.reltype
LEFT JOIN pg_type ft ON ft.oid = found.type
"""

TARGETS = """
SELECT confrelid FROM pg_constraint WHERE conrelid = ANY(%(oids)s::oid[]) AND contype = 'f'
"""

# Sequences that go with the columns of these relations, or that their defaults draw from
SEQUENCES_OF = """
SELECT s.oid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
WHERE d.classid = 1259 AND d.refclassid = 1259 AND d.refobjid = ANY(%(oids)s::oid[])
UNION
SELECT s.oid FROM pg_attrdef a
JOIN pg_depend d ON d.classid = 2604 AND d.objid = a.oid AND d.refclassid = 1259
JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
WHERE a.adrelid = ANY(%(oids)s::oid[])
"""


def constraints(version: tuple[int, ...]) -> str:
    """All constraints; NOT ENFORCED came with 18."""
    return _CONSTRAINTS.replace("{enforced}", "k.conenforced" if version >= (18,) else "true")


def indexes(version: tuple[int, ...]) -> str:
    """All indexes; NULLS NOT DISTINCT came with 15."""
    column = "i.indnullsnotdistinct" if version >= (15,) else "false"
    return _INDEXES.replace("{nulls_not_distinct}", column)
