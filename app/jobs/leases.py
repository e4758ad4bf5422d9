"""Experiments as replicas share them out: each is run by whoever holds its lease."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ScalarSelect,
    Update,
    and_,
    case,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from .changes import COLUMNS, apply_change, end_experiment, experiment_of, has_number
from .database import READING, now
from .database_tables import EXPERIMENTS, SEEDS
from .inputs import OpenInput, read_input
from .records import Claim, KindName

_CORRECTION = 1.0
"""Seconds that a clock may be set back by, as it is now and then, and no lease lapses."""


class LeaseLostError(RuntimeError):
    """The experiment was cancelled or deleted, or another replica has taken it over."""


class Leases:
    """What a replica may do with experiments. Every method is one transaction, and blocks.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        As `connected` returns it.
    """

    def __init__(self, engine: Engine) -> None:
        self._writing = engine
        self._reading = engine.execution_options(**READING)

    def claim(
        self,
        owner: str,
        lease: float,
        held: Collection[int] = (),
        kinds: Collection[KindName] | None = None,
        other_than: str | None = None,
        *,
        either: bool = False,
    ) -> Claim | None:
        """Take an experiment that nobody runs, for `lease` seconds; None if there is none.

        Nobody runs what is queued, and what is running under a lease that has lapsed. First comes
        a key of which the fewest are running, then the oldest.

        Parameters
        ----------
        owner : str
            Names the process that claims.
        lease : float
        held : collection of int
            Numbers of experiments that it has already.
        kinds : collection of str, optional
            Only these.
        other_than : str, optional
            Digest of a key whose experiments are passed over.
        either : bool
            Whether one of these two will do.
        """
        columns = EXPERIMENTS.c
        wanted: list[ColumnElement[bool]] = []
        if kinds is not None:
            wanted.append(columns.kind.in_(kinds))
        if other_than is not None:
            wanted.append(columns.api_key.is_distinct_from(other_than))
        if either and wanted:
            wanted = [or_(*wanted)]
        first = (
            select(columns.number)
            .where(_is_nobodys(lease), columns.number.notin_(held), *wanted)
            .order_by(_running_of_its_key(), columns.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._writing.begin() as connection:
            number = connection.scalar(first)
            if number is None:
                return None
            change = update(EXPERIMENTS).where(has_number(number)).values(
                state="running",
                owner=owner,
                # A process that lost its lease and has it again has not died of the work.
                attempts=case(
                    (columns.owner == owner, columns.attempts), else_=columns.attempts + 1
                ),
                token=columns.token + 1,
                lease_expires=now() + lease,
                lease_seconds=lease,
                started=func.coalesce(columns.started, now()),
            )  # fmt: skip
            apply_change(connection, change)
            row = connection.execute(
                select(
                    *COLUMNS, columns.token, columns.api_key, columns.attempts, columns.seconds_run
                ).where(has_number(number))
            ).one()
        return Claim(experiment_of(row), row.token, row.api_key, row.attempts, row.seconds_run)

    def input(self, claim: Claim, directory: Path) -> OpenInput:
        """Return what an experiment needs besides its configuration, to be closed.

        Parameters
        ----------
        claim : Claim
        directory : Path
            Where there is room for it.
        """
        with self._reading.begin() as connection:
            return OpenInput(read_input(connection, claim.number), directory)

    def renew(
        self,
        claims: Sequence[Claim],
        lease: float | None = None,
        seconds: Mapping[int, float] = MappingProxyType({}),
    ) -> set[int]:
        """Return the numbers of the claims that still hold, and hold them `lease` seconds on.

        Parameters
        ----------
        claims : sequence of Claim
        lease : float, optional
        seconds : mapping of int to float
            How long each has run since this was last told, by its number.
        """
        tokens = [(claim.number, claim.token) for claim in claims]
        held = and_(
            tuple_(EXPERIMENTS.c.number, EXPERIMENTS.c.token).in_(tokens),
            EXPERIMENTS.c.state == "running",
        )
        if lease is None:
            with self._reading.begin() as connection:
                return {*connection.scalars(select(EXPERIMENTS.c.number).where(held))}
        change = (
            update(EXPERIMENTS).where(held).values(lease_expires=now() + lease, lease_seconds=lease)
        )
        if seconds:
            ran = case(dict(seconds), value=EXPERIMENTS.c.number, else_=0.0)
            change = change.values(seconds_run=EXPERIMENTS.c.seconds_run + ran)
        with self._writing.begin() as connection:
            return {*connection.scalars(change.returning(EXPERIMENTS.c.number))}

    def commit_seed(self, claim: Claim, seed: int, rows: bytes, seconds_left: float | None) -> None:
        """Keep the rows of a seed.

        Raises
        ------
        LeaseLostError
            Where the claim no longer holds; nothing is kept then.
        """
        with self._writing.begin() as connection:
            change = update(EXPERIMENTS).values(
                done=EXPERIMENTS.c.done + 1, attempts=0, bytes=EXPERIMENTS.c.bytes + len(rows)
            )
            _held(connection, claim, change, seed=seed, seconds_left=seconds_left)
            row = {"experiment": claim.number, "seed": seed, "rows": rows, "token": claim.token}
            connection.execute(insert(SEEDS).values(row))

    def finish(self, claim: Claim, result: bytes, media_type: str) -> None:
        """Keep the result: the experiment is done.

        Raises
        ------
        LeaseLostError
        """
        change = end_experiment("done").values(
            result=result, media_type=media_type, bytes=EXPERIMENTS.c.bytes + len(result)
        )
        with self._writing.begin() as connection:
            _held(connection, claim, change)

    def fail(self, claim: Claim, error: str) -> None:
        """End the experiment with a problem document, JSON.

        Raises
        ------
        LeaseLostError
        """
        with self._writing.begin() as connection:
            _held(connection, claim, end_experiment("failed").values(error=error))

    def release(self, claim: Claim) -> None:
        """Give an experiment back to the queue, with the seeds that it has; it was no attempt.

        Raises
        ------
        LeaseLostError
        """
        attempts = case((EXPERIMENTS.c.attempts > 0, EXPERIMENTS.c.attempts - 1), else_=0)
        change = update(EXPERIMENTS).values(
            state="queued", lease_expires=None, owner=None, attempts=attempts
        )
        with self._writing.begin() as connection:
            _held(connection, claim, change)


def _is_nobodys(lease: float) -> ColumnElement[bool]:
    """Return the condition that an experiment is free.

    A lease that ends later than it was ever given for has lapsed as well: the clock has been set
    back since. Where its owner is alive, and loses it so, it cannot commit to it any more.
    """
    columns = EXPERIMENTS.c
    latest = now() + func.coalesce(columns.lease_seconds, lease) + _CORRECTION
    lapsed = or_(columns.lease_expires < now(), columns.lease_expires > latest)
    return or_(columns.state == "queued", and_(columns.state == "running", lapsed))


def _running_of_its_key() -> ScalarSelect[int]:
    """Return how many experiments of the same key are running."""
    other = EXPERIMENTS.alias()
    same = other.c.api_key.is_not_distinct_from(EXPERIMENTS.c.api_key)
    running = select(func.count()).where(other.c.state == "running", same)
    return running.correlate(EXPERIMENTS).scalar_subquery()


def _held(connection: Connection, claim: Claim, change: Update, **event: Any) -> None:
    """Change an experiment if the claim holds; the row is locked until the transaction ends."""
    held = and_(EXPERIMENTS.c.token == claim.token, EXPERIMENTS.c.state == "running")
    if not apply_change(connection, change.where(has_number(claim.number), held), **event):
        raise LeaseLostError(f"Experiment {claim.experiment.id} is no longer this replica's.")
