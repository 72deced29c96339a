"""DO blocks: the part of PL/pgSQL that guards and sequences DDL.

Straight-line statements, IF, nested blocks, EXCEPTION handlers and EXECUTE of text that is known are
followed. A loop is followed where it holds data statements only. Whatever else cannot be followed is an
`Unreadable` in its place, and the statements around it count all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checker.sql.body_conditions import SQLSTATES, read_raise
from checker.sql.body_guards import read_condition
from checker.sql.body_text import known_text, place
from checker.sql.cursor import Cursor, Unexpected
from checker.sql.fault import STATEMENTS
from checker.sql.named import named
from checker.sql.nodes import (
    At,
    Block,
    Delete,
    If,
    Insert,
    Invalid,
    Name,
    Node,
    Query,
    Raise,
    Tolerated,
    Unreadable,
    Update,
    Utility,
)
from checker.sql.query import references
from checker.sql.tokens import Token, tokenize
from checker.values import replace

Part = Callable[[str, list[Token], str, At], Node]
"""Reads the tokens of one statement: source, tokens, dialect, where it stands."""

Nodes = tuple[Node, ...]


def read_do(c: Cursor, read_part: Part) -> Node:
    """What follows DO: the block, with `at` of everything in it true to the source."""
    first = c.i - 1
    language = "plpgsql"
    body: Token | None = None
    while not c.done:
        if c.accept("LANGUAGE"):
            language = (c.string() if c.is_string else c.label()).lower()
        else:
            body = c.token
            c.string()
    if body is None:
        raise c.unexpected("the text of the block")
    at = c.span(first)
    if language != "plpgsql":
        return Unreadable(f"DO in the language {language} is not followed", at=at)
    source, (start, end) = place(c.source, body)
    tokens = tokenize(source[start:end], c.dialect, start)
    return Block(_Body(Cursor(source, tokens, c.dialect), read_part).whole(), at)


_DATA = (Insert, Update, Delete, Query, Utility)
_ENDS = frozenset(("END", "ELSE", "ELSIF", "ELSEIF", "EXCEPTION", "WHEN"))
_RETURN = "return"


class _Body:
    """Recursive descent over the statements of one block."""

    def __init__(self, c: Cursor, read_part: Part) -> None:
        self.c, self.read_part = c, read_part

    def whole(self) -> Nodes:
        """The outermost block; a place that the grammar does not know makes all of it unreadable."""
        try:
            run = self.block()
            self.c.accept(";")
            self.c.end()
        except Unexpected as error:
            return (Unreadable(f"in the DO block: {error}", self.names(0, len(self.c.tokens)), error.at),)
        return run

    def names(self, first: int, stop: int) -> tuple[Name, ...]:
        return named(self.c.tokens[first:stop], self.c.dialect)

    # Blocks

    def block(self) -> Nodes:
        """`[DECLARE …] BEGIN … [EXCEPTION …] END [label]`."""
        c, first = self.c, self.c.i
        if c.accept("<<"):
            c.label()
            c.expect(">>")
        if c.accept("DECLARE"):
            while not c.at("BEGIN"):
                self.to_semicolon()
                c.expect(";")
        c.expect("BEGIN")
        parts = self.statements()
        if c.accept("EXCEPTION"):
            parts = self.handlers(parts, first)
        c.expect("END")
        if c.is_name:
            c.label()
        return parts

    def handlers(self, parts: Nodes, first: int) -> Nodes:
        """A handler that does nothing swallows the refusal; one that does something may have run."""
        c = self.c
        states: set[str] = set()
        after: list[Node] = []
        while c.accept("WHEN"):
            start = c.i
            conditions = self.conditions()
            handled = self.statements()
            if any(isinstance(part, Raise) for part in handled):
                continue
            states |= conditions
            if not all(isinstance(part, Utility | Query) for part in handled):
                after.append(If(None, handled, at=c.span(start)))
        return (Tolerated(parts, frozenset(states), c.span(first)), *after)

    def conditions(self) -> set[str]:
        """`duplicate_object OR SQLSTATE '42710' THEN`; a name that no server knows is left out."""
        c = self.c
        found: set[str] = set()
        while True:
            if c.accept("SQLSTATE"):
                found.add(c.string())
            else:
                name = c.label().lower()
                found.update(("others",) if name == "others" else SQLSTATES.get(name, ()))
            if not c.accept("OR"):
                break
        c.expect("THEN")
        return found

    # Statements

    def statements(self) -> Nodes:
        """Statements up to the word that ends the list; what follows a RETURN in a branch is the other branch."""
        c = self.c
        parts: list[Node] = []
        while not c.done and c.word not in _ENDS:
            parts.extend(self.statement())
            last = parts[-1] if parts else None
            if isinstance(last, If) and (_returns(last.then) or _returns(last.otherwise)):
                rest = self.statements()
                parts[-1] = _behind(last, rest)
            elif _returns(parts):
                self.statements()
        return tuple(parts)

    def statement(self) -> Nodes:
        c = self.c
        if c.at("<<"):
            return self.labelled()
        reader = _STATEMENTS.get(c.word)
        if reader is not None and not self.assigns():
            return reader(self)
        first, assigns = c.i, self.assigns()
        self.to_semicolon()
        if assigns:
            return self.done(self.query(c.tokens[first : c.i]))
        return self.done(self.sql(first))

    def labelled(self) -> Nodes:
        self.c.i += 3
        return self.statement()

    def assigns(self) -> bool:
        """True at `x := …`, `x = …`, `x.y := …` and `x[1] := …`."""
        c = self.c
        if c.token.kind not in ("word", "quoted"):
            return False
        i = c.i + 1
        while c.words[i] in (".", "["):
            i = c.words.index("]", i) + 1 if c.words[i] == "[" and "]" in c.words[i:] else i + 2
        return i < len(c.words) and c.words[i] in (":=", "=")

    def to_semicolon(self) -> None:
        self.c.skip_to((";",))

    def done(self, *parts: Node) -> Nodes:
        if not self.c.done:
            self.c.expect(";")
        return parts

    def query(self, tokens: list[Token]) -> Node:
        """An expression that runs for its effect: what it reads and calls."""
        found = references(tokens, self.c.dialect)
        return Query(found.relations, found.calls, (tokens[0].start, tokens[-1].end))

    def sql(self, first: int) -> Node:
        """A statement of SQL, without the INTO that takes its result."""
        c = self.c
        tokens = c.tokens[first : c.i]
        if not tokens:
            raise c.unexpected("a statement")
        tokens = _without_into(tokens)
        node = self.read_part(c.source, tokens, c.dialect, c.span(first))
        if isinstance(node, Invalid) and tokens[0].upper not in STATEMENTS["postgres"]:
            # PL/pgSQL has statements of its own, so that an unknown one is none that is known to be wrong
            return Unreadable(node.message, self.names(first, c.i), node.at)
        return _without_text(node)

    # Statements of PL/pgSQL itself

    def null(self) -> Nodes:
        self.c.i += 1
        return self.done()

    def raise_(self) -> Nodes:
        """RAISE alone and RAISE 'text' are exceptions too."""
        c, first = self.c, self.c.i
        c.i += 1
        level = c.accept_any(("DEBUG", "LOG", "INFO", "NOTICE", "WARNING"))
        c.accept("EXCEPTION")
        start = c.i
        self.to_semicolon()
        if level is not None:
            return self.done(Utility(f"raise {level.lower()}", at=c.span(first)))
        return self.done(read_raise(c.tokens[start : c.i], c.span(first)))

    def return_(self) -> Nodes:
        c, first = self.c, self.c.i
        self.to_semicolon()
        return self.done(Utility(_RETURN, at=c.span(first)))

    def jump(self) -> Nodes:
        """EXIT, CONTINUE, and what moves a cursor."""
        c, first = self.c, self.c.i
        word = c.word.lower()
        self.to_semicolon()
        return self.done(Utility(word, at=c.span(first)))

    def perform(self) -> Nodes:
        c, first = self.c, self.c.i
        self.to_semicolon()
        head = c.tokens[first]
        tokens = [head._replace(text="SELECT", upper="SELECT"), *c.tokens[first + 1 : c.i]]
        return self.done(self.query(tokens))

    def execute(self) -> Nodes:
        """EXECUTE of a text that is known; its statements are read where they stand."""
        c, first = self.c, self.c.i
        c.i += 1
        start = c.i
        c.skip_to((";", "INTO", "USING"))
        text = known_text(c.source, c.tokens[start : c.i])
        self.to_semicolon()
        if text is None:
            reason = "EXECUTE of a text that is put together while it runs"
            return self.done(Unreadable(reason, self.names(first, c.i), c.span(first)))
        source, (begin, end) = text
        tokens = tokenize(source[begin:end], c.dialect, begin)
        parts = (self.read_part(source, piece, c.dialect, _at(piece)) for piece in _pieces(tokens))
        return self.done(*parts)

    def inner_block(self) -> Nodes:
        parts = self.block()
        return self.done(*parts)

    def if_(self) -> Nodes:
        c, first = self.c, self.c.i
        c.i += 1
        _skip_to_then(c)
        asked, c.i = self.reading(first + 1, c.i), first + 1
        node = self.branches(first)
        c.expect("END", "IF")
        # the query of an undecided condition runs, whatever comes of it
        return self.done(*asked, node) if node.condition is None else self.done(node)

    def reading(self, first: int, stop: int) -> Nodes:
        """What these tokens read, as a query; nothing where they name no relation."""
        tokens = self.c.tokens[first:stop]
        found = self.query(tokens) if tokens else None
        return (found,) if isinstance(found, Query) and found.reads else ()

    def branches(self, first: int) -> If:
        """From the condition on; ELSIF is an IF in the other branch."""
        c = self.c
        start = c.i
        _skip_to_then(c)
        condition = read_condition(c.source, c.tokens[start : c.i], c.dialect)
        c.expect("THEN")
        then = self.statements()
        otherwise: Nodes = ()
        if c.accept_any(("ELSIF", "ELSEIF")):
            otherwise = (self.branches(c.i - 1),)
        elif c.accept("ELSE"):
            otherwise = self.statements()
        return If(condition, then, otherwise, c.span(first))

    def case(self) -> Nodes:
        """CASE as a statement: any of its branches may run."""
        c, first = self.c, self.c.i
        parts: list[Node] = []
        c.skip_to(("WHEN",))
        while c.accept_any(("WHEN", "ELSE")) is not None:
            if c.words[c.i - 1] == "WHEN":
                _skip_to_then(c)
                c.expect("THEN")
            parts.append(If(None, self.statements(), at=c.span(first)))
        c.expect("END", "CASE")
        return self.done(*parts)

    def loop(self) -> Nodes:
        """A loop over data statements may run them or not; what else it holds, runs nobody knows how often."""
        c, first = self.c, self.c.i
        c.skip_to(("LOOP",))
        asked = self.reading(*self.over(first))
        c.expect("LOOP")
        parts = self.statements()
        c.expect("END", "LOOP")
        if c.is_name:
            c.label()
        stop = c.i
        if _only_data(parts):
            return self.done(*asked, If(None, parts, at=c.span(first)))
        reason = "a loop: what it runs, and how often, is not followed"
        return self.done(*asked, Unreadable(reason, self.names(first, stop), c.span(first)))

    def over(self, first: int) -> tuple[int, int]:
        """The tokens of what a loop goes over, or goes on for: they run once at least."""
        c, stop = self.c, self.c.i
        if c.words[first] == "WHILE":
            return first + 1, stop
        start = next((i for i in range(first, stop) if c.words[i] == "IN"), stop) + 1
        return start, start if c.words[start] == "EXECUTE" else stop


_STATEMENTS: dict[str, Callable[[_Body], Nodes]] = {
    "NULL": _Body.null,
    "RAISE": _Body.raise_,
    "RETURN": _Body.return_,
    "PERFORM": _Body.perform,
    "EXECUTE": _Body.execute,
    "IF": _Body.if_,
    "CASE": _Body.case,
    **dict.fromkeys(("DECLARE", "BEGIN"), _Body.inner_block),
    **dict.fromkeys(("LOOP", "WHILE", "FOR", "FOREACH"), _Body.loop),
    **dict.fromkeys(("EXIT", "CONTINUE", "OPEN", "FETCH", "MOVE", "CLOSE", "GET", "ASSERT"), _Body.jump),
}


def _without_text(node: Node) -> Node:
    """A statement whose names may be those of variables."""
    match node:
        case Block(parts=parts):
            return replace(node, parts=tuple(map(_without_text, parts)))
        case Query() | Insert() | Update() | Delete():
            return replace(node, text="")
        case _:
            return node


def _only_data(parts: Nodes) -> bool:
    """True where nothing but rows can be changed by these parts."""
    for part in parts:
        if isinstance(part, If):
            if not (_only_data(part.then) and _only_data(part.otherwise)):
                return False
        elif isinstance(part, Tolerated):
            if not _only_data(part.parts):
                return False
        elif not isinstance(part, _DATA):
            return False
    return True


def _returns(parts: Sequence[Node]) -> bool:
    return bool(parts) and isinstance(parts[-1], Utility) and parts[-1].words == _RETURN


def _behind(node: If, rest: Nodes) -> If:
    """The IF with what follows it moved into the branch that does not return."""
    then = node.then if _returns(node.then) else (*node.then, *rest)
    otherwise = node.otherwise if _returns(node.otherwise) else (*node.otherwise, *rest)
    return replace(node, then=then, otherwise=otherwise)


def _skip_to_then(c: Cursor) -> None:
    """Pass a condition; the THEN of a CASE inside it is not its end."""
    cases = 0
    while not c.done and (cases or not c.at("THEN")):
        cases += c.at("CASE") - (cases > 0 and c.at("END"))
        c.i += 1


def _without_into(tokens: list[Token]) -> list[Token]:
    """A query without `INTO [STRICT] a, b`, which names variables here and no table."""
    depth = 0
    returning = tokens[0].upper in ("SELECT", "WITH")
    for i, token in enumerate(tokens):
        depth += (token.upper == "(") - (token.upper == ")")
        returning = returning or token.upper == "RETURNING"
        if (
            token.upper == "INTO"
            and not depth
            and returning
            and tokens[i - 1].upper not in ("INSERT", "MERGE")
        ):
            return tokens[:i] + tokens[_after_targets(tokens, i + 1) :]
    return tokens


def _after_targets(tokens: list[Token], i: int) -> int:
    i += tokens[i].upper == "STRICT" if i < len(tokens) else 0
    i += 1
    while i + 1 < len(tokens) and tokens[i].upper in (".", ","):
        i += 2
    return i


def _pieces(tokens: list[Token]) -> Iterator[list[Token]]:
    """The statements of a text, cut at its semicolons."""
    start, depth = 0, 0
    for i, token in enumerate(tokens):
        depth += (token.upper == "(") - (token.upper == ")")
        if token.upper == ";" and not depth:
            if i > start:
                yield tokens[start:i]
            start = i + 1
    if start < len(tokens):
        yield tokens[start:]


def _at(tokens: list[Token]) -> At:
    return (tokens[0].start, tokens[-1].end)
