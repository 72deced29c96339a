"""The run on the immutable catalog: statement after statement, as the server would carry them out.

A statement that the server refuses leaves nothing behind. Inside a transaction it aborts the transaction: what
follows is refused with 25P02 up to its end, and the end takes everything back. Outside, the next statement
runs. A tool that runs a file in one transaction stops at a failure; so that the reports on later files stay
useful the simulation goes on as if the failing statement had been left out, and says so
(`session.after_failure`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from checker import change as to
from checker.apply import apply
from checker.apply.applied import Applied
from checker.assume import assume, is_assumed
from checker.catalog import Catalog
from checker.change import Change, NoChange, NotUnderstood, touched
from checker.data import demands, with_rows
from checker.enum_labels import refuse_new_labels
from checker.errors import ApplyError, MissingObject, NotInTransaction, TransactionAborted
from checker.not_nulls import with_named_not_nulls
from checker.probe import NOT_LOOKED, Unanswered
from checker.questions import Questions
from checker.refusals import Risk
from checker.resolve import resolve
from checker.resolve.guards import decide, is_left_open
from checker.session import Session
from checker.sql import nodes
from checker.sql.newer import find_newer
from checker.sql.read import read as read_statement
from checker.sql.tokens import has_placeholders
from checker.statement import Migration, Statement, Transaction
from checker.step import Committed, Gone, Step
from checker.transactions import fold, is_control, only_outside
from checker.values import replace

_ROWS_ALONE = (to.Insert, to.Update, to.Delete, to.MayWrite, NoChange)

Read = Callable[[Statement, str], nodes.Node]
Steps: TypeAlias = Generator[Step[Change], None, bool]


def simulate(
    migrations: Iterable[Migration],
    catalog: Catalog,
    *,
    read: Read = read_statement,
    questions: Questions | None = None,
) -> Iterator[Step[Change]]:
    """Every step of these migrations, in order; nothing raises. `catalog` is the live side as it is now.

    What is known about its rows stands in `questions`; what the run would have to know besides is noted there.

    A file in one transaction gets an implicit Begin and Commit around its statements, every file an
    EndOfFile at its end. A file without statements yields nothing.
    """
    run = _Run(catalog, catalog, read, questions=questions or Questions(no_rows="nobody was asked"))
    for migration in migrations:
        if migration.statements:
            yield from run.file(migration)


@dataclass
class _Run:
    """The state of the run. `pending` are the effects of the open transaction, `kept` those committed in this file."""

    live: Catalog
    catalog: Catalog
    read: Read
    session: Session = field(default_factory=Session)
    migration: Migration = field(init=False)
    statement: Statement = field(init=False)
    index: int = -1
    pending: list[Change] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    shadow: Catalog | None = None
    uncertain: bool = False
    questions: Questions = field(default_factory=Questions)

    # Files and statements

    def file(self, migration: Migration) -> Iterator[Step[Change]]:
        self.migration, self.kept = migration, []
        self.statement = migration.statements[0]
        whole = migration.transaction is Transaction.FILE
        if whole:
            yield from self.change(to.Begin(implicit=True))
        reopened = False
        for statement in migration.statements:
            self.statement, self.index = statement, self.index + 1
            implicit = self.session.implicit
            yield from self.one(statement)
            reopened |= implicit and not self.session.in_transaction
        # COMMIT; BEGIN in such a file leaves the tool a transaction to end
        if whole and (self.session.implicit or (reopened and self.session.in_transaction)):
            yield from self.change(to.Commit(implicit=True))
        yield from self.change(to.EndOfFile(name=migration.name))
        if self.session.in_transaction:
            # that was said; the files behind it are judged as if it had been closed
            yield from self.change(to.Commit(implicit=True))
        if self.shadow is not None:
            self.catalog, self.shadow = self.shadow, None

    def one(self, statement: Statement) -> Iterator[Step[Change]]:
        """One statement, whole or not at all."""
        node = self._read(statement)
        if self.session.aborted is not None and not _ends_abort(node):
            yield self._refused_in_abort(node)
            return
        catalog, session, pending = self.catalog, self.session, len(self.pending)
        done = yield from self._guarded(node)
        if done:
            if not self.session.in_transaction:
                self.kept += self.pending
                self.pending.clear()
            return
        del self.pending[pending:]
        if session.in_transaction and not self.session.in_transaction:
            self.session = replace(self.session, after_failure=True)
            return
        self.catalog, self.session = catalog, replace(session, after_failure=True)
        if session.in_transaction and self.catalog.server.is_postgres:
            self.session = replace(self.session, aborted=self._last_code)
            if self.session.implicit and self.shadow is None:
                self.shadow = self.catalog

    _last_code: str = ""

    def _read(self, statement: Statement) -> nodes.Node:
        server = self.catalog.server
        try:
            newer = find_newer(statement, server.version) if server.is_postgres else None
            if newer is not None:
                return nodes.Invalid(str(newer), newer.at)
            return self.read(statement, server.dialect)
        except Exception as error:
            return nodes.Unreadable(_internal(error), at=(statement.start, statement.end))

    def _guarded(self, node: nodes.Node) -> Steps:
        """The node's steps; an error of this program's own makes the statement one that was not understood."""
        start = self.catalog, self.session
        try:
            return (yield from self.node(node))
        except Exception as error:
            self.catalog, self.session = start
            at = node.at
            yield from self.change(NotUnderstood(reason=_internal(error), everything=True, at=at))
            return True

    def _refused_in_abort(self, node: nodes.Node) -> Step[Change]:
        self._go_on_beside(node)
        message = "current transaction is aborted, commands ignored until end of transaction block"
        return self._step(NoChange(at=node.at), self.catalog, TransactionAborted("25P02", message))

    def _go_on_beside(self, node: nodes.Node) -> None:
        """What the rest of a failed file would have done: the catalog for the files after it."""
        if self.shadow is None:
            return
        session = replace(self.session, aborted=None, marks=())
        beside = _Run(self.live, self.shadow, self.read, session, questions=self.questions)
        beside.migration, beside.statement = self.migration, self.statement
        for step in beside._guarded(node):
            if step.error is not None:
                return
        self.shadow = beside.catalog

    # Nodes

    def node(self, node: nodes.Node) -> Steps:
        """The steps of one node; False where the server refuses it."""
        match node:
            case nodes.Block(parts=parts):
                return (yield from self._parts(parts))
            case nodes.If():
                return (yield from self._if(node))
            case nodes.Tolerated():
                return (yield from self._tolerated(node))
            case _:
                return (yield from self._leaf(node))

    def _parts(self, parts: Iterable[nodes.Node]) -> Steps:
        for part in parts:
            if not (yield from self.node(part)):
                return False
        return True

    def _if(self, node: nodes.If) -> Steps:
        """A branch by the catalog. Where absence proves nothing, the guarded statement is taken to run."""
        if node.condition is None or is_left_open(self.catalog, node.condition):
            for part in (*node.then, *node.otherwise):
                yield from self._not_followed(part)
            return True
        answer = decide(self.catalog, node.condition)
        raises = any(isinstance(part, nodes.Raise) for part in node.then)
        runs = not raises if answer is None else answer
        return (yield from self._parts(node.then if runs else node.otherwise))

    def _not_followed(self, node: nodes.Node) -> Steps:
        """What stands under a condition that nobody can decide: it may have happened."""
        catalog, session, pending = self.catalog, self.session, len(self.pending)
        steps = list(self.node(node))
        self.catalog, self.session = replace(catalog, unfollowed=self.catalog.unfollowed), session
        del self.pending[pending:]
        names = tuple(dict.fromkeys(name for step in steps for name in touched(step.change)))
        if all(step.error is None and isinstance(step.change, _ROWS_ALONE) for step in steps):
            return (yield from self._may_write(steps, node))
        everything = any(isinstance(step.change, NotUnderstood) and step.change.everything for step in steps)
        reason = "runs under a condition that cannot be decided from a catalog"
        return (
            yield from self.change(
                NotUnderstood(reason=reason, names=names, everything=everything, at=node.at)
            )
        )

    def _may_write(self, steps: list[Step[Change]], node: nodes.Node) -> Steps:
        """Rows alone are at stake; what deletes them is judged all the same."""
        yield from (replace(step, assumed=True) for step in steps if isinstance(step.change, to.Delete))
        written = (
            name for step in steps if not isinstance(step.change, NoChange) for name in touched(step.change)
        )
        return (yield from self.change(to.MayWrite(tables=tuple(dict.fromkeys(written)), at=node.at)))

    def _tolerated(self, node: nodes.Tolerated) -> Steps:
        """Parts under EXCEPTION WHEN: a refusal that it expects takes them back and is no refusal."""
        catalog, session, pending = self.catalog, self.session, len(self.pending)
        steps: list[Step[Change]] = []
        done = _collect(self._parts(node.parts), steps)
        if done or not _tolerates(node, self._last_code):
            yield from steps
            return done
        self.catalog, self.session = catalog, session
        del self.pending[pending:]
        words = f"exception {self._last_code}"
        return (yield from self.change(NoChange(words=words, skipped=True, at=node.at)))

    def _leaf(self, node: nodes.Node) -> Steps:
        """Resolve and apply in turns."""
        try:
            self._allow_in_transaction(node)
        except ApplyError as error:
            return (yield from self._refused(NoChange(at=node.at), error))
        changes = resolve(node, self.catalog, self.session)
        try:
            change = next(changes)
            while True:
                if not (yield from self.change(change)):
                    return False
                change = changes.send(self.catalog)
        except StopIteration:
            return True
        except ApplyError as error:
            return (yield from self._refused(NoChange(at=node.at), error))

    def _allow_in_transaction(self, node: nodes.Node) -> None:
        """Raises NotInTransaction (25001) for what the server refuses inside a transaction block."""
        words = only_outside(node, self.catalog)
        if words and self.session.in_transaction:
            message = f"{words} cannot run inside a transaction block"
            raise NotInTransaction("25001", message, words)

    # Changes

    def change(self, change: Change) -> Steps:
        """One change: its step, and the state after it."""
        before = assume(self.catalog, self.session, change)
        self.catalog = before
        try:
            refuse_new_labels(self.session, before, change)
            session, catalog = fold(self.session, before, change)
            applied = Applied(catalog) if is_control(change) else apply(catalog, change)
            after = with_named_not_nulls(
                applied.catalog, change.table if isinstance(change, to.TableChange) else None
            )
            after = _doubt(with_rows(before, after, change, self.session), change)
            risks = self._look_at_rows(before, after, change)
        except ApplyError as error:
            return (yield from self._refused(change, error))
        step = self._step(change, after, along=applied.along, risks=risks)
        self._note(change)
        self.catalog, self.session = after, session
        yield step
        return True

    def _look_at_rows(self, before: Catalog, after: Catalog, change: Change) -> tuple[Risk, ...]:
        """Raise the refusal that the rows are known to cause; the others that nobody could rule out."""
        risks = []
        for demand in demands(before, after, change, self.session):
            answer = self.questions.ask(demand.probe)
            if isinstance(answer, Unanswered) and demand.may_stay_open(looked=answer.why not in NOT_LOOKED):
                continue
            if isinstance(answer, Unanswered):
                risks.append(Risk(demand.refusal, answer.why))
            elif answer is not None and demand.is_broken(answer):
                if not demand.doubt:
                    raise demand.refusal.answered(answer)
                risks.append(Risk(demand.refusal, demand.doubt))
            else:
                risks += [Risk(demand.refusal, code, met=True) for code in sorted(before.unfollowed)]
        return tuple(risks)

    def _note(self, change: Change) -> None:
        """Keep what leaves something behind."""
        match change:
            case to.Commit() if self.session.aborted is None:
                self.kept += self.pending
                self.pending.clear()
            case to.Commit() | to.Rollback(savepoint=None):
                self.pending.clear()
            case NoChange() | NotUnderstood() | to.EndOfFile() | to.MayWrite():
                pass
            case _ if not is_control(change):
                self.pending.append(change)

    def _refused(self, change: Change, error: ApplyError) -> Steps:
        """The step that the server refuses; what only the filling of a template can tell is not understood."""
        if isinstance(error, MissingObject) and has_placeholders(error.message):
            reason = "it is about a name that a template fills in later"
            return (yield from self.change(NotUnderstood(reason=reason, everything=True, at=change.at)))
        self._last_code = error.code
        yield self._step(change, self.catalog, error)
        if isinstance(change, to.Commit) and (self.catalog.server.is_postgres or change.implicit):
            # a COMMIT that is refused is a ROLLBACK; on SQLite whoever sent it has still to say so
            self.session, self.catalog = fold(self.session, self.catalog, to.Rollback())
            self.pending.clear()
        return False

    def _step(
        self,
        change: Change,
        after: Catalog,
        error: ApplyError | None = None,
        along: tuple[Gone, ...] = (),
        risks: tuple[Risk, ...] = (),
    ) -> Step[Change]:
        return Step(
            change,
            self.statement,
            self.migration,
            self.index,
            self.catalog,
            after,
            self.live,
            self.session,
            error,
            along,
            Committed(self.kept, len(self.kept)),
            is_assumed(self.catalog, change),
            risks,
            questions=self.questions,
        )


def _collect(steps: Steps, into: list[Step[Change]]) -> bool:
    """Run the steps into a list; what they return at their end."""
    while True:
        try:
            into.append(next(steps))
        except StopIteration as end:
            return bool(end.value)


def _tolerates(node: nodes.Tolerated, code: str) -> bool:
    """`others` catches everything; a state that ends in 000 catches its whole class."""
    return any(
        state in ("others", code) or (state.endswith("000") and state[:2] == code[:2])
        for state in node.states
    )


def _ends_abort(node: nodes.Node) -> bool:
    return isinstance(node, nodes.TransactionControl) and node.action in ("commit", "rollback", "rollback to")


def _internal(error: Exception) -> str:
    return f"internal error: {type(error).__name__}: {error}"


def _doubt(catalog: Catalog, change: Change) -> Catalog:
    """The catalog after what was not understood: the relations named are uncertain, or all of them."""
    match change:
        case NotUnderstood(everything=True):
            return replace(catalog, doubted=True)
        case NotUnderstood(names=names) if names:
            return replace(catalog, uncertain=catalog.uncertain | frozenset(names))
        case to.CreateTable(table=table) if table.name in catalog.uncertain:
            return replace(catalog, uncertain=catalog.uncertain - {table.name})
        case to.DropTable(table=name) if name in catalog.uncertain:
            return replace(catalog, uncertain=catalog.uncertain - {name})
        case _:
            return catalog
