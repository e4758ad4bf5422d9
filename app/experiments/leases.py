"""Experiments as replicas share them out: each is run by whoever holds its lease."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Update, and_, func, insert, or_, select, tuple_, update

from .changes import COLUMNS, changed, ended, experiment_of, numbered
from .database import READING, now
from .records import Claim
from .tables import EXPERIMENTS, INPUTS, SEEDS


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

    def claim(self, owner: str, lease: float) -> Claim | None:
        """Take the oldest experiment that nobody runs, for `lease` seconds; None if there is none.

        Nobody runs what is queued, and what is running under a lease that has lapsed.
        """
        state, expires = EXPERIMENTS.c.state, EXPERIMENTS.c.lease_expires
        nobodys = or_(state == "queued", and_(state == "running", expires < now()))
        oldest = (
            select(EXPERIMENTS.c.number)
            .where(nobodys)
            .order_by(EXPERIMENTS.c.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._writing.begin() as connection:
            number = connection.scalar(oldest)
            if number is None:
                return None
            change = update(EXPERIMENTS).where(numbered(number)).values(
                state="running",
                owner=owner,
                token=EXPERIMENTS.c.token + 1,
                lease_expires=now() + lease,
                started=func.coalesce(EXPERIMENTS.c.started, now()),
            )  # fmt: skip
            changed(connection, change)
            row = connection.execute(
                select(*COLUMNS, EXPERIMENTS.c.token, INPUTS.c.body)
                .select_from(EXPERIMENTS.outerjoin(INPUTS))
                .where(numbered(number))
            ).one()
        return Claim(experiment_of(row), row.token, row.body)

    def renew(self, claims: Sequence[Claim], lease: float | None = None) -> set[int]:
        """Return the numbers of the claims that still hold, and hold them `lease` seconds on."""
        tokens = [(claim.number, claim.token) for claim in claims]
        held = and_(
            tuple_(EXPERIMENTS.c.number, EXPERIMENTS.c.token).in_(tokens),
            EXPERIMENTS.c.state == "running",
        )
        if lease is None:
            with self._reading.begin() as connection:
                return {*connection.scalars(select(EXPERIMENTS.c.number).where(held))}
        change = update(EXPERIMENTS).where(held).values(lease_expires=now() + lease)
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
            change = update(EXPERIMENTS).values(done=EXPERIMENTS.c.done + 1)
            _held(connection, claim, change, seed=seed, seconds_left=seconds_left)
            row = {"experiment": claim.number, "seed": seed, "rows": rows, "token": claim.token}
            connection.execute(insert(SEEDS).values(row))

    def finish(self, claim: Claim, result: bytes, media_type: str) -> None:
        """Keep the result: the experiment is done.

        Raises
        ------
        LeaseLostError
        """
        change = ended("done").values(result=result, media_type=media_type)
        with self._writing.begin() as connection:
            _held(connection, claim, change)

    def fail(self, claim: Claim, error: str) -> None:
        """End the experiment with a problem document, JSON.

        Raises
        ------
        LeaseLostError
        """
        with self._writing.begin() as connection:
            _held(connection, claim, ended("failed").values(error=error))

    def release(self, claim: Claim) -> None:
        """Give an experiment back to the queue, with the seeds that it has.

        Raises
        ------
        LeaseLostError
        """
        change = update(EXPERIMENTS).values(state="queued", lease_expires=None, owner=None)
        with self._writing.begin() as connection:
            _held(connection, claim, change)


def _held(connection: Connection, claim: Claim, change: Update, **event: Any) -> None:
    """Change an experiment if the claim holds; the row is locked until the transaction ends."""
    held = and_(EXPERIMENTS.c.token == claim.token, EXPERIMENTS.c.state == "running")
    if not changed(connection, change.where(numbered(claim.number), held), **event):
        raise LeaseLostError(f"Experiment {claim.experiment.id} is no longer this replica's.")
