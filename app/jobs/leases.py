"""Leases: each experiment is run by the replica that holds its lease."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Update,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from .changes import COLUMNS, apply_change, end_experiment, experiment_from_row, has_number
from .database import Repository, now
from .database_tables import EXPERIMENTS, SEEDS, bytes_of_experiment
from .inputs import OpenInput, read_input
from .outcome import summarize
from .records import Claim, KindName

_CLOCK_TOLERANCE = 1.0
"""Seconds by which the clock may be set back without any lease expiring."""


class LeaseLostError(RuntimeError):
    """The experiment was cancelled or deleted, or another replica has taken it over."""


class Leases(Repository):
    """Claims of a replica on experiments. Every method is one transaction and blocks."""

    def claim(
        self,
        owner: str,
        lease: float,
        own: Collection[int] = (),
        kinds: Collection[KindName] | None = None,
        excluded_key: str | None = None,
        *,
        match_any: bool = False,
    ) -> Claim | None:
        """Claim an experiment that no replica runs; return None if there is none.

        Those are queued experiments and running ones whose lease has expired. Keys with the fewest
        running experiments come first, and of these the oldest experiment.

        Parameters
        ----------
        owner : str
            Name of the claiming process.
        lease : float
            Duration in seconds.
        own : collection of int
            Numbers of the experiments that the process runs already.
        kinds : collection of str, optional
            Only experiments of these kinds.
        excluded_key : str, optional
            Digest of a key whose experiments are not claimed.
        match_any : bool
            Whether one of the last two conditions is sufficient.
        """
        columns = EXPERIMENTS.c
        conditions: list[ColumnElement[bool]] = []
        if kinds is not None:
            conditions.append(columns.kind.in_(kinds))
        if excluded_key is not None:
            conditions.append(columns.api_key.is_distinct_from(excluded_key))
        if match_any and conditions:
            conditions = [or_(*conditions)]
        first = (
            select(columns.number)
            .where(_is_claimable(lease), columns.number.notin_(own), *conditions)
            .order_by(_count_running_of_key(), columns.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._writer.begin() as connection:
            number = connection.scalar(first)
            if number is None:
                return None
            change = update(EXPERIMENTS).where(has_number(number)).values(
                state="running",
                owner=owner,
                # A process that lost its lease and claims it again has not died of the work.
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
        return Claim(
            experiment_from_row(row), row.token, row.api_key, row.attempts, row.seconds_run
        )

    def open_input(self, claim: Claim, directory: Path) -> OpenInput:
        """Return the input of an experiment. The caller closes it.

        Parameters
        ----------
        claim : Claim
        directory : Path
            Directory of the file of a large input.
        """
        with self._reader.begin() as connection:
            return OpenInput(read_input(connection, claim.number), directory)

    def renew(
        self,
        claims: Sequence[Claim],
        lease: float | None = None,
        seconds: Mapping[int, float] = MappingProxyType({}),
    ) -> set[int]:
        """Extend valid claims by `lease` seconds, if given; return the numbers of valid claims.

        Parameters
        ----------
        claims : sequence of Claim
        lease : float, optional
        seconds : mapping of int to float
            How long each experiment has run since the last call, by number.
        """
        tokens = [(claim.number, claim.token) for claim in claims]
        is_valid = and_(
            tuple_(EXPERIMENTS.c.number, EXPERIMENTS.c.token).in_(tokens),
            EXPERIMENTS.c.state == "running",
        )
        if lease is None:
            with self._reader.begin() as connection:
                return {*connection.scalars(select(EXPERIMENTS.c.number).where(is_valid))}
        extension = {"lease_expires": now() + lease, "lease_seconds": lease}
        change = update(EXPERIMENTS).where(is_valid).values(extension)
        if seconds:
            increment = case(dict(seconds), value=EXPERIMENTS.c.number, else_=0.0)
            change = change.values(seconds_run=EXPERIMENTS.c.seconds_run + increment)
        with self._writer.begin() as connection:
            return {*connection.scalars(change.returning(EXPERIMENTS.c.number))}

    def commit_seed(self, claim: Claim, seed: int, rows: bytes, seconds_left: float | None) -> None:
        """Store the rows of a seed.

        Raises
        ------
        LeaseLostError
            If the claim is no longer valid. Nothing is stored then.
        """
        with self._writer.begin() as connection:
            change = update(EXPERIMENTS).values(
                done=EXPERIMENTS.c.done + 1, attempts=0, bytes=EXPERIMENTS.c.bytes + len(rows)
            )
            _apply_to_claim(connection, claim, change, seed=seed, seconds_left=seconds_left)
            row = {"experiment": claim.number, "seed": seed, "rows": rows, "token": claim.token}
            connection.execute(insert(SEEDS).values(row))

    def finish(
        self, claim: Claim, result: bytes, media_type: str, surplus: Collection[int] = ()
    ) -> None:
        """Store the result and end the experiment as done.

        Parameters
        ----------
        claim : Claim
        result : bytes
        media_type : str
        surplus : collection of int
            Seeds that ended but that the result does not need. Their rows are deleted.

        Raises
        ------
        LeaseLostError
        """
        change = end_experiment("done").values(
            result=result,
            media_type=media_type,
            bytes=EXPERIMENTS.c.bytes + len(result),
            done=EXPERIMENTS.c.done - len(surplus),
            outcome=summarize(claim.experiment.kind, result),
        )
        with self._writer.begin() as connection:
            _apply_to_claim(connection, claim, change)
            if surplus:
                is_surplus = and_(SEEDS.c.experiment == claim.number, SEEDS.c.seed.in_(surplus))
                connection.execute(delete(SEEDS).where(is_surplus))
                recount = update(EXPERIMENTS).where(has_number(claim.number))
                connection.execute(recount.values(bytes=bytes_of_experiment()))

    def fail(self, claim: Claim, error: str) -> None:
        """End the experiment as failed, with a problem document (JSON).

        Raises
        ------
        LeaseLostError
        """
        with self._writer.begin() as connection:
            _apply_to_claim(connection, claim, end_experiment("failed").values(error=error))

    def release(self, claim: Claim) -> None:
        """Return an experiment to the queue with its seeds. The claim does not count as attempt.

        Raises
        ------
        LeaseLostError
        """
        attempts = case((EXPERIMENTS.c.attempts > 0, EXPERIMENTS.c.attempts - 1), else_=0)
        change = update(EXPERIMENTS).values(
            state="queued", lease_expires=None, owner=None, attempts=attempts
        )
        with self._writer.begin() as connection:
            _apply_to_claim(connection, claim, change)


def _is_claimable(lease: float) -> ColumnElement[bool]:
    """Return the condition that an experiment can be claimed.

    A lease that expires later than its duration allows counts as expired: the clock has been set
    back. If its owner is alive, it loses the claim and cannot commit any more.
    """
    columns = EXPERIMENTS.c
    latest = now() + func.coalesce(columns.lease_seconds, lease) + _CLOCK_TOLERANCE
    is_expired = or_(columns.lease_expires < now(), columns.lease_expires > latest)
    return or_(columns.state == "queued", and_(columns.state == "running", is_expired))


def _count_running_of_key() -> ScalarSelect[int]:
    """Return an expression for the number of running experiments of the same key."""
    other = EXPERIMENTS.alias()
    same = other.c.api_key.is_not_distinct_from(EXPERIMENTS.c.api_key)
    running = select(func.count()).where(other.c.state == "running", same)
    return running.correlate(EXPERIMENTS).scalar_subquery()


def _apply_to_claim(connection: Connection, claim: Claim, change: Update, **event: Any) -> None:
    """Change a claimed experiment and lock its row until the transaction ends.

    Raises
    ------
    LeaseLostError
        If the claim is no longer valid.
    """
    is_valid = and_(EXPERIMENTS.c.token == claim.token, EXPERIMENTS.c.state == "running")
    if not apply_change(connection, change.where(has_number(claim.number), is_valid), **event):
        raise LeaseLostError(f"Experiment {claim.experiment.id} is no longer this replica's.")
