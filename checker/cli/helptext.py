"""The help pages, written by hand: the same on every Python, terminal and width."""

from __future__ import annotations

# Where the text of an option begins.
COLUMN = 24

MAIN = """\
ddlguard says what a schema change will do to a live database, before anything runs.

usage: ddlguard check [TARGET ...] [--db URL | --from FILE] [options]
       ddlguard COMMAND [--help]

commands:
  check         check migrations against a database, a snapshot of it, a schema file, or the rules
                of a dialect alone
  rules         list the rules
  explain RULE  print the page of a rule: what goes wrong, and what to do instead
  snapshot      write down what a check needs to know of a database, for where it cannot be reached
  schema        print the JSON Schema of `check --format json`, or of a snapshot

options:
  --version     print the version
  --help        print this page, or that of the command before it

start here:
  ddlguard check migrations/ --db postgresql://localhost/app
"""

CHECK = """\
usage: ddlguard check [TARGET ...] [--db URL | --db-env NAME | --from FILE | --dialect NAME]
                      [options]

Says what the SQL in TARGET would do to a database: what it loses, where it fails, what it breaks.
Nothing is run and nothing is written; the database is read in one read-only transaction.

TARGET is a file, a folder of migrations, or - for standard input. Without one, `targets` of
ddlguard.toml are checked.

what to check against (give one):
  --db URL              the live database: postgresql://user@host/name or sqlite:///file.db
  --db-env NAME         the live database, its URL taken from this environment variable;
                        DATABASE_URL is tried when nothing else is given
  --from FILE           no database: what `ddlguard snapshot` wrote down of it, or a schema as SQL
                        (pg_dump -s, .schema), taken as what is live
  --max-age AGE         a snapshot that is older (7d, 12h, 30m) counts as not checked. Without it,
                        its age is said, and after 7 days that it should be taken anew
  --dialect NAME        postgres or sqlite. Alone: no live side at all, so whatever depends on one
                        is called possible. With --from: the dialect of the file

how to read TARGET:
  --kind KIND           what TARGET is, where it is not recognised:
                        KINDS
  --transaction HOW     how the tool that runs a file sends it: file (as one transaction), each
                        (every statement by itself), auto (by its conventions; the default)

how rows are looked at (read-only, waiting for no lock; no value of a row is shown):
  --probes HOW          off: not at all. cheap (the default): in a table of more than 32 MB the
                        search stops at the first row that decides. full: offenders are counted
  --probe-timeout S     so many seconds for one query, 10 unless given; what takes longer is said to
                        be not checked
  --probe-budget S      so many seconds for all of them, 60 unless given
  --probe-keys          show the primary keys of up to 5 offending rows. These are values of rows
  --show-probes         print the queries on standard error before they are sent; with --probes off
                        they are printed and not sent

what to report:
  --fail-on LEVEL       exit 1 when there is a finding of this severity or a worse one: error (the
                        default), warning, note; never: findings do not matter to the exit code
  --format F[:PATH]     text (the default), json or github; with a PATH it goes to that file. Can be
                        repeated: --format text --format json:report.json. github adds a summary to
                        $GITHUB_STEP_SUMMARY
  --color WHEN          auto (the default), always or never; auto honours NO_COLOR and FORCE_COLOR
  -q, --quiet           findings only: no closing block, nothing at all when there are none
  --no-allow            report what `-- ddlguard: allow` comments accept as if they were not there
  --allow-incomplete    exit 0 instead of 4 when nothing fails but not everything could be checked

configuration:
  --rules DIR           a folder of rules of your own, beside those that come along; can be repeated
  --config FILE         instead of the ddlguard.toml, or [tool.ddlguard] in pyproject.toml, that is
                        found in this folder or above it, up to the root of the repository
  --no-config           read no configuration file
  -h, --help            print this page

exit codes:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  usage, configuration or internal error
  3  nothing to check was found
  4  what was asked could not be checked: the database could not be reached; or nothing fails, but a
     statement was not understood or something could not be looked at (the report says what and why)

examples:
  ddlguard check migrations/ --db postgresql://localhost/app
  ddlguard check 0042_drop_email.sql --db sqlite:///app.db --fail-on warning
  pg_dump -s app > schema.sql && ddlguard check migrations/ --from schema.sql
  ddlguard check migrations/ --db-env STAGING_URL --format text --format json:report.json

To accept a finding, write above the statement:
  -- ddlguard: allow drop-column until 2027-01-31, replaced by users.handle
"""

SNAPSHOT = """\
usage: ddlguard snapshot [--db URL | --db-env NAME] [-o FILE] [options]

Writes down what a check needs to know of a database, so that `ddlguard check --from FILE` needs no
way to it and no password: the schema, the server's version, settings and estimates, and the answers
to the usual questions about rows: how many there are, NULLs, labels in use, lengths of texts, keys
that occur twice, rows against constraints that are NOT VALID. What defines the schema (defaults,
CHECKs, labels, texts of views) is in the file as it is. No value of any row is in it, no host, no
role and no password. It is JSON, sorted, one object a line.

options:
  --db URL              postgresql://user@host/name or sqlite:///file.db
  --db-env NAME         its URL is in this environment variable; DATABASE_URL is tried when nothing
                        else is given
  --probes HOW          how rows are looked at, read-only and waiting for no lock. off: not at all.
                        cheap (the default): in a table of more than 32 MB the search stops at the
                        first row that decides. full: they are counted
  --probe-timeout S     so many seconds for one query, 10 unless given
  --probe-budget S      so many seconds for all of them, 300 unless given; small tables come first.
                        What is not known by then is said on standard error, and missing in the file
  -o, --output FILE     where to; without it, or with -, to standard output
  --name NAME           what reports call it; without it, the name of the database or the file
  -h, --help            print this page

exit codes:
  0  the file is written
  2  usage, configuration or internal error
  4  the database could not be reached or read

examples:
  ddlguard snapshot --db-env PRODUCTION_URL -o live.json
  ddlguard check migrations/ --from live.json
"""

RULES = """\
usage: ddlguard rules [--format text|json] [--rules DIR]

Lists the rules by what goes wrong: the id, the default severity, the effect in one line.

options:
  --format F    text (the default) or json
  --rules DIR   a folder of rules of your own, beside those that come along; can be repeated
  -h, --help    print this page
"""

EXPLAIN = """\
usage: ddlguard explain RULE [--rules DIR]

Prints the page of a rule: the effect, why, what proves it harmless, an unsafe and a safe example.

options:
  --rules DIR   a folder of rules of your own, beside those that come along; can be repeated
  -h, --help    print this page
"""

SCHEMA = """\
usage: ddlguard schema [report|snapshot]

Prints the JSON Schema (draft 2020-12) of what `ddlguard check --format json` prints, or of the file
that `ddlguard snapshot` writes.

options:
  -h, --help    print this page
"""

PAGES = {"check": CHECK, "snapshot": SNAPSHOT, "rules": RULES, "explain": EXPLAIN, "schema": SCHEMA}


def page(command: str) -> str:
    """The help of a command, the general one for "" and for what is no command."""
    text = PAGES.get(command, MAIN)
    return text.replace("KINDS", _kinds()) if command == "check" else text


def _kinds() -> str:
    """The kinds of targets, as many in a line as fit under the option's text."""
    from textwrap import fill

    from checker.sources import KINDS

    return fill(", ".join(KINDS), 100 - COLUMN, subsequent_indent=" " * COLUMN)
